"""``goto`` and tags, by the algorithm of flow-engine §1.6: log lines are letters, their order is the proof."""

from __future__ import annotations

from typing import Any

from .world import Schema, call

YES = "1 == 1"


def log(text: str, tag: str = "") -> dict[str, Any]:
    return {"tag": tag, "log": text} if tag else {"log": text}


def goto(tag: str) -> dict[str, Any]:
    return {"goto": tag}


def if_(then: Schema, expression: str = YES, otherwise: Schema | None = None) -> dict[str, Any]:
    return {"if": {"expression": expression, "then": then, "else": otherwise or []}}


def once(tag: str, mark: str = "jumped") -> dict[str, Any]:
    """Jumps the first time it is reached."""
    return if_([{"set": {mark: "1"}}, goto(tag)], f"!${{{mark}}}")


def letters(schema: Schema) -> str:
    return "".join(call(schema).lines)


def test_backwards_and_forwards_in_one_list() -> None:
    assert letters([log("a", "a"), once("a"), log("b")]) == "aab"
    assert letters([log("a"), goto("c"), log("b"), log("c", "c")]) == "ac"


def test_a_tag_on_a_composite() -> None:
    assert letters([{"tag": "again", **if_([log("a")])}, once("again"), log("b")]) == "aab"


def test_into_a_sibling_branch_then_behind_its_composite() -> None:
    schema = [if_([log("a"), goto("t")], YES, [log("x"), log("t", "t"), log("u")]), log("b")]
    assert letters(schema) == "atub"


def test_into_the_branch_of_a_later_composite() -> None:
    schema = [if_([goto("t"), log("x")]), log("y"), if_([log("s"), log("t", "t")], "false"), log("b")]
    assert letters(schema) == "tb"


def test_backwards_into_a_branch_that_is_over() -> None:
    schema = [if_([log("a"), log("t", "t")]), log("b"), once("t"), log("c")]
    assert letters(schema) == "atbtbc"


def test_out_of_three_levels() -> None:
    inner = if_([if_([if_([log("a"), goto("end"), log("x")]), log("y")]), log("z")])
    assert letters([inner, log("w"), log("e", "end"), log("f")]) == "aef"


def test_a_menu_that_is_reached_again_from_deep_inside_starts_its_branches_anew() -> None:
    menu = {"tag": "menu", "log": "m"}
    schema = [menu, if_([log("a"), if_([{"set": {"n": "1"}}, goto("menu")], "!${n}"), log("b")]), log("c")]
    assert letters(schema) == "mamabc"


def test_from_one_deep_branch_into_another_keeps_the_place_of_the_ancestors() -> None:
    schema = [
        if_([if_([{"set": {"in": "1"}}, goto("t")], "!${in}"), log("b")]),
        log("c"),
        if_([if_([log("x"), log("t", "t")], "false"), log("u")], "false"),
        log("d"),
    ]
    # After the target's composite, "u" follows; the root then goes on where the jump left it.
    assert letters(schema) == "tucd"


def test_never_entered_ancestors_count_as_finished() -> None:
    deep = if_([if_([if_([log("t", "t")], "false"), log("x")], "false"), log("y")], "false")
    schema = [if_([if_([{"set": {"in": "1"}}, goto("t")], "!${in}")]), log("c"), deep, log("d")]
    # Behind the innermost composite "x" follows; the list with "y" was never entered and is skipped.
    assert letters(schema) == "txcd"


def test_ours_a_jump_from_the_root_into_depth_two_goes_on_behind_the_outer_composite() -> None:
    deep = if_([if_([log("x"), log("t", "t")], "false"), log("u")], "false")
    assert letters([log("a"), goto("t"), log("y"), deep, log("d")]) == "atud"


def test_an_unknown_tag_changes_nothing() -> None:
    done = call([goto("nowhere"), log("a")])
    assert done.results[0].startswith("failed: no jump to 'nowhere'")
    assert done.lines == ["a"]


def test_the_tag_is_expanded() -> None:
    assert letters([{"set": {"where": "end"}}, goto("${where}"), log("x"), log("e", "end")]) == "e"


def test_a_later_tag_of_the_same_name_wins() -> None:
    assert letters([goto("t"), log("a", "t"), log("b", "t")]) == "b"


def test_ours_a_numeric_tag_is_taken_as_text() -> None:
    assert letters([goto("7"), log("x"), {"tag": 7, "log": "a"}]) == "a"


def test_1001_jumps_succeed_and_the_next_one_is_refused() -> None:
    done = call([log("a", "t"), {"set": {"n": "1"}}, goto("t"), log("end")])
    trace = done.ended.trace
    assert trace[-1]["result"].endswith("more steps are left out")
    assert 500 + int(trace[-1]["result"].split()[0]) == 3 * 1002 + 1  # 1,001 jumps, one refusal, then "end"


def test_a_function_cannot_jump_out_and_nobody_can_jump_in() -> None:
    schema = [
        {"function": {"name": "f", "actions": [goto("end"), log("in", "inside")]}},
        {"execute": {"name": "f"}},
        goto("inside"),
        log("x"),
        log("e", "end"),
    ]
    assert call(schema).lines == ["in", "x", "e"]


# ── limits ───────────────────────────────────────────────────────────────────────────────────────


def limited(max: Any, failover: Any, text: str = "a") -> dict[str, Any]:
    return {"tag": "again", "limit": {"max": max, "failover": failover}, "log": text}


def test_the_fourth_arrival_jumps_to_the_failover() -> None:
    assert letters([limited(3, "end"), goto("again"), log("e", "end")]) == "aaae"


def test_a_failover_to_nowhere_ends_the_flow() -> None:
    done = call([limited(1, "nowhere"), goto("again"), log("x")])
    assert done.lines == ["a"]
    assert done.results[-1] == "limit reached, no nowhere"


def test_a_limit_needs_a_number_and_a_failover() -> None:
    for limit in (
        {"max": 1},
        {"max": 1, "failover": ""},
        {"max": "1", "failover": "end"},
        {"max": 0, "failover": "end"},
    ):
        schema = [{"limit": limit, "tag": "t", "log": "a"}, once("t"), log("e", "end")]
        assert letters(schema) == "aae", limit


def test_a_function_counts_its_limits_anew_each_time() -> None:
    body = [{"limit": {"max": 1, "failover": "end"}, "log": "a"}, {"tag": "end", "log": "e"}]
    schema = [{"function": {"name": "f", "actions": body}}, {"execute": {"name": "f"}}, {"execute": {"name": "f"}}]
    assert letters(schema) == "aeae"
