"""The admin site is served as it was built, its one page at every address; without a build the plain page stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from outdial.api import site
from tests.api.door import Door


@pytest.fixture
def built(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Site</title>")
    (folder / "assets" / "index-1a2b.js").write_text("export {}")
    (tmp_path / "secret.key").write_text("secret")
    monkeypatch.setattr(site, "BUILT", folder)
    return folder


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "address", ["/", "/lookups/calendars", "/contact-center/queues/7/parameters", "/flow/new/voice"]
)
def test_every_page_of_the_site_is_the_one_page(door: Door, address: str) -> None:
    page = door.site_at(address)
    assert page.status_code == 200 and "<title>Site</title>" in page.text
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in page.headers["content-security-policy"]


@pytest.mark.usefixtures("built")
def test_a_file_named_by_its_content_is_kept_for_ever(door: Door) -> None:
    file = door.site_at("/assets/index-1a2b.js")
    assert file.headers["content-type"].startswith("text/javascript")
    assert "immutable" in file.headers["cache-control"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("address", ["/assets/old-9f.js", "/../secret.key.js", "/assets/..%2f..%2fsecret.key.css"])
def test_a_file_that_is_not_there_is_an_error_and_not_the_page(door: Door, address: str) -> None:
    assert door.site_at(address).status_code == 404


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("address", ["/../secret.key", "/%2e%2e/secret.key", "/assets/../../secret.key"])
def test_nothing_outside_the_build_is_served(door: Door, address: str) -> None:
    assert "secret" not in door.site_at(address).text


@pytest.mark.usefixtures("built")
def test_an_address_of_the_api_that_is_not_there_stays_an_error(door: Door) -> None:
    door.get("/no/such/door").refused(404)


def test_without_a_build_the_plain_page_stands_at_the_start(door: Door) -> None:
    assert "<h1>Outdial</h1>" in door.site_at("/").text
    assert door.site_at("/lookups/calendars").status_code == 404
