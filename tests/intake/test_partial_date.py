"""Partial dates against a calendar of Python's and against the `edtf` package where that is right."""

import calendar
from contextlib import suppress
from datetime import date

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from datasets.intake.malformed import Malformed
from datasets.intake.partial_date import FIRST_DAY, LAST_DAY, PartialDate, Precision

YEARS = st.integers(1, 9999)
MONTHS = st.integers(1, 12)
DAYS = st.dates(date(1, 1, 1), date(9998, 12, 31))
MARKS = st.sampled_from(["", "?", "~", "%"])


@st.composite
def plain_dates(draw: st.DrawFn) -> str:
    day = draw(DAYS).isoformat()
    return draw(st.sampled_from([day, day[:7], day[:4]]))


@st.composite
def open_digits(draw: st.DrawFn) -> str:
    day = draw(DAYS).isoformat()
    return draw(st.sampled_from([f"{day[:3]}X", f"{day[:2]}XX", f"{day[:4]}-XX", f"{day[:7]}-XX", f"{day[:4]}-XX-XX"]))


SEASONS = st.builds(lambda year, season: f"{year:04}-{season}", YEARS, st.sampled_from([21, 22, 23]))


def oracle(text: str) -> tuple[str, str]:
    parsed = parse_edtf(text)
    first, last = parsed.lower_strict(), parsed.upper_strict()
    return "{:04}-{:02}-{:02}".format(*first[:3]), "{:04}-{:02}-{:02}".format(*last[:3])


@given(st.one_of(plain_dates(), open_digits(), SEASONS))
def test_days_are_those_of_the_edtf_package(text: str) -> None:
    parsed = PartialDate.parse(text)
    assert (parsed.earliest, parsed.latest) == oracle(text)


@given(plain_dates(), MARKS)
def test_a_mark_adds_no_padding(text: str, mark: str) -> None:
    parsed, marked = PartialDate.parse(text), PartialDate.parse(text + mark)
    assert (marked.earliest, marked.latest, marked.precision) == (parsed.earliest, parsed.latest, parsed.precision)
    assert marked.plain == text
    assert (marked.uncertain, marked.approximate) == (mark in {"?", "%"}, mark in {"~", "%"})
    assert (marked.earliest, marked.latest) == oracle(text + mark)


@given(plain_dates(), plain_dates(), MARKS, MARKS)
def test_an_interval_spans_from_its_first_to_its_last_day(one: str, other: str, mark: str, other_mark: str) -> None:
    one, other = sorted((one, other))
    text = f"{one}{mark}/{other}{other_mark}"
    parsed = PartialDate.parse(text)
    assert parsed.precision is Precision.INTERVAL
    assert (parsed.earliest, parsed.latest) == (PartialDate.parse(one).earliest, PartialDate.parse(other).latest)
    assert parsed.plain == f"{one}/{other}"


@given(YEARS, MONTHS)
def test_a_month_has_the_days_of_the_calendar(year: int, month: int) -> None:
    parsed = PartialDate.parse(f"{year:04}-{month:02}")
    assert parsed.days == calendar.monthrange(year, month)[1]


@given(DAYS, DAYS)
def test_days_are_counted_as_the_calendar_counts(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert PartialDate.parse(f"{first.isoformat()}/{last.isoformat()}").days == (last - first).days + 1


@given(st.text(st.sampled_from("0123456789-/?~%XTYZ:.+ u[]{}S"), max_size=14))
def test_any_text_is_a_date_or_is_explained(text: str) -> None:
    with suppress(Malformed):
        parsed = PartialDate.parse(text)
        assert parsed.text == text
        assert FIRST_DAY <= parsed.earliest <= parsed.latest <= LAST_DAY
        return
    with pytest.raises(Malformed, match=r".: ."):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2016-24", "2016-12-01", "2017-02-28"),
        ("2015-24", "2015-12-01", "2016-02-29"),
        ("9999-24", "9999-12-01", "9999-12-31"),
        ("0000", "0000-01-01", "0000-12-31"),
        ("0000-02", "0000-02-01", "0000-02-29"),
        ("2016/..", "2016-01-01", LAST_DAY),
        ("2016/", "2016-01-01", LAST_DAY),
        ("../2016-04", FIRST_DAY, "2016-04-30"),
        ("/2016-04", FIRST_DAY, "2016-04-30"),
        ("2016-21/2016-23", "2016-03-01", "2016-11-30"),
        ("2016-04-12T10:30:00Z", "2016-04-12", "2016-04-12"),
        ("2016-04-12T10:30:00+08:00", "2016-04-12", "2016-04-12"),
        ("2016-04-12T24:00:00", "2016-04-12", "2016-04-12"),
        ("2016-21%", "2016-03-01", "2016-05-31"),
    ],
)
def test_days(text: str, earliest: str, latest: str) -> None:
    parsed = PartialDate.parse(text)
    assert (parsed.text, parsed.earliest, parsed.latest) == (text, earliest, latest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write a date like"),
        ("2016-13", "no month 13"),
        ("2016-00", "no month 00"),
        ("2015-02-29", "no day 29: February 2015 has the days 01 to 28"),
        ("2016-04-00", "no day 00"),
        ("12/04/2016", "write year, month and day: 2016-04-12 if the day comes first"),
        ("2016/4/3", "write 2016-04-03"),
        ("2016.04", "write 2016-04"),
        ("12 April 2016", "write the month as a number"),
        ("20160412", "write 2016-04-12"),
        ("Y17000", "years are 0000 to 9999"),
        ("-0044", "years are 0000 to 9999"),
        ("12016", "years are 0000 to 9999"),
        ("[2016,2017]", "level 2"),
        ("?2016", "level 2"),
        ("201x", "capital X"),
        ("201u", "capital X"),
        ("2016-2018", "with a slash: 2016/2018"),
        ("2018/2016", "ends before it starts"),
        ("2016/2017/2018", "not a date"),
        ("../..", "says nothing"),
        ("/", "says nothing"),
        (" 2016", "remove the space"),
        ("2016-XX-03", "write 2016-XX-XX"),
        ("201X-04", "write the year alone, 201X"),
        ("2016-21-03", "a day of a season"),
        ("２０１６", "not a date"),
        ("2016-04-12T25:00:00", "malformed time of day"),
        ("2016-04-12T10:00:00/2017", "interval with a time of day"),
        ("2016-04-12T10:00:00Z?", "drop the time of day, 2016-04-12?"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_explained(text: str, words: str) -> None:
    with pytest.raises(Malformed) as malformed:
        PartialDate.parse(text)
    assert words in str(malformed.value)
    assert repr(text) in str(malformed.value)
