"""A service becomes as the files say: once, in order, and never so that a running queue stops unasked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outdial.cli.files.document import ConfigMistake
from outdial.cli.files.export import write
from outdial.cli.files.have import read_state
from outdial.cli.files.make import Maker
from outdial.cli.files.plan import Step, plan, refuse_broken
from outdial.cli.files.wanted import load
from tests.api.door import Door
from tests.api.test_media import wav as a_wav
from tests.cli.files.service import AtDoor

WHOLE = """
media:
  hello.wav: {file: hello.wav}
communication_types:
  Mobile: {code: mobile, channel: Phone}
lists:
  Do not call:
    numbers: [380509990000, {number: "380509990001", description: asked}]
calendars:
  Days:
    timezone: Europe/Kyiv
    accepts: ["mon-fri 09:00-20:00"]
    excepts: [{name: Feast, date: 2026-12-25, repeat: true}]
schemas:
  Reminder: {type: voice, schema: [{playback: {files: [{name: hello.wav}]}}, {hangup: NORMAL_CLEARING}]}
gateways:
  Trunk: {proxy: 192.0.2.1, host: 192.0.2.1, enable: true}
  Account: {register: true, proxy: sip.example.org, account: a@sip.example.org, password: "${env:SECRET}", enable: true}
resources:
  Line: {gateway: Trunk, limit: 10, rps: 5, enabled: true, numbers: [380441112233]}
  Spare: {gateway: Account, reserve: true, enabled: true}
resource_groups:
  Mobiles: {communication: Mobile, time: ["00:00-24:00"], resources: [{resource: Line, reserve_resource: Spare}]}
queues:
  Reminder:
    calendar: Days
    schema: Reminder
    dnc_list: Do not call
    strategy: fifo
    payload: {max_attempts: 3, wait_between_retries: 1h, max_calls: 5}
    tags: [spring]
    variables: {city: Kyiv}
    resource_groups: [Mobiles]
    enabled: true
    members:
      - Olena: 380501234567
"""


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "outdial.yaml"
    path.write_text(text)
    (folder / "hello.wav").write_bytes(a_wav())
    return path


@pytest.fixture
def rest(door: Door) -> AtDoor:
    return AtDoor(door)


def steps_to(rest: AtDoor, target: Path, *, prune: bool = False) -> list[Step]:
    return plan(load(target, {"SECRET": "s3cret"}), read_state(rest), prune=prune)


def make(rest: AtDoor, target: Path, *, prune: bool = False) -> list[Step]:
    state = read_state(rest)
    steps = plan(load(target, {"SECRET": "s3cret"}), state, prune=prune)
    Maker(rest, state).take(steps, lambda step: None)
    return steps


def test_a_whole_campaign_is_made_from_one_file(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    (queue,) = rest.get("/call_center/queues")["items"]
    assert (queue["enabled"], queue["count"]) == (True, 1)
    whole = rest.get(f"/call_center/queues/{queue['id']}")
    assert whole["payload"]["wait_between_retries"] == 3600 and whole["calendar"]["name"] == "Days"
    (member,) = rest.get(f"/call_center/queues/{queue['id']}/members")["items"]
    assert member["communications"][0]["type"]["name"] == "Mobile"


def test_a_second_time_there_is_nothing_to_do(rest: AtDoor, tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    make(rest, path)
    assert steps_to(rest, path) == []


def test_what_was_exported_makes_the_same_service(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    write(rest, read_state(rest), tmp_path / "out")
    assert plan(load(tmp_path / "out", {"ACCOUNT_PASSWORD": "x"}), read_state(rest)) == []


def test_an_export_into_an_empty_service_exports_as_the_same_files(
    rest: AtDoor, tmp_path: Path, door: Door, second_door: Door
) -> None:
    make(rest, written(tmp_path, WHOLE))
    first, second, other = tmp_path / "first", tmp_path / "second", AtDoor(second_door)
    write(rest, read_state(rest), first)
    state = read_state(other)
    Maker(other, state).take(plan(load(first, {"ACCOUNT_PASSWORD": "x"}), state), lambda step: None)
    write(other, read_state(other), second)
    files = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert files == {path.relative_to(second): path.read_bytes() for path in second.rglob("*") if path.is_file()}


def test_secrets_are_never_exported(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    write(rest, read_state(rest), tmp_path / "out")
    text = (tmp_path / "out" / "outdial.yaml").read_text()
    assert "s3cret" not in text and "password: ${env:ACCOUNT_PASSWORD}" in text


def test_names_that_look_alike_as_files_stay_apart(rest: AtDoor, tmp_path: Path) -> None:
    names = ["Hello?", "Hello!", "hello", "a b", "a/b", "..", "Привіт"]
    flows = "\n".join(f"  '{name}': {{schema: [{{log: '{name}'}}]}}" for name in names)
    make(rest, written(tmp_path, f"schemas:\n{flows}\n"))
    write(rest, read_state(rest), tmp_path / "out")
    assert plan(load(tmp_path / "out"), read_state(rest)) == []
    assert len(list((tmp_path / "out" / "flows").iterdir())) == len(names)


def test_the_password_of_any_gateway_is_asked_for_by_a_name_that_can_be_set(rest: AtDoor, tmp_path: Path) -> None:
    account = {"enable": True, "register": True, "proxy": "sip.example", "account": "a@sip.example", "expires": 600}
    rest.post("/sip/gateways", {"name": "my-gw. 2", "username": "a", "password": "s3cret"} | account)
    write(rest, read_state(rest), tmp_path / "out")
    with pytest.raises(ConfigMistake, match="MY_GW_2_PASSWORD is not set"):
        load(tmp_path / "out", {})
    gateway = load(tmp_path / "out", {"MY_GW_2_PASSWORD": "s3cret"}).records["gateways"]["my-gw. 2"]
    assert gateway.fields["password"] == "s3cret"


def test_only_what_differs_is_changed_and_the_rest_stays(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    less = "queues:\n  Reminder: {payload: {max_calls: 9}}\n"
    (step,) = make(rest, written(tmp_path / "more", less))
    assert [(one.field, one.before, one.after) for one in step.differences] == [("payload.max_calls", 5, 9)]
    (queue,) = rest.get("/call_center/queues")["items"]
    whole = rest.get(f"/call_center/queues/{queue['id']}")
    assert whole["payload"] == {"max_attempts": 3, "wait_between_retries": 3600, "max_calls": 9}
    assert (whole["variables"], whole["enabled"]) == ({"city": "Kyiv"}, True)


def test_people_are_added_once(rest: AtDoor, tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    make(rest, path)
    path.write_text(WHOLE.replace("380501234567", "380507654321"))
    assert steps_to(rest, path) == []


def test_a_list_that_is_written_down_is_the_whole_list(rest: AtDoor, tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    make(rest, path)
    path.write_text(WHOLE.replace("numbers: [380441112233]", "numbers: [380441112244]"))
    (step,) = make(rest, path)
    taken = [(entry.action, entry.name) for entry in step.entries]
    assert taken == [("create", "380441112244"), ("delete", "380441112233")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("limit: 10, rps: 5, enabled: true", "limit: 10, rps: 5, enabled: false"),
        ("host: 192.0.2.1, enable: true", "host: 192.0.2.1, enable: false"),
        ("resources: [{resource: Line, reserve_resource: Spare}]", "resources: []"),
        ("resource_groups: [Mobiles]", "resource_groups: []"),
    ],
)
def test_what_would_stop_a_running_queue_is_refused(rest: AtDoor, tmp_path: Path, before: str, after: str) -> None:
    text = WHOLE.replace(", reserve_resource: Spare", "")
    path = written(tmp_path, text)
    make(rest, path)
    path.write_text(text.replace(before.replace(", reserve_resource: Spare", ""), after))
    state = read_state(rest)
    with pytest.raises(ConfigMistake, match="queue Reminder is running and would stop"):
        refuse_broken(steps_to(rest, path), state)


def test_a_reserve_that_is_on_keeps_a_queue_running(rest: AtDoor, tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    make(rest, path)
    path.write_text(WHOLE.replace("rps: 5, enabled: true", "rps: 5, enabled: false"))
    refuse_broken(steps_to(rest, path), read_state(rest))


def test_switching_the_queue_off_itself_is_no_accident(rest: AtDoor, tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    make(rest, path)
    off = WHOLE.replace("    enabled: true\n", "    enabled: false\n")
    path.write_text(off.replace("rps: 5, enabled: true", "rps: 5, enabled: false"))
    refuse_broken(steps_to(rest, path), read_state(rest))


def test_nothing_is_deleted_unless_told(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    less = written(tmp_path / "less", "lists:\n  Other: {}\n")
    assert [(step.action, step.name) for step in steps_to(rest, less)] == [("create", "Other")]
    pruned = steps_to(rest, less, prune=True)
    assert [(step.action, step.name) for step in pruned] == [("create", "Other"), ("delete", "Do not call")]


def test_who_uses_goes_before_what_is_used(rest: AtDoor, tmp_path: Path) -> None:
    make(rest, written(tmp_path, WHOLE))
    empty = written(tmp_path / "empty", "calendars: {}\nqueues: {}\n")
    assert [step.section for step in make(rest, empty, prune=True)] == ["queues", "calendars"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("queus: {}\n", ":1:1: queus: no such section; did you mean queues?"),
        ("queues: {A: {calender: x}}\n", "no such field; did you mean calendar?"),
        ("queues: {A: {calendar: Nowhere}}\n", "there is no calendar 'Nowhere'"),
        ("media: {a.wav: {}}\n", "expected `file:`"),
        ("media: {a.wav: {file: none.wav}}\n", "there is no file"),
        ('gateways: {A: {password: "${env:NOT_SET}"}}\n', "the variable NOT_SET is not set"),
        ("schemas: {A: {file: none.json}}\n", "No such file"),
    ],
)
def test_a_mistake_is_pointed_at(rest: AtDoor, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigMistake) as refused:
        steps_to(rest, written(tmp_path, text))
    assert said in refused.value.detail and "outdial.yaml:" in refused.value.detail


def test_what_the_service_refuses_names_the_record(rest: AtDoor, tmp_path: Path) -> None:
    with pytest.raises(ConfigMistake, match=r"calendars\.Day: name: expected text of 4 to 100"):
        make(rest, written(tmp_path, 'calendars: {Day: {timezone: UTC, accepts: ["mon 09:00-10:00"]}}\n'))


def test_several_files_are_one_configuration(rest: AtDoor, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("lists: {One: {}}\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.yml").write_text("lists: {Two: {}}\n")
    assert [step.name for step in steps_to(rest, tmp_path)] == ["One", "Two"]
    shutil.copy(tmp_path / "a.yaml", tmp_path / "c.yaml")
    with pytest.raises(ConfigMistake, match="also written at"):
        load(tmp_path)


def test_the_pages_campaign_is_one(rest: AtDoor, tmp_path: Path) -> None:
    """Planned as it stands in docs/configuration.md."""
    page = (Path(__file__).parent.parent.parent.parent / "docs" / "configuration.md").read_text("utf-8")
    text = page.split("```yaml\n")[1].split("```")[0]
    steps = steps_to(rest, written(tmp_path, text))
    assert [step.section for step in steps] == [
        "media", "communication_types", "calendars", "schemas", "schemas", "gateways", "resources", "resource_groups",
        "queues",
    ]  # fmt: skip
