"""Digest credentials, with the examples of the RFCs (7616 §3.9.1, 2069 §2.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.sip.authorizer import ROUNDS, Authorizer
from outdial.sip.digest import Credentials, answer, matches, parse_challenge, parse_params, strongest
from outdial.sip.message import Response

MUFASA = Credentials("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def asked(**params: str) -> str:
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in params.items())


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = parse_challenge(
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        f'nonce="{NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    value = answer(challenge, MUFASA, "GET", "/dir/index.html", cnonce=CNONCE)
    params = parse_params(value)
    assert params["response"] == response
    assert (params["qop"], params["nc"], params["opaque"][:4]) == ("auth", "00000001", "FQhe")
    assert "qop=auth" in value  # unquoted, as §3.4 wants it
    assert matches(value, "GET", "Circle of Life")
    assert not matches(value, "GET", "circle of life")


def test_a_challenge_without_qop_is_answered_in_the_old_form() -> None:
    challenge = parse_challenge(asked(realm="r", nonce="n"))
    value = answer(challenge, MUFASA, "INVITE", "sip:x", cnonce=CNONCE)
    assert "nc=" not in value
    assert "cnonce=" not in value
    assert matches(value, "INVITE", MUFASA.password)


def test_session_algorithms_carry_their_cnonce_without_qop_too() -> None:
    for qop in ({}, {"qop": "auth"}):
        challenge = parse_challenge(asked(realm="r", nonce="n", algorithm="SHA-256-sess", **qop))
        value = answer(challenge, MUFASA, "INVITE", "sip:x", cnonce=CNONCE, count=3)
        assert parse_params(value)["cnonce"] == CNONCE
        assert matches(value, "INVITE", MUFASA.password)


def test_the_strongest_challenge_we_know_is_answered() -> None:
    values = [
        asked(realm="md5", nonce="n", algorithm="MD5"),
        asked(realm="new", nonce="n", algorithm="SHA-512-256"),
        asked(realm="sha", nonce="n", algorithm="SHA-256"),
        'Basic realm="x"',
    ]
    assert strongest(values).realm == "sha"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ('Basic realm="x"', "not a Digest header"),
        (asked(realm="x"), "challenge without realm or nonce"),
        (asked(realm="x", nonce="n", algorithm="FOO"), "challenge with an unknown algorithm"),
        (asked(realm="x", nonce="n", qop="auth-int"), "challenge with an unknown qop"),
    ],
)
def test_what_we_cannot_answer_is_refused_with_its_reason(value: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        parse_challenge(value)
    with pytest.raises(ValueError, match=r"^no challenge we can answer$"):
        strongest([value])


def test_quotes_in_names_survive() -> None:
    challenge = parse_challenge('Digest realm="a \\"b\\" c", nonce="n"')
    assert challenge.realm == 'a "b" c'
    assert matches(answer(challenge, Credentials('u"v', "p"), "BYE", "sip:x", cnonce=CNONCE), "BYE", "p")


def test_a_password_is_never_shown() -> None:
    assert "Circle" not in repr(MUFASA)


def challenged(status: int = 401, **params: str) -> Response:
    name = "www-authenticate" if status == 401 else "proxy-authenticate"
    return Response(status, "", {name: [asked(realm="r", **params)]})


def test_a_nonce_is_used_again_with_nc_counted() -> None:
    auth = Authorizer(MUFASA, "seed")
    assert auth.headers("INVITE", "sip:x") == []
    assert auth.accept(challenged(nonce="n", qop="auth"))
    first, second = auth.headers("INVITE", "sip:x"), auth.headers("BYE", "sip:y")
    assert [name for name, _ in first] == ["Authorization"]
    assert parse_params(first[0][1])["nc"] == "00000001"
    assert parse_params(second[0][1])["nc"] == "00000002"


def test_credentials_refused_once_are_not_sent_again() -> None:
    auth = Authorizer(MUFASA, "seed")
    assert auth.accept(challenged(nonce="a"))
    assert not auth.accept(challenged(nonce="b"))
    auth.begin()
    assert auth.accept(challenged(nonce="b"))


def test_a_stale_nonce_is_answered_a_bounded_number_of_times() -> None:
    auth = Authorizer(MUFASA, "seed")
    accepted = [auth.accept(challenged(nonce=str(turn), stale="true")) for turn in range(ROUNDS + 3)]
    assert accepted == [True] * ROUNDS + [False] * 3


def test_proxy_and_server_may_both_ask() -> None:
    auth = Authorizer(MUFASA, "seed")
    assert auth.accept(challenged(407, nonce="a"))
    assert auth.accept(challenged(401, nonce="b"))
    assert [name for name, _ in auth.headers("INVITE", "sip:x")] == ["Proxy-Authorization", "Authorization"]


def test_without_an_account_nothing_is_answered() -> None:
    auth = Authorizer(None, "seed")
    assert not auth.accept(challenged(nonce="a"))
    assert auth.headers("INVITE", "sip:x") == []


def test_a_challenge_nobody_can_read_is_not_answered() -> None:
    assert not Authorizer(MUFASA, "seed").accept(challenged(nonce="n", algorithm="ROT13"))


@given(st.text(max_size=80))
def test_garbage_raises_nothing_but_value_error(text: str) -> None:
    assert not matches(text, "INVITE", "p")
    assert not matches("Digest " + text, "INVITE", "p")
