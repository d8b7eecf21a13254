"""EDTF level 1 against the Library of Congress's examples, and the `edtf` package as a second opinion."""

from __future__ import annotations

from datetime import date

import edtf
import pytest

from archive.formats.edtf import is_day, is_edtf, is_w3cdtf, parse_day

PUBLISHED = [
    "1985-04-12",
    "1985-04",
    "1985",
    "1985-04-12T23:20:30",
    "1985-04-12T23:20:30Z",
    "1985-04-12T23:20:30-04:00",
    "1985-04-12T23:20:30+04:30",
    "1964/2008",
    "2004-06/2006-08",
    "2004-02-01/2005-02-08",
    "2004-02-01/2005-02",
    "2004-02-01/2005",
    "2005/2006-02",
    "0000",
    "Y170000002",
    "Y-170000002",
    "2001-21",
    "2001-22",
    "2001-23",
    "2001-24",
    "1984?",
    "2004-06~",
    "2004-06-11%",
    "201X",
    "20XX",
    "2004-XX",
    "1985-04-XX",
    "1985-XX-XX",
    "1985-04-12/..",
    "1985-04/..",
    "1985/..",
    "../1985-04-12",
    "../1985-04",
    "../1985",
    "1985-04-12/",
    "1985-04/",
    "1985/",
    "/1985-04-12",
    "/1985-04",
    "/1985",
    "-1985",
    "1984~/2004-06",
    "1984/2004-06~",
    "1984~/2004~",
    "1984?/2004%",
    "-2004-06-01/2006",
    "2023-11-15~",
]
WRONG = [
    "", "/", "..", "../..", "unknown", "open", "12 May 2023", "2023-13", "2023-00", "2023-02-30",
    "1900-02-29", "2023-1", "20231115", "2023-11-15 ", " 2023", "2023-11-15\n", "2023/11/15", "2024/2023",
    "2024-05-20/2024-05-19", "Y2000", "Y17E7", "2001-25", "1950S2", "{1667,1668}", "[..1984]", "?2004",
    "2004-06?-11", "1985-04-12T25:00:00Z", "1985-04-12T23:60:30Z", "1985-04-12T23:20", "٢٠٢٣", "2023~~",
    "1X85", "2004-06-1X", "2023-11-15/2023-11-20/2023", "19850412T232030", "-0000",
]  # fmt: skip


@pytest.mark.parametrize("text", PUBLISHED)
def test_the_published_examples_are_dates(text: str) -> None:
    assert is_edtf(text)


@pytest.mark.parametrize("text", PUBLISHED)
def test_the_edtf_package_agrees_about_them(text: str) -> None:
    assert edtf.parse_edtf(text)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_date_of_level_1(text: str) -> None:
    assert not is_edtf(text)


@pytest.mark.parametrize("text", ["2023", "2023-11", "2023-11-15", "2024-02-29", "2023-11-15T10:00:00Z",
                                  "2023-11-15T10:00+01:00", "2023-11-15T10:00:00.5Z"])  # fmt: skip
def test_plain_dates_are_w3cdtf(text: str) -> None:
    assert is_w3cdtf(text)


@pytest.mark.parametrize("text", ["2023-11-15~", "2023?", "202X", "2011/2013", "-1985", "2001-21", "Y170000002",
                                  "2023-11-15T10:00:00", "2023-02-29", "2023-11-15T10:00:00+25:00"])  # fmt: skip
def test_other_dates_are_not_w3cdtf(text: str) -> None:
    assert not is_w3cdtf(text)


def test_a_day_is_one_day_of_the_calendar() -> None:
    assert is_day("2030-01-01")
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert not is_day("2030-01")
    assert parse_day("2030-01-01~") is None
    assert parse_day("0000-01-01") is None
