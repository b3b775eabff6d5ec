from outdial.dialer.choose import Chosen, Passed, Round, choose, lanes
from outdial.domain.member import Member
from outdial.domain.queue import Rules
from outdial.domain.resource import Placed, ResourceGroup, TimeRange
from tests.dialer.builders import NOON, a_board, a_gateway, a_group, a_member, a_number, a_plan, a_queue, a_resource


def turn(
    *groups: ResourceGroup, barred: tuple[str, ...] = (), lines: dict[int, int] | None = None, **queue: object
) -> Round:
    plan = a_plan(a_queue(**queue), *groups)
    return Round(plan.queues[1], lanes(plan, plan.queues[1], {}), barred, a_board(lines))


def chosen(member: Member, round_: Round) -> Chosen:
    result = choose(member, "UTC", round_)
    assert isinstance(result, Chosen), result
    return result


def passed(member: Member, round_: Round) -> Passed:
    result = choose(member, "UTC", round_)
    assert isinstance(result, Passed), result
    return result


def test_the_highest_priority_number_is_rung() -> None:
    member = a_member(a_number("1", 1, priority=1), a_number("2", 2, priority=9))
    assert chosen(member, turn()).communication.destination == "2"


def test_a_number_of_the_stop_list_is_passed_over_and_named() -> None:
    member = a_member(a_number("+380 44 1", 1, priority=9), a_number("2", 2))
    result = chosen(member, turn(barred=("380441",)))
    assert (result.communication.destination, [n.id for n in result.barred]) == ("2", [1])
    assert passed(a_member(a_number("0038044 1")), turn(barred=("380441",))).reason == "on the stop list"


def test_the_group_must_take_the_type_of_the_number() -> None:
    other = ResourceGroup(1, "other", 8, (Placed(a_resource()),), (TimeRange(0, 1440),))
    assert "type" in passed(a_member(), turn(other)).reason


def test_the_time_range_of_the_group_is_half_open_and_local() -> None:
    until_noon = a_group(times=(TimeRange(540, 720),))
    from_noon = a_group(times=(TimeRange(720, 900),))
    assert "time range" in passed(a_member(), turn(until_noon)).reason
    assert chosen(a_member(), turn(from_noon))
    assert isinstance(choose(a_member(), "Europe/Kyiv", turn(from_noon)), Chosen)
    assert isinstance(choose(a_member(), "America/New_York", turn(from_noon)), Passed)


def test_a_full_resource_gives_way_to_the_next() -> None:
    group = a_group(Placed(a_resource(1), priority=1), Placed(a_resource(2), priority=2))
    rules = Rules(resource_strategy="priority-based")
    assert chosen(a_member(), turn(group, rules=rules)).lane.resource.id == 1
    assert chosen(a_member(), turn(group, lines={1: 0, 2: 1}, rules=rules)).lane.resource.id == 2
    assert passed(a_member(), turn(group, lines={1: 0, 2: 0}, rules=rules)).full


def test_even_distribution_uses_all_resources() -> None:
    group = a_group(Placed(a_resource(1), priority=1), Placed(a_resource(2), priority=2))
    round_ = turn(group)
    assert {chosen(a_member(), round_).lane.resource.id for _ in range(40)} == {1, 2}


def test_the_reserve_carries_while_the_primary_is_off() -> None:
    group = a_group(Placed(a_resource(1, enabled=False), a_resource(2)))
    assert chosen(a_member(), turn(group)).lane.resource.id == 2


def test_a_number_bound_to_a_resource_uses_only_that() -> None:
    group = a_group(Placed(a_resource(1)), Placed(a_resource(2)))
    round_ = turn(group)
    assert {chosen(a_member(a_number(resource_id=2)), round_).lane.resource.id for _ in range(20)} == {2}
    assert "bound" in passed(a_member(a_number(resource_id=3)), round_).reason


def test_patterns_decide_and_the_reason_names_them() -> None:
    group = a_group(Placed(a_resource(1, patterns=("1XX",))))
    assert chosen(a_member(a_number("1 23")), turn(group))
    assert "patterns" in passed(a_member(a_number("223")), turn(group)).reason


def test_nobody_is_rung_without_a_caller_id() -> None:
    group = a_group(Placed(a_resource(1, displays=())))
    assert "caller id" in passed(a_member(), turn(group)).reason
    assert chosen(a_member(a_number(display="77")), turn(group)).display == "77"
    registered = a_group(Placed(a_resource(1, displays=(), gateway=a_gateway(register=True))))
    assert chosen(a_member(), turn(registered)).display == ""


def test_the_calls_of_one_resource_leave_at_least_their_share_of_a_second_apart() -> None:
    group = a_group(Placed(a_resource(1, rps=10)))
    round_ = turn(group)
    moments = []
    while isinstance(result := choose(a_member(), "UTC", round_), Chosen):
        round_.board.pacing.take(result.lane.resource, result.ring_at)
        moments.append(result.ring_at - NOON)
    assert moments == [0, 100, 200, 300, 400, 500]
    assert result.full
