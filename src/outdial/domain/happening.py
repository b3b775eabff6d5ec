"""What the dialer tells of its attempts while they go on: for those who watch, never to decide by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.domain.attempt import Attempt, CallFacts

Stage = Literal["waiting", "offering", "ringing", "bridged", "leaving", "over"]
"""Reserved; the INVITE left; it rings there; answered; hung up, the after-flow runs; on record."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An attempt came to its next stage. What a stage knows stays known in those after it."""

    at: int
    """Epoch ms."""
    stage: Stage
    attempt: Attempt
    queue_name: str
    resource_name: str = ""
    facts: CallFacts | None = None
    """From ``offering`` on, where a call was made."""
    result: str = ""
    """``over`` only, as the three below."""
    disposition: str = ""
    reason: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A flow of an attempt came to a step: told of calls that somebody follows."""

    at: int
    attempt: Attempt
    step: dict[str, Any] = field(default_factory=dict)
    """``flow schema_id path app``, and ``result`` when the step is over."""


Happening = Moved | Stepped
Tell = Callable[[Happening], None]
"""Takes what happened and returns at once; raises nothing."""


def nobody(happening: Happening) -> None:
    """Nobody watches."""
