"""Rules about kinds of value: ids, dates, numbers, addresses, languages, flags."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from urllib.parse import urlsplit

import pycountry

from datasets.intake.malformed import Malformed
from datasets.intake.partial_date import PartialDate
from datasets.intake.rules.rule import Fault, cell_rule
from datasets.intake.survey import Survey
from datasets.shapes import Column, Kind

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Ids of named things."""
CODE_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
"""Slugs of concepts."""
_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[A-Z][a-z]{3}))?(?:-(?P<region>[A-Z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*"
)
_ADDRESS = re.compile(r"[^\s<>\"{}|\\^`]+")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?")
_EARLIER = {"dct:issued"}
"""Terms of dates that cannot lie after the release: what is cited must have been published."""


def minted(mint: str) -> re.Pattern[str]:
    """Ids that are minted for an entity: its letter and six more letters or digits."""
    return re.compile(rf"{mint}-[0-9a-z]{{6}}")


@cell_rule(
    "malformed_date",
    applies=lambda column, _shapes: column.kind is Kind.DATE,
    mend="write a date as precise as the source, by EDTF level 0 or 1",
    example="12/04/2016",
)
def malformed_date(text: str, column: Column, survey: Survey) -> Fault | None:
    """A date that EDTF level 0 or 1 does not know, or a day that no calendar has."""
    try:
        PartialDate.parse(text)
    except Malformed as malformed:
        return Fault(malformed.message, malformed.mend)
    return None


@cell_rule(
    "future_date",
    applies=lambda column, _shapes: column.kind is Kind.DATE and has_terms(column, *_EARLIER),
    mend="mend the date, or the date in release.toml",
    example="published 2062-05-17 in facts of 2026-11-22",
)
def future_date(text: str, column: Column, survey: Survey) -> Fault | None:
    """A source that is certainly published later than the facts are dated."""
    if survey.release_date and PartialDate.parse(text).earliest > survey.release_date:
        return Fault(f"{text} is later than the date of the release, {survey.release_date}")
    return None


@cell_rule(
    "malformed_number",
    applies=lambda column, _shapes: column.kind in {Kind.INTEGER, Kind.DECIMAL},
    mend="write digits alone, with a point before decimals",
    example="1,200",
)
def malformed_number(text: str, column: Column, survey: Survey) -> Fault | None:
    """A number that is not written in plain digits; whole numbers are 0 to 2147483647, without leading zeros."""
    if column.kind is Kind.DECIMAL:
        return None if _DECIMAL.fullmatch(text) else Fault("this is not a decimal number")
    if not _INTEGER.fullmatch(text):
        return Fault("this is not a whole number")
    return Fault("the number is too large", "whole numbers are 0 to 2147483647") if int(text) >= 2**31 else None


@cell_rule(
    "malformed_url",
    applies=lambda column, _shapes: column.kind is Kind.URL,
    mend="write the full address, as a browser shows it: https://www.example.org/page",
    example="www.tsinghua.edu.cn",
)
def malformed_url(text: str, column: Column, survey: Survey) -> Fault | None:
    """An address that is not absolute http or https, has no proper host, holds a password, or illegal characters."""
    return url_fault(text)


def url_fault(text: str) -> Fault | None:
    """What is wrong with an address."""
    if not text.startswith(("http://", "https://")):
        return Fault("the address does not begin with http:// or https://")
    if not _ADDRESS.fullmatch(text) or re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return Fault("the address holds a character that must be percent-encoded", "encode it: a space is %20")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return Fault(f"the address cannot be read ({error})")
    if "@" in parts.netloc:
        return Fault("the address holds a user name or password", "remove what stands before the @")
    if not _is_host(host):
        return Fault(f"{host!r} is not the name of a public host" if host else "the address has no host")
    return None


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        host = host.removesuffix(".")  # a name may end at the root
        return len(host) <= 253 and _HOST.fullmatch(host) is not None and not host.rpartition(".")[2].isdigit()
    return True


@cell_rule(
    "malformed_language",
    applies=lambda column, _shapes: column.kind is Kind.LANGUAGE,
    mend="write a tag of BCP 47: en, zh, zh-Hant, pt-BR",
    example="english",
)
def malformed_language(text: str, column: Column, survey: Survey) -> Fault | None:
    """A language tag that BCP 47 does not know: unknown language, script or region, or not the shortest code."""
    return language_fault(text)


def language_fault(text: str) -> Fault | None:
    """What is wrong with a language tag."""
    match = _TAG.fullmatch(text)
    if match is None:
        return Fault("this is not a language tag")
    languages, scripts, regions = _subtags()
    shortest = languages.get(match["language"])
    if shortest is None:
        return Fault(f"{match['language']!r} is not a language of ISO 639")
    if shortest != match["language"]:
        return Fault(f"the language has a shorter code, {shortest!r}", f"write {shortest}")
    if match["script"] and match["script"] not in scripts:
        return Fault(f"{match['script']!r} is not a script of ISO 15924")
    if match["region"] and match["region"].isalpha() and match["region"] not in regions:
        return Fault(f"{match['region']!r} is not a country of ISO 3166-1")
    return None


@cache
def _subtags() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Codes of languages with their shortest form, of scripts, of countries."""
    languages: dict[str, str] = {}
    for language in pycountry.languages:
        shortest = getattr(language, "alpha_2", language.alpha_3)
        languages[language.alpha_3] = languages[shortest] = shortest
    return (
        languages,
        frozenset(script.alpha_4 for script in pycountry.scripts),
        frozenset(country.alpha_2 for country in pycountry.countries),
    )


@cell_rule(
    "malformed_flag",
    applies=lambda column, _shapes: column.kind is Kind.FLAG,
    mend="write yes, or leave the cell empty",
    example="ended: no",
)
def malformed_flag(text: str, column: Column, survey: Survey) -> Fault | None:
    """A flag that is not `yes`: a flag is said or not said."""
    return None if text == "yes" else Fault("a flag is yes or empty")


def is_slug(text: str) -> bool:
    """Whether a text can be the id of a named thing."""
    return SLUG.fullmatch(text) is not None


def has_terms(column: Column, *terms: str) -> bool:
    """Whether a column says one of these RDF properties, be it of a helper node."""
    return not properties(column).isdisjoint(terms)


def properties(column: Column) -> set[str]:
    """The RDF properties of a column, without the helper nodes on which they stand."""
    return {term.rpartition(">")[2] for term in column.terms}


KINDS = (malformed_date, future_date, malformed_number, malformed_url, malformed_language, malformed_flag)
