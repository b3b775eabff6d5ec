"""The plain live page."""

from __future__ import annotations

import base64
import hashlib
import re

from tests.api.door import Door


def test_the_page_needs_no_token_and_stands_alone(door: Door) -> None:
    door.token = ""
    response = door.get("/").response
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/html")
    assert not re.findall(r"(?:src|href)=\"(?!data:)[^\"]", response.text)


def test_its_policy_allows_just_its_own_script_and_style(door: Door) -> None:
    response = door.get("/").response
    policy = response.headers["content-security-policy"]
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", response.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy and "default-src 'none'" in policy


def test_nothing_in_it_would_break_that_policy(door: Door) -> None:
    text = door.get("/").response.text
    assert not re.search(r"\sstyle=\"|\son\w+=\"|javascript:|innerHTML|eval\(", text)
