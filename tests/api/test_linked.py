"""Signed links to files: no token, nothing but the file, and not for ever (flow-engine §4.6, generateLink)."""

from __future__ import annotations

import pytest

from outdial.net.links import Linked, Links
from tests.api.door import NOON, Answer, Door
from tests.api.test_media import one, wav

LATER_S = NOON // 1000 + 60
LINKS = Links(b"key of the tests")


def fetch(door: Door, link: str, **headers: str) -> Answer:
    door.token = ""
    return door("GET", link.removeprefix("/api"), headers=headers)


def test_a_link_gives_the_file_without_a_token(door: Door) -> None:
    link = LINKS.make(Linked(1, "media", one(door)), LATER_S)
    response = fetch(door, link).response
    assert (response.status_code, response.content) == (200, wav())
    assert response.headers["content-disposition"] == 'attachment; filename="hello.wav"'
    assert fetch(door, link + "&more=1", Range="bytes=0-3").response.content == wav()[:4]


def test_a_link_ends(door: Door) -> None:
    link = LINKS.make(Linked(1, "media", one(door)), LATER_S)
    door.clock.now = LATER_S * 1000
    assert fetch(door, link).refused(403)["id"] == "app.link.invalid"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?domain_id=1&source=media&expires=99999999999&signature=",
        "?domain_id=1&source=media&expires=99999999999&signature=%FF%00",
        "?domain_id=1&source=../keys&expires=99999999999&signature=x",
        "?domain_id=%D9%A1&source=media&expires=99999999999&signature=x",
    ],
)
def test_what_nobody_signed_opens_nothing(door: Door, query: str) -> None:
    one(door)
    fetch(door, f"/storage/any/file/1/download{query}").refused(403)
    fetch(door, f"/storage/any/file/..%2F..%2Fsecret.key/download{query}").refused(404)


def test_a_link_of_another_domain_or_to_a_file_that_is_gone_finds_nothing(door: Door) -> None:
    id_ = one(door)
    fetch(door, LINKS.make(Linked(2, "media", id_), LATER_S)).refused(404)
    fetch(door, LINKS.make(Linked(1, "file", id_), LATER_S)).refused(404)
    fetch(door, LINKS.make(Linked(1, "media", id_ + 1), LATER_S)).refused(404)
