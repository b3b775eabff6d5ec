"""Flows that run on a store."""

from __future__ import annotations

from typing import Any

from outdial.dialer.globals import Globals
from outdial.dialer.records import DomainRecords
from outdial.flow.attempt import AfterOutcome, Ask, run_after
from outdial.flow.parse import parse
from outdial.flow.script import inline
from tests.store.builders import Campaign
from tests.store.ground import Ground

Schema = list[dict[str, Any]]


class Flow:
    """Runs flows of one domain on a store."""

    def __init__(self, ground: Ground, campaign: Campaign) -> None:
        self.ground = ground
        self.globals = Globals(ground.store)
        self.records = DomainRecords(ground.store, campaign.domain, self.globals, lambda: ground.now)
        self.domain = campaign.domain

    def run(self, schema: Schema, **given: str) -> AfterOutcome:
        ask = Ask(
            given, lambda: self.ground.now, globals=self.globals.of(self.domain), records=self.records, scripts=inline
        )
        return self.ground.do(run_after(parse(schema), ask))

    def results(self, schema: Schema, **given: str) -> list[str]:
        return [row["result"] for row in self.run(schema, **given).trace]

    def sets(self, app: str, fields: dict[str, Any], **given: str) -> dict[str, str]:
        """The variables an application changed; its failure is shown as such."""
        row = self.run([{app: fields}], **given).trace[0]
        assert not row["result"].startswith("failed"), row["result"]
        found: dict[str, str] = row.get("set", {})
        return found
