"""``python -m outdial.api.openapi``: the description of the API on standard output, without a running service."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import cast

import msgspec

from outdial.api.app import every_door
from outdial.api.doors import Deps
from outdial.api.openapi.document import document

no_service = cast(Deps, None)  # doors are described before anything is asked of them
text = msgspec.json.encode(document(every_door(no_service).described, version("outdial")))
sys.stdout.buffer.write(msgspec.json.format(text, indent=1) + b"\n")
