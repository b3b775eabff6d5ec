"""Tables of people: what a spreadsheet did to them, and how they are read."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.e164 import e164, repaired
from outdial.domain.number import normalise
from outdial.domain.sheet import DELIMITERS, encoding_of, guess, read_sheet


@pytest.mark.parametrize(
    "written",
    ["441234567", "0441234567", "'044 123-45-67", "380441234567.0", "3.80441234567E+11", "3,80441234567e11",
     "0038 044 123 45 67", "+380 (44) 123-45-67"],
)  # fmt: skip
def test_one_number_however_a_spreadsheet_has_it(written: str) -> None:
    assert e164(written, "UA") == "+380441234567"


@pytest.mark.parametrize("written", ["3.8E+11", "3,8e11", "3.8044123456E+11"])
def test_digits_that_are_gone_are_not_made_up(written: str) -> None:
    with pytest.raises(ValueError, match="cut its digits"):
        e164(written, "UA")


@pytest.mark.parametrize("written", ["", " ", "nobody", "12", "+380441234567 ext. 5", "+99912345678"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(ValueError):
        e164(written, "UA")


def test_without_a_region_a_number_names_its_country() -> None:
    assert e164("00380441234567") == e164("+380441234567") == "+380441234567"
    with pytest.raises(ValueError, match="choose a region"):
        e164("0441234567")


@given(st.integers(10**11, 10**12 - 1))
def test_a_whole_power_of_ten_loses_nothing(number: int) -> None:
    text = str(number)
    assert repaired(f"{text[0]}.{text[1:]}E+11") == text


@pytest.mark.parametrize("listed", ["+380441234567", "00380441234567", "380441234567", "380 44 123 45 67"])
def test_stop_lists_find_it(listed: str) -> None:
    assert normalise(e164("0441234567", "UA")) == normalise(listed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    rows = [["Ім'я", "Телефон"], ["Оксана, Київ; центр", "0441234567"], ["Андрій", "0441234568"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    sheet = read_sheet(out.getvalue().encode(encoding), cut=False)
    assert (sheet.encoding, sheet.delimiter, sheet.rows) == (encoding, delimiter, rows)


def test_western_letters() -> None:
    assert encoding_of("name\nJosé Müller\n".encode("cp1252")) == "cp1252"


def test_the_beginning_of_a_file_leaves_its_last_line_out() -> None:
    whole = "name,phone\nОля,1\nІра,2\n".encode()
    assert read_sheet(whole[:-6], cut=True).rows == [["name", "phone"], ["Оля", "1"]]


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(head: bytes, cut: bool) -> None:
    try:
        sheet = read_sheet(head, cut=cut)
    except ValueError:
        return
    assert all(any(row) for row in sheet.rows)


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Phone", "destination"), ("phone_2", "destination"), ("Номер телефону", "destination"), ("ПІБ", "name"),
     ("Ім’я", "name"), ("expireAt", "expire_at"), ("Пріоритет", "priority"), ("debt", ""), ("", "")],
)  # fmt: skip
def test_columns_are_guessed(heading: str, field: str) -> None:
    assert guess(heading) == field
