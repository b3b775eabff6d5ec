import pytest

from outdial.domain.causes import CAUSES, by_text, from_sip, of_hangup, of_refusal


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (486, "USER_BUSY"),
        (600, "USER_BUSY"),
        (603, "CALL_REJECTED"),
        (404, "UNALLOCATED_NUMBER"),
        (480, "NO_USER_RESPONSE"),
        (484, "INVALID_NUMBER_FORMAT"),
        (503, "NORMAL_TEMPORARY_FAILURE"),
        (302, "NORMAL_UNSPECIFIED"),
        (488, "INCOMPATIBLE_DESTINATION"),
    ],
)
def test_a_refusal_is_named_by_its_sip_code(code: int, cause: str) -> None:
    assert of_refusal(code, None) == (cause, code)


def test_the_reason_header_comes_first() -> None:
    assert of_refusal(480, 17) == ("USER_BUSY", 480)


def test_a_refusal_that_claims_normal_clearing_is_no_user_response() -> None:
    assert of_refusal(480, 16) == ("NO_USER_RESPONSE", 480)


def test_a_timer_of_the_network_is_no_answer_487() -> None:
    assert of_refusal(408, None) == of_refusal(486, 102) == ("NO_ANSWER", 487)


def test_numbers_above_127_are_not_taken_from_the_wire() -> None:
    assert of_refusal(486, 604) == ("USER_BUSY", 486)


def test_a_bye_is_normal_unless_it_says_otherwise() -> None:
    assert (of_hangup(None), of_hangup(31), of_hangup(999)) == (
        "NORMAL_CLEARING",
        "NORMAL_UNSPECIFIED",
        "NORMAL_CLEARING",
    )


@pytest.mark.parametrize(
    ("text", "cause"),
    [("user_busy", "USER_BUSY"), ("17", "USER_BUSY"), ("", "NORMAL_CLEARING"), ("x", "NORMAL_CLEARING")],
)
def test_a_flow_names_causes_loosely(text: str, cause: str) -> None:
    assert by_text(text) == cause


def test_every_sip_status_maps_to_a_known_cause() -> None:
    assert all(from_sip(code) in CAUSES for code in range(200, 700))
