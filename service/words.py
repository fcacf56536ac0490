"""Dates and counts in plain words."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pycountry

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_PARTS = re.compile(r"(\d{2}[\dX]{2})(?:-(\d\d|XX))?(?:-(\d\d|XX))?(?:T.*)?([?~%]?)")
_DOUBT = {"": "", "?": "perhaps ", "~": "about ", "%": "perhaps about "}


def when(text: str) -> str:
    """An EDTF date in words: `2017-04-29` is 29 April 2017, `201X` the 2010s. What it cannot read stays as it is."""
    first, slash, last = text.partition("/")
    if slash:
        begin, end = (when(side) if side not in ("", "..") else "" for side in (first, last))
        if begin and end:
            return f"between {begin} and {end}"
        return f"{begin} or later" if begin else f"{end} or before"
    found = _PARTS.fullmatch(text)
    if found is None:
        return text
    year, month, day, doubt = found.groups()
    year = {2: f"the {year[:2]}00s", 1: f"the {year[:3]}0s"}.get(year.count("X"), year)
    words = year
    if month in _SEASONS:
        words = f"{_SEASONS[month]} {year}"
    elif month and month.isdigit() and 1 <= int(month) <= 12:
        words = f"{_MONTHS[int(month) - 1]} {year}"
        if day and day.isdigit():
            words = f"{int(day)} {words}"
    return _DOUBT[doubt] + words


def dated(text: str) -> str:
    """The same as part of a sentence: on 29 April 2017, in April 2017, between 2018 and 2019."""
    words = when(text)
    if "/" in text or (words == text and not text.isdigit()):
        return words
    return f"on {words}" if re.match(r"\d{4}-\d\d-\d\d", text) else f"in {words}"


def day(text: str) -> str:
    """An ISO date in words; other text as it is."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{parsed.day} {parsed:%B %Y}"


@cache
def language_name(tag: str) -> str:
    """The English name of a language by its tag (BCP 47), without script and region; empty where ISO 639 has none."""
    code = tag.partition("-")[0].lower()
    found = pycountry.languages.get(**{"alpha_2" if len(code) == 2 else "alpha_3": code})
    return found.name.partition(";")[0].partition(" (")[0] if found else ""


def article(noun: str) -> str:
    """The noun with a or an before it, by its first letter: a university (not: an), an alliance."""
    vowel = noun[:1].lower() in "aeio" or re.match(r"u(?!ni|se|s\b)", noun, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {noun}"


def counted(count: int, plural: str) -> str:
    """A number with its noun, given in the plural: 1 member, 2 members, 1 country."""
    noun = plural
    if count == 1:
        noun = plural[:-3] + "y" if plural.endswith("ies") else plural.removesuffix("s")
    return f"{count:,} {noun}"
