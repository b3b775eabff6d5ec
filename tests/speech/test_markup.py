"""SSML is read and written anew; what is not about speaking is dropped."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.errors import SpeechRefused
from outdial.speech.markup import safe


@pytest.mark.parametrize(
    ("given_", "left"),
    [
        ("Hello", "<speak>Hello</speak>"),
        ("a &lt; b &amp; c", "<speak>a &lt; b &amp; c</speak>"),
        ("<speak xml:lang='uk-UA' version='1.1'>x</speak>", '<speak xml:lang="uk-UA">x</speak>'),
        ('<p><s>x</s></p><break time="500ms"/>', '<speak><p><s>x</s></p><break time="500ms"></break></speak>'),
        ('<break time="3s"/>', '<speak><break time="3000ms"></break></speak>'),
        ('<break time="3h"/>', "<speak><break></break></speak>"),
        ('<break time="999999s"/>', '<speak><break time="10000ms"></break></speak>'),
        ('<prosody rate="120%" x="y">x</prosody>', '<speak><prosody rate="120%">x</prosody></speak>'),
        ('<say-as interpret-as="characters">AB</say-as>',
         '<speak><say-as interpret-as="characters">AB</say-as></speak>'),
        ('<sub alias="a &quot;b&quot;">c</sub>', "<speak><sub alias='a \"b\"'>c</sub></speak>"),
        ('<audio src="/etc/passwd"><desc>hidden</desc>said</audio>', "<speak>said</speak>"),
        ('<voice name="../x" gender="female">x</voice>', '<speak><voice gender="female">x</voice></speak>'),
        ('<amazon:effect name="whispered">x</amazon:effect><mark name="m"/>', "<speak>x</speak>"),
        ("<metadata><p>hidden</p></metadata>x", "<speak>x</speak>"),
    ],
)  # fmt: skip
def test_what_is_left(given_: str, left: str) -> None:
    assert safe(given_) == left


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<b>x", "cannot be read: mismatched tag"),
        ("Tom & Jerry", "cannot be read"),
        ('<speak>x</speak><audio src="x"/>', "cannot be read"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><speak>&a;</speak>', "cannot be read"),
        ("<p>" * 11 + "x" + "</p>" * 11, "more than 10 elements"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(SpeechRefused, match=says):
        safe(text)


TAGS = st.sampled_from(["speak", "p", "audio", "voice", "break", "metadata", "x:y"])
MARKUP = st.recursive(
    st.text("ab<>&\"' ", max_size=8) | TAGS.map(lambda tag: f"<{tag} src='a' name=\"b\"/>"),
    lambda inner: st.tuples(TAGS, inner, inner).map(lambda t: f"<{t[0]} time='1s'>{t[1]}{t[2]}</{t[0]}>"),
    max_leaves=12,
)


@given(MARKUP)
def test_it_is_well_formed_and_names_no_file(text: str) -> None:
    try:
        left = safe(text)
    except SpeechRefused:
        return
    for element in ElementTree.fromstring(left).iter():
        assert element.tag in {"speak", "p", "voice", "break"}
        assert not {"src", "name"} & element.attrib.keys()
