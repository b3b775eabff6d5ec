"""Hang-up causes: names, Q.850 numbers, SIP codes and what each says about trying again.

Source: spec dialer-core §5 (ITU-T Q.850, RFC 4497 and the switch world's own numbers above 127).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CauseClass = Literal["ok", "soft", "dead", "trunk", "system"]
"""ok; soft: the callee's state, try again; dead: this number is no use; trunk: our side or the
carrier's; system: our own doing."""


@dataclass(frozen=True, slots=True)
class Cause:
    name: str
    number: int
    """Q.850 value up to 127, an internal number above."""
    sip_code: int
    """The status reported where no SIP status exists."""
    klass: CauseClass


_TABLE: tuple[tuple[int, str, int, CauseClass], ...] = (
    (0, "UNSPECIFIED", 500, "soft"),
    (1, "UNALLOCATED_NUMBER", 404, "dead"),
    (2, "NO_ROUTE_TRANSIT_NET", 404, "trunk"),
    (3, "NO_ROUTE_DESTINATION", 404, "dead"),
    (6, "CHANNEL_UNACCEPTABLE", 405, "trunk"),
    (7, "CALL_AWARDED_DELIVERED", 405, "system"),
    (16, "NORMAL_CLEARING", 200, "ok"),
    (17, "USER_BUSY", 486, "soft"),
    (18, "NO_USER_RESPONSE", 408, "soft"),
    (19, "NO_ANSWER", 480, "soft"),
    (20, "SUBSCRIBER_ABSENT", 480, "soft"),
    (21, "CALL_REJECTED", 603, "soft"),
    (22, "NUMBER_CHANGED", 410, "dead"),
    (23, "REDIRECTION_TO_NEW_DESTINATION", 410, "soft"),
    (25, "EXCHANGE_ROUTING_ERROR", 483, "trunk"),
    (27, "DESTINATION_OUT_OF_ORDER", 502, "soft"),
    (28, "INVALID_NUMBER_FORMAT", 484, "dead"),
    (29, "FACILITY_REJECTED", 501, "trunk"),
    (30, "RESPONSE_TO_STATUS_ENQUIRY", 501, "trunk"),
    (31, "NORMAL_UNSPECIFIED", 480, "soft"),
    (34, "NORMAL_CIRCUIT_CONGESTION", 503, "trunk"),
    (38, "NETWORK_OUT_OF_ORDER", 502, "trunk"),
    (41, "NORMAL_TEMPORARY_FAILURE", 503, "trunk"),
    (42, "SWITCH_CONGESTION", 503, "trunk"),
    (43, "ACCESS_INFO_DISCARDED", 503, "trunk"),
    (44, "REQUESTED_CHAN_UNAVAIL", 503, "trunk"),
    (45, "PRE_EMPTED", 503, "system"),
    (50, "FACILITY_NOT_SUBSCRIBED", 503, "trunk"),
    (52, "OUTGOING_CALL_BARRED", 403, "trunk"),
    (54, "INCOMING_CALL_BARRED", 403, "dead"),
    (57, "BEARERCAPABILITY_NOTAUTH", 403, "trunk"),
    (58, "BEARERCAPABILITY_NOTAVAIL", 503, "trunk"),
    (63, "SERVICE_UNAVAILABLE", 503, "trunk"),
    (65, "BEARERCAPABILITY_NOTIMPL", 488, "trunk"),
    (66, "CHAN_NOT_IMPLEMENTED", 488, "trunk"),
    (69, "FACILITY_NOT_IMPLEMENTED", 501, "trunk"),
    (79, "SERVICE_NOT_IMPLEMENTED", 501, "trunk"),
    (81, "INVALID_CALL_REFERENCE", 501, "trunk"),
    (88, "INCOMPATIBLE_DESTINATION", 488, "trunk"),
    (95, "INVALID_MSG_UNSPECIFIED", 488, "trunk"),
    (96, "MANDATORY_IE_MISSING", 488, "trunk"),
    (97, "MESSAGE_TYPE_NONEXIST", 488, "trunk"),
    (98, "WRONG_MESSAGE", 488, "trunk"),
    (99, "IE_NONEXIST", 488, "trunk"),
    (100, "INVALID_IE_CONTENTS", 488, "trunk"),
    (101, "WRONG_CALL_STATE", 488, "trunk"),
    (102, "RECOVERY_ON_TIMER_EXPIRE", 504, "soft"),
    (103, "MANDATORY_IE_LENGTH_ERROR", 504, "trunk"),
    (111, "PROTOCOL_ERROR", 504, "trunk"),
    (127, "INTERWORKING", 504, "trunk"),
    (487, "ORIGINATOR_CANCEL", 487, "soft"),
    (500, "CRASH", 487, "system"),
    (501, "SYSTEM_SHUTDOWN", 487, "system"),
    (502, "LOSE_RACE", 487, "system"),
    (503, "MANAGER_REQUEST", 487, "system"),
    (600, "BLIND_TRANSFER", 487, "system"),
    (601, "ATTENDED_TRANSFER", 487, "system"),
    (602, "ALLOTTED_TIMEOUT", 487, "soft"),
    (603, "USER_CHALLENGE", 487, "trunk"),
    (604, "MEDIA_TIMEOUT", 487, "soft"),
    (605, "PICKED_OFF", 487, "system"),
    (606, "USER_NOT_REGISTERED", 487, "soft"),
    (607, "PROGRESS_TIMEOUT", 487, "soft"),
    (609, "GATEWAY_DOWN", 487, "trunk"),
    (687, "ABANDONED", 500, "system"),
)

CAUSES: dict[str, Cause] = {name: Cause(name, number, sip, klass) for number, name, sip, klass in _TABLE}
_BY_NUMBER: dict[int, Cause] = {cause.number: cause for cause in CAUSES.values()}

_FROM_SIP: dict[int, str] = {
    200: "NORMAL_CLEARING",
    **dict.fromkeys((401, 402, 403, 407, 603), "CALL_REJECTED"),
    404: "UNALLOCATED_NUMBER",
    **dict.fromkeys((485, 604), "NO_ROUTE_DESTINATION"),
    **dict.fromkeys((408, 504), "RECOVERY_ON_TIMER_EXPIRE"),
    410: "NUMBER_CHANGED",
    **dict.fromkeys((413, 414, 416, 420, 421, 423, 505, 513), "INTERWORKING"),
    480: "NO_USER_RESPONSE",
    **dict.fromkeys((400, 481, 500, 503), "NORMAL_TEMPORARY_FAILURE"),
    **dict.fromkeys((486, 600), "USER_BUSY"),
    484: "INVALID_NUMBER_FORMAT",
    **dict.fromkeys((488, 606), "INCOMPATIBLE_DESTINATION"),
    502: "NETWORK_OUT_OF_ORDER",
    405: "SERVICE_UNAVAILABLE",
    **dict.fromkeys((406, 415, 501), "SERVICE_NOT_IMPLEMENTED"),
    **dict.fromkeys((482, 483), "EXCHANGE_ROUTING_ERROR"),
    487: "ORIGINATOR_CANCEL",
}


def from_sip(code: int) -> str:
    """The cause name of a final SIP status; any status without a row is NORMAL_UNSPECIFIED."""
    return _FROM_SIP.get(code, "NORMAL_UNSPECIFIED")


def of_refusal(code: int, q850: int | None) -> tuple[str, int]:
    """Cause and SIP code of a call that was refused with ``code``: the Reason header's Q.850 value first.

    A refusal that claims NORMAL_CLEARING is NO_USER_RESPONSE (dialer-core §5), and a network
    that gave up on a timer reports NO_ANSWER/487, as our own ring timeout does.
    """
    known = _BY_NUMBER.get(q850) if q850 is not None and q850 <= 127 else None
    name = known.name if known else from_sip(code)
    if name == "NORMAL_CLEARING":
        return "NO_USER_RESPONSE", code
    if name in ("ALLOTTED_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE"):
        return "NO_ANSWER", 487
    return name, code


def of_hangup(q850: int | None) -> str:
    """The cause of an answered call that the far end ended with BYE."""
    known = _BY_NUMBER.get(q850) if q850 is not None and q850 <= 127 else None
    return known.name if known else "NORMAL_CLEARING"


def by_text(text: str) -> str:
    """A cause as a flow writes it: a name in any case, or a number; unknown means NORMAL_CLEARING."""
    word = text.strip()
    if word.isdigit():
        known = _BY_NUMBER.get(int(word))
        return known.name if known else "NORMAL_CLEARING"
    return word.upper() if word.upper() in CAUSES else "NORMAL_CLEARING"
