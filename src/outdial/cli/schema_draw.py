"""``outdial schema draw``: a flow schema in a file as a picture, without the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from outdial.domain.errors import UserMistake


def draw(
    file: Path,
    *,
    out: Annotated[
        Path | None, Parameter(alias="-o", help="where to write; FILE with the ending .svg unless given")
    ] = None,
) -> None:
    """Draw the schema in FILE as an SVG picture.

    FILE holds a schema (an array of applications), an exported record with its drawing, or a drawing alone.
    """
    from outdial.flow.diagram.picture import picture  # it takes the whole language along

    svg = picture(_drawing(_json(file)))
    target = out or file.with_suffix(".svg")
    try:
        target.write_text(svg, "utf-8")
    except OSError as error:
        raise UserMistake(f"{target} cannot be written: {error.strerror}.") from None
    print(f"Drawn into {target}; any browser shows it.")


def _drawing(value: Any) -> Any:
    from outdial.flow.diagram import decompile, is_ours, read

    if is_ours(value):
        return read(value)
    if isinstance(value, dict) and "schema" in value:
        return decompile(value["schema"], value.get("payload")).drawing
    return decompile(value).drawing


def _json(file: Path) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserMistake(f"{file} is not JSON: {error}.") from None
