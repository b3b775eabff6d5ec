"""Scripts and documents in processes of their own: a hostile one costs its second, and others do not notice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from outdial.flow.errors import AppFailed
from outdial.flow.extract import SMALL, Extract
from outdial.flow.script import Script
from outdial.sandbox import Sandbox
from outdial.sandbox.client import AT_A_TIME

HOSTILE = {
    "an endless loop": "for (;;);",
    "a regular expression that backtracks": "return /(a+)+b/.test('a'.repeat(60))",
    "a built-in that never looks at the clock": "const s = 'x'.repeat(4e6); for (;;) s.split('').reverse().join('')",
    "memory without end": "const all = []; for (;;) all.push(new Uint8Array(1e6).fill(7))",
    "a catch around every error": "for (;;) try { for (;;) [].push(new Array(1e7).fill(1)) } catch (e) {}",
}


@asynccontextmanager
async def sandbox() -> AsyncGenerator[Sandbox, None]:
    made = Sandbox()
    try:
        yield made
    finally:
        await made.close()


def script(code: str, **variables: str) -> Script:
    return Script(code, {"getVariable": {"answered": "before"}}, variables, (2026, 8, 1, 12, 0, 0, 0))


async def test_a_script_answers_with_what_javascript_prints() -> None:
    async with sandbox() as box:
        assert await box.script(script("return [1, 2, _getChannelVar('answered')]")) == "1,2,before"
        assert await box.script(script("return _getChannelVar('name')", name="Zoë")) == "Zoë"
        assert await box.script(script("return LocalDate().getFullYear()")) == "2026"
        assert await box.script(script("return '\\ud800'")) == "\ufffd"


async def test_half_a_surrogate_in_a_variable_does_no_harm() -> None:
    async with sandbox() as box:
        assert await box.script(script("return _getChannelVar('bad').length", bad="\ud800")) == "1"


async def test_a_mistake_in_a_script_is_said() -> None:
    async with sandbox() as box:
        with pytest.raises(AppFailed, match="nothing is not defined"):
            await box.script(script("return nothing"))


async def test_hostile_scripts_are_ended() -> None:
    async with sandbox() as box:
        outcomes = await asyncio.gather(
            *(box.script(script(code)) for code in HOSTILE.values()), return_exceptions=True
        )
        for what, outcome in zip(HOSTILE, outcomes, strict=True):
            assert isinstance(outcome, AppFailed), what
        assert await box.script(script("return 'the next one'")) == "the next one"


async def test_others_go_on_while_hostile_scripts_run() -> None:
    async with sandbox() as box:
        hostile = [asyncio.create_task(box.script(script("for (;;);"))) for _ in range(AT_A_TIME - 1)]
        assert await box.script(script("return 'quick'")) == "quick"
        assert not any(task.done() for task in hostile)
        for outcome in await asyncio.gather(*hostile, return_exceptions=True):
            assert isinstance(outcome, AppFailed)


async def test_whoever_gives_up_keeps_the_turn_until_the_script_has_ended() -> None:
    """A caller who hangs up again and again cannot pile up processes."""
    async with sandbox() as box:
        for _ in range(AT_A_TIME):
            task = asyncio.create_task(box.script(script("for (;;);")))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert box._turns.locked()
        assert await box.script(script("return 'after them'")) == "after them"


async def test_no_job_leaves_anything_for_the_next() -> None:
    async with sandbox() as box:
        assert await box.script(script("globalThis.left = 1; Array.prototype.join = () => 'mine'; return 1")) == "1"
        assert await box.script(script("return typeof left + [1, 2].join()")) == "undefined1,2"


async def test_a_result_too_long_for_a_variable_is_refused() -> None:
    async with sandbox() as box:
        with pytest.raises(AppFailed, match="longer than"):
            await box.script(script("return 'x'.repeat(2e6)"))


async def test_when_the_nursery_dies_the_next_job_gets_a_new_one() -> None:
    async with sandbox() as box:
        await box.script(script("return 1"))
        assert box._nursery is not None
        box._nursery.send_signal(signal.SIGKILL)
        await asyncio.to_thread(box._nursery.wait)
        assert await box.script(script("return 2")) == "2"


async def test_the_settings_of_the_service_do_not_get_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTDIAL_ADMIN_TOKEN", "s3cret")
    async with sandbox() as box:
        await box.script(script("return 1"))
        assert box._nursery is not None
        environment = await asyncio.to_thread(Path(f"/proc/{box._nursery.pid}/environ").read_bytes)
    assert b"PATH=" in environment
    assert b"s3cret" not in environment


async def test_the_nursery_ends_with_the_service() -> None:
    async with sandbox() as box:
        await box.script(script("return 1"))
        assert box._nursery is not None
        pid = box._nursery.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_large_json_is_read_outside_of_the_event_loop() -> None:
    people = ",".join(f'{{"name":"n{i}"}}' for i in range(20_000))
    job = Extract(f'{{"people":[{people}]}}'.encode(), "json", {"last": "people.19999.name", "count": "people.#"})
    assert not job.quick
    async with sandbox() as box:
        assert await box.extract(job) == {"last": "n19999", "count": "20000"}


async def test_small_json_needs_no_process() -> None:
    async with sandbox() as box:
        assert await box.extract(Extract(b'{"a":[1,2]}', "json", {"x": "a.1", "y": "b"})) == {"x": "2", "y": ""}
        assert box._nursery is None


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 2_000_000,
        b"<a>" * 500_000,
        b'<!DOCTYPE a [<!ENTITY b "0123456789"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
    ],
)
async def test_hostile_documents_end_within_their_limits(body: bytes) -> None:
    async with sandbox() as box:
        for syntax in ("json", "xml"):
            try:
                found = await box.extract(
                    Extract(body + b" " * SMALL, syntax, {"x": "a" if syntax == "json" else "/a"})
                )
            except AppFailed:
                continue
            assert found["x"] in ("", "&c;")


async def test_no_file_of_this_machine_comes_out_of_xml(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    body = f'<!DOCTYPE a [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><a>&e;</a>'.encode()
    async with sandbox() as box:
        found = await box.extract(Extract(body, "xml", {"x": "/a", "y": "/a/text()"}))
    assert "secret" not in found["x"] + found["y"]
