"""The reference page is written from the declarations."""

from __future__ import annotations

from pathlib import Path

from outdial.flow.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "applications.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: make reference"


def test_an_application_shows_its_arguments_branches_and_results() -> None:
    text = page()
    assert "### if\n" in text and "Branches: *Then* (`then`), *Else* (`else`)." in text
    assert "| `getDigits.timeout` | number, ms | `3000` |" in text
    assert "- `read_result`: With getDigits" in text
    assert "Also written `flushDTMF`." in text
    assert "`joinQueue`" in text.split("## Not supported here")[1]
