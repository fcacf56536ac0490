"""Partial dates: EDTF level 0 and 1, as precise as the source and never rounded.

The standard: https://www.loc.gov/standards/datetime/ (ISO 8601-2). Years are 0000 to 9999. Of each date the first and
the last day that it can mean are known; `~` and `?` add no padding to them, `ua:edtf` keeps the mark. Hand-written
because the Python package for EDTF fails on open ends, guesses unknown ones and takes milliseconds for each date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn

from datasets.intake.malformed import Malformed

FIRST_DAY = "0000-01-01"
"""The earliest day of an interval whose start is open or unknown."""
LAST_DAY = "9999-12-31"
"""The latest day of an interval whose end is open or unknown."""


class Precision(StrEnum):
    """What a partial date leaves open."""

    DAY = "day"
    """A calendar day; of a date-time the day is kept."""
    MONTH = "month"
    YEAR = "year"
    SEASON = "season"
    """Spring March to May, summer June to August, autumn September to November, winter December to February."""
    UNSPECIFIED = "unspecified"
    """Some digits are X: one day, month or year out of several."""
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as written, with the days that it can mean.

    `text` is EDTF as written. `earliest` and `latest` are days `YYYY-MM-DD`, both included. `plain` is the text without
    `?`, `~`, `%` and without the time of day. `uncertain` and `approximate` hold when any part of the text says so.
    """

    text: str
    earliest: str
    latest: str
    precision: Precision
    plain: str
    uncertain: bool = False
    approximate: bool = False

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """The date that `text` writes. Raises Malformed, which says how to write it."""
        return _parse(text)

    @property
    def days(self) -> int:
        """How many days it can mean: the fewer, the more precise."""
        return _day_number(self.latest) - _day_number(self.earliest) + 1


_DATE = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX)(?P<time>T[^?~%/]+)?)?)?"
    r"(?P<mark>[?~%])?"
)
_TIME = re.compile(r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3])(:[0-5][0-9])?)?|T24:00:00")
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@lru_cache(maxsize=65536)
def _parse(text: str) -> PartialDate:
    if "/" in text:
        return _interval(text)
    match = _DATE.fullmatch(text)
    if match is None:
        _explain(text)
    earliest, latest, precision = _days(match, text)
    mark = match["mark"] or ""
    plain = text[: match.start("time")] if match["time"] else text.removesuffix(mark)
    return PartialDate(
        text,
        earliest,
        latest,
        precision,
        plain,
        uncertain=mark in "?%" and mark != "",
        approximate=mark in "~%" and mark != "",
    )


def _days(match: re.Match[str], text: str) -> tuple[str, str, Precision]:
    year, month, day = match["year"], match["month"], match["day"]
    if "X" in year:
        if month is not None:
            raise Malformed(
                f"{text!r} leaves digits of the year open but names a month", f"write the year alone, {year}"
            )
        return f"{year.replace('X', '0')}-01-01", f"{year.replace('X', '9')}-12-31", Precision.UNSPECIFIED
    if month is None:
        return f"{year}-01-01", f"{year}-12-31", Precision.YEAR
    if month == "XX":
        if day not in {None, "XX"}:
            raise Malformed(f"{text!r} names a day of an unknown month", f"write {year}-XX-XX")
        return f"{year}-01-01", f"{year}-12-31", Precision.UNSPECIFIED
    if int(month) in _SEASONS:
        if day is not None:
            raise Malformed(
                f"{text!r} names a day of a season",
                f"write the day with its month, or the season alone, {year}-{month}",
            )
        return _season(int(year), int(month))
    return _month_or_day(match, text)


def _month_or_day(match: re.Match[str], text: str) -> tuple[str, str, Precision]:
    year, month, day = match["year"], match["month"], match["day"]
    if not 1 <= int(month) <= 12:
        raise Malformed(f"{text!r} has no month {month}", "months are 01 to 12, seasons 21 (spring) to 24 (winter)")
    last = _month_days(int(year), int(month))
    if day in {None, "XX"}:
        precision = Precision.MONTH if day is None else Precision.UNSPECIFIED
        return f"{year}-{month}-01", f"{year}-{month}-{last:02}", precision
    if not 1 <= int(day) <= last:
        name = _MONTHS[int(month) - 1].title()
        raise Malformed(f"{text!r} has no day {day}", f"{name} {year} has the days 01 to {last}")
    written = f"{year}-{month}-{day}"
    if match["time"] and not _TIME.fullmatch(match["time"]):
        raise Malformed(
            f"{text!r} has a malformed time of day", f"write it like T10:30:00Z, or the date alone, {written}"
        )
    if match["time"] and match["mark"]:
        raise Malformed(f"{text!r} marks a date-time", f"drop the time of day, {written}{match['mark']}")
    return written, written, Precision.DAY


def _season(year: int, season: int) -> tuple[str, str, Precision]:
    first, last = _SEASONS[season]
    end = year + 1 if last < first else year
    latest = f"{end:04}-{last:02}-{_month_days(end, last):02}" if end <= 9999 else LAST_DAY
    return f"{year:04}-{first:02}-01", latest, Precision.SEASON


def _interval(text: str) -> PartialDate:
    start_text, _, end_text = text.partition("/")
    if "/" in end_text or (start_text.isdigit() and end_text.isdigit() and min(len(start_text), len(end_text)) < 4):
        _explain(text)
    if "T" in text:
        raise Malformed(f"{text!r} is an interval with a time of day", "write its days alone")
    start = None if start_text in ("", "..") else _parse(start_text)
    end = None if end_text in ("", "..") else _parse(end_text)
    if start is None and end is None:
        raise Malformed(f"{text!r} says nothing", "leave the cell empty")
    if start and end and start.earliest > end.latest:
        raise Malformed(f"{text!r} ends before it starts", "write the earlier date first")
    known = [date for date in (start, end) if date]
    return PartialDate(
        text,
        start.earliest if start else FIRST_DAY,
        end.latest if end else LAST_DAY,
        Precision.INTERVAL,
        f"{start.plain if start else start_text}/{end.plain if end else end_text}",
        uncertain=any(date.uncertain for date in known),
        approximate=any(date.approximate for date in known),
    )


def _explain(text: str) -> NoReturn:
    """Raise the Malformed that fits a text which is no date at all."""
    lowered = text.lower()
    if text != text.strip():
        mend = "remove the space around it"
    elif match := re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", text, re.ASCII):
        mend = f"write {match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    elif match := re.fullmatch(r"(\d{4})[-./](\d{1,2})", text, re.ASCII):
        mend = f"write {match[1]}-{int(match[2]):02}"
    elif match := re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", text, re.ASCII):
        mend = f"write year, month and day: {match[3]}-{int(match[2]):02}-{int(match[1]):02} if the day comes first"
    elif match := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        mend = f"write {match[1]}-{match[2]}-{match[3]}"
    elif any(month[:3] in lowered for month in _MONTHS):
        mend = "write the month as a number, like 2016-04-12 or 2016-04"
    elif re.fullmatch(r"-\d+.*|Y-?\d+.*|\d{5,}.*", text, re.ASCII):
        mend = "years are 0000 to 9999, with four digits"
    elif re.search(r"[\[\]{},&^S]|[?~%].", text):
        mend = "this is EDTF of level 2 or none; write level 0 or 1, with ? or ~ at the end: 2016-04?"
    elif "x" in lowered or "u" in lowered:
        mend = "write unknown digits with capital X from the right: 201X, 2016-XX, 2016-04-XX"
    elif re.search(r"\d\s*[-–—]\s*\d{4}", text):
        mend = "write an interval with a slash: 2016/2018"
    else:
        mend = "write a date like 2016, 2016-04, 2016-04-12, 2016-21 (spring), 2016~ (about) or 2016/2018"
    raise Malformed(f"{text!r} is not a date", mend)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year: int, month: int) -> int:
    return 29 if month == 2 and _is_leap(year) else _MONTH_DAYS[month - 1]


def _day_number(day: str) -> int:
    """Days since 0000-01-01, which Python's own dates, beginning with year 1, cannot count."""
    year, month = int(day[:4]), int(day[5:7])
    leaps = (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    return year * 365 + leaps + sum(_month_days(year, m) for m in range(1, month)) + int(day[8:]) - 1
