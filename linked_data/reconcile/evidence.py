"""Whether a record has what a query says of it: equal, agreeing, contradicting, or nothing known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from datasets.intake.partial_date import PartialDate
from datasets.shapes.model import Kind, Link, Shapes
from datasets.text import fold
from linked_data.reconcile.countries import country_code
from linked_data.reconcile.entries import COUNTRY_CLASS
from linked_data.reconcile.naming import compared
from linked_data.reconcile.properties import Property
from linked_data.reconcile.values import Value

NEAR = 0.5
"""Degrees by which coordinates of one place may differ: registries give the city, others the campus."""


class Verdict(StrEnum):
    """What a property of a record says to a value asked for."""

    EQUAL = "equal"
    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one property, the reason in words, and whether it is the country or an identifier."""

    property: str
    verdict: Verdict
    reason: str
    country: bool = False
    registered: bool = False


def is_country(shapes: Shapes, property_: Property) -> bool:
    """Whether a property says in which country a record is."""
    column = property_.column
    if not isinstance(column, Link) or shapes.is_family(column.target):
        return False
    return COUNTRY_CLASS in shapes.entity(column.target).classes


def weigh(shapes: Shapes, property_: Property, asked: tuple[str, ...], there: list[Value]) -> Finding:
    """What the values of a record say to those asked for, of which one is enough."""
    country = is_country(shapes, property_)
    said = " or ".join(asked[:3])
    unreadable = ""
    if country:
        asked = tuple(code for text in asked if (code := country_code(text.rsplit("/", 1)[-1])))
        unreadable = "" if asked else f"{said} is no country that is known here"
    elif property_.column is not None and property_.column.kind is Kind.DATE and not any(map(_dated, asked)):
        unreadable = f"{said} is no date that is understood here"

    def found(verdict: Verdict, reason: str) -> Finding:
        return Finding(property_.id, verdict, reason, country, bool(property_.registry))

    if unreadable or not there:
        return found(Verdict.UNKNOWN, unreadable or f"nothing is known of its {property_.name}")
    for value in there:
        if any(_same(property_, text, value, country=country) for text in asked):
            if property_.registry:
                return found(Verdict.EQUAL, f"has the {property_.name} identifier {value.text}")
            return found(Verdict.AGREES, f"{property_.name} agrees: {value.text}")
    shown = ", ".join(value.text for value in there[:3])
    return found(Verdict.CONTRADICTS, f"{property_.name} contradicts: {shown}, not {said}")


def _same(property_: Property, asked: str, there: Value, *, country: bool) -> bool:
    if country:
        return asked == there.id
    if property_.registry:
        return bare(asked) == bare(there.text)
    kind = property_.column.kind if property_.column is not None else Kind.TEXT
    if there.type:
        tail = asked.rsplit("/", 1)[-1]
        return tail in (there.id, there.id.rpartition(".")[2]) or compared(asked) == compared(there.text)
    if kind is Kind.DATE:
        mine, other = _dated(asked), _dated(there.text)
        return bool(mine and other and mine.earliest <= other.latest and other.earliest <= mine.latest)
    if kind is Kind.DECIMAL:
        return _near(asked, there.text)
    if kind is Kind.URL:
        return _host(asked) == _host(there.text)
    mine_, other_ = set(compared(asked)), set(compared(there.text))
    return mine_ == other_ or (len(mine_ & other_) * 2 > min(len(mine_), len(other_)) and kind is Kind.TEXT)


def bare(identifier: str) -> str:
    """An identifier without address, spaces and case.

    >>> bare("https://ror.org/03CVE4549") == bare("03cve4549"), bare("0000 0001 0662 3178")
    (True, '0000000106623178')
    """
    return fold("".join(identifier.rstrip("/").rsplit("/", 1)[-1].split())).replace("-", "")


def _dated(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text.strip()[:10])
    except ValueError:
        return None


def _near(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) <= NEAR
    except ValueError:
        return False


def _host(address: str) -> str:
    text = address if "//" in address else f"//{address}"
    try:
        return (urlsplit(text).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
