"""Choosing among rival values: the one rule, step by step.

A pin overrides everything. Else the claims of a column are narrowed down: those that state the value before those that
support the record; the kind of source that is ranked first for the column; the value that more of the remaining
sources give; the more precise date (one month is as precise as another); the later publication (its latest day); the
lower source id. The step after which one value is left is the reason. A column `beside` another one goes with the claim
that was chosen there. Of a set every value is chosen that is not pinned out. Text is compared by code point, so every
database chooses alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from datasets.canonical.errors import UnusableFacts
from datasets.intake.claim import Evidence
from datasets.intake.malformed import Malformed
from datasets.intake.partial_date import PartialDate
from datasets.shapes import Column, Kind, Ranking, Shapes

RULE = 1
"""Counts the versions of the rule: when it changes, the next load chooses anew."""

KINDS: Mapping[Ranking, tuple[str, ...]] = {
    Ranking.EDITORIAL: ("official", "scholarly", "press", "encyclopedia", "registry", "other", "mirror"),
    Ranking.REGISTRY: ("registry", "official", "scholarly", "press", "encyclopedia", "other", "mirror"),
}
"""The kinds of source, the most believed first. Another kind comes after these."""


class Reason(StrEnum):
    """Why a value is chosen; the codes stand in the concept scheme `reason`."""

    ONLY_VALUE = "only_value"
    PINNED = "pinned"
    STATED = "stated"
    SOURCE_KIND = "source_kind"
    MORE_SOURCES = "more_sources"
    MORE_PRECISE = "more_precise"
    LATER_PUBLICATION = "later_publication"
    SOURCE_ID = "source_id"
    EVERY_VALUE = "every_value"
    BESIDE = "beside"
    EDITORIAL = "editorial"


class Place(NamedTuple):
    """A claim at one place that says it: a row of the table `claim`, without type and record."""

    column: str
    id: str
    value: str
    source: str
    locator: str
    evidence: str
    origin: str
    file: str
    line: int
    position: int


class Choice(NamedTuple):
    """A chosen value: a row of the table `choice`, without type and record. `claim` is the best of those that say it.

    `earliest` and `latest` are the days that a date can mean, None for other kinds.
    """

    column: str
    claim: str
    value: str
    reason: str
    earliest: str | None
    latest: str | None


class Publication(NamedTuple):
    """What the rule asks of a source: its kind, and the latest day on which it can have been published (or empty)."""

    kind: str
    latest: str


_SPANS = ((31, 28), (92, 90), (366, 365), (3653, 3652), (36525, 36524))
"""The longest and the shortest month, season, year, decade and century, in days."""
_UNKNOWN = Publication("", "")


@dataclass(frozen=True, slots=True)
class _Slot:
    """What the rule asks of a column or of a set of compound values."""

    name: str
    many: bool
    dated: bool
    ranks: Mapping[str, int]
    beside: str


class Rule:
    """The rule for the entities of some shapes, given what is known of the sources."""

    def __init__(self, shapes: Shapes, publications: Mapping[str, Publication]) -> None:
        self._publications = publications
        ranks = {ranking: {kind: n for n, kind in enumerate(kinds)} for ranking, kinds in KINDS.items()}
        self._slots: dict[str, tuple[_Slot, ...]] = {}
        for entity in shapes.entities:
            columns = [_slot(column, ranks[column.ranking]) for column in _in_order(entity.columns)]
            compounds = [_Slot(v.name, True, False, ranks[v.ranking], "") for v in shapes.values_of(entity)]
            self._slots[entity.name] = (*columns, *compounds)

    def choose(
        self, type: str, record: str, places: Iterable[Place], pins: Mapping[str, Sequence[str]]
    ) -> Iterator[Choice]:
        """The chosen values of one record, given its claims and, by column, the values that the editors pinned.

        Raises UnusableFacts where a pin names what no source says, or a date cannot be read.
        """
        said: dict[str, list[Place]] = {}
        for place in places:
            said.setdefault(place[0], []).append(place)
        chosen: dict[str, Place] = {}
        for slot in self._slots.get(type, ()):
            claims = said.get(slot.name)
            pinned = pins.get(slot.name, ()) if pins else ()
            if pinned:
                _check_pins(type, record, slot, pinned, claims or ())
            if claims is None:
                continue
            if slot.many:
                yield from self._every(slot, claims, pinned)
                continue
            try:
                found = self._one(slot, claims, pinned, said, chosen)
                if found is not None:
                    claim, reason = found
                    chosen[slot.name] = claim
                    yield _choice(slot, claim, reason)
            except Malformed as error:
                at = claims[0]
                raise UnusableFacts(f"{slot.name} of {type}/{record} ({at.file}, line {at.line}): {error}") from error

    def _every(self, slot: _Slot, claims: list[Place], pinned: Sequence[str]) -> Iterator[Choice]:
        by_value: dict[str, list[Place]] = {}
        for claim in claims:
            if claim.value not in pinned:
                by_value.setdefault(claim.value, []).append(claim)
        for same in by_value.values():
            best = same[0] if len(same) == 1 else self._narrow(slot, same)[0]
            yield _choice(slot, best, Reason.EVERY_VALUE)

    def _one(
        self,
        slot: _Slot,
        claims: list[Place],
        pinned: Sequence[str],
        said: Mapping[str, list[Place]],
        chosen: Mapping[str, Place],
    ) -> tuple[Place, Reason] | None:
        if pinned:
            return self._narrow(slot, [c for c in claims if c.value in pinned])[0], Reason.PINNED
        if slot.beside and slot.beside in said:
            return self._beside(slot, claims, said[slot.beside], chosen.get(slot.beside))
        if len(claims) == 1:
            return claims[0], _alone(claims[0])
        return self._narrow(slot, claims)

    def _beside(
        self, slot: _Slot, claims: list[Place], neighbours: list[Place], neighbour: Place | None
    ) -> tuple[Place, Reason] | None:
        """The claim that goes with the one chosen in the column beside it.

        First what the same source says in the same row; else what stands in a row that gives the same value there;
        else what stands in a row that says nothing there. What belongs to a rival is never taken.
        """
        if neighbour is None:
            return None
        own = {_cell(p) for p in neighbours if p.id == neighbour.id}
        same = {_row(p) for p in neighbours if p.value == neighbour.value}
        taken = {_row(p) for p in neighbours}
        candidates = (
            [c for c in claims if _cell(c) in own]
            or [c for c in claims if _row(c) in same]
            or [c for c in claims if _row(c) not in taken]
        )
        if not candidates:
            return None
        claim, reason = self._narrow(slot, candidates)
        rivals = any(c.value != claim.value for c in claims)
        return claim, Reason.BESIDE if rivals and reason is Reason.ONLY_VALUE else reason

    def _narrow(self, slot: _Slot, claims: list[Place]) -> tuple[Place, Reason]:
        reason = _alone(claims[0]) if _agree(claims) else None
        left = claims
        for step, narrowed in self._steps(slot):
            if len(left) == 1:
                break
            left = narrowed(left)
            if reason is None and _agree(left):
                reason = step
        return min(left, key=_last_resort), reason or Reason.SOURCE_ID

    def _steps(self, slot: _Slot) -> Iterator[tuple[Reason, Callable[[list[Place]], list[Place]]]]:
        published, ranks = self._publications, slot.ranks
        yield Reason.STATED, _least(lambda c: 1 if c.evidence == Evidence.RECORD else 0)
        yield Reason.SOURCE_KIND, _least(lambda c: ranks.get(published.get(c.source, _UNKNOWN).kind, len(ranks)))
        yield Reason.MORE_SOURCES, _most_sources
        if slot.dated:
            yield Reason.MORE_PRECISE, _least(lambda c: _span(c.value))
        yield Reason.LATER_PUBLICATION, _least(lambda c: -_ordinal(published.get(c.source, _UNKNOWN).latest))
        yield Reason.SOURCE_ID, _least(lambda c: c.source)


def source_columns(shapes: Shapes) -> tuple[str, str, str]:
    """Where the rule finds what it asks of a source: entity, column of its kind, column of its publication."""
    entity = shapes.entity("source")
    kind = next(column.name for column in entity.columns if column.scheme == "source_kind")
    published = next(column.name for column in entity.columns if column.kind is Kind.DATE)
    return entity.name, kind, published


def _slot(column: Column, ranks: Mapping[str, int]) -> _Slot:
    return _Slot(column.name, column.many, column.kind is Kind.DATE, ranks, column.beside)


def _in_order(columns: Sequence[Column]) -> list[Column]:
    """The columns so that each comes after the one it is beside. Raises ValueError when they go round in a circle."""
    by_name = {column.name: column for column in columns}
    depths = {}
    for column in columns:
        at, depth = column, 0
        while at.beside in by_name:
            at, depth = by_name[at.beside], depth + 1
            if depth > len(columns):
                raise ValueError(f"the column {column.name} is beside itself, by way of {at.name}")
        depths[column.name] = depth
    return sorted(columns, key=lambda column: depths[column.name])


def _check_pins(type: str, record: str, slot: _Slot, pinned: Sequence[str], claims: Sequence[Place]) -> None:
    values = sorted({claim.value for claim in claims})
    for value in pinned:
        if value not in values:
            raise UnusableFacts(
                f"pins: no source says that {slot.name} of {type}/{record} is {value!r}"
                f" (they say {', '.join(map(repr, values)) or 'nothing'}): mend or remove the line in pins.csv"
            )
    if not slot.many and len(set(pinned)) > 1:
        raise UnusableFacts(
            f"pins: {slot.name} of {type}/{record} is pinned to {' and to '.join(map(repr, sorted(set(pinned))))}: "
            "keep one of the lines in pins.csv"
        )


def _choice(slot: _Slot, claim: Place, reason: Reason) -> Choice:
    if not slot.dated:
        return Choice(slot.name, claim.id, claim.value, reason.value, None, None)
    date = PartialDate.parse(claim.value)
    return Choice(slot.name, claim.id, claim.value, reason.value, date.earliest, date.latest)


def _alone(claim: Place) -> Reason:
    return Reason.EDITORIAL if claim.evidence == Evidence.EDITORIAL else Reason.ONLY_VALUE


def _agree(claims: list[Place]) -> bool:
    first = claims[0].value
    return all(claim.value == first for claim in claims)


def _least(key: Callable[[Place], int | str]) -> Callable[[list[Place]], list[Place]]:
    """Keeps the claims whose key is the least."""

    def narrowed(claims: list[Place]) -> list[Place]:
        keys = [key(claim) for claim in claims]
        best = min(keys)
        return [claim for claim, k in zip(claims, keys, strict=True) if k == best]

    return narrowed


def _most_sources(claims: list[Place]) -> list[Place]:
    sources: dict[str, set[str]] = {}
    for claim in claims:
        sources.setdefault(claim.value, set()).add(claim.source)
    most = max(map(len, sources.values()))
    return [claim for claim in claims if len(sources[claim.value]) == most]


def _row(place: Place) -> tuple[str, str, int]:
    return place[6:9]


def _cell(place: Place) -> tuple[str, str, int, int]:
    return place[6:]


def _span(date: str) -> int:
    """How many days a date can mean, where one month counts like another, and so do seasons, years, decades."""
    days = PartialDate.parse(date).days
    return next((full for full, shortest in _SPANS if shortest <= days <= full), days)


def _ordinal(day: str) -> int:
    return int(day.replace("-", "")) if day else -1


def _last_resort(place: Place) -> tuple[str, str, str, str, str, int, int]:
    """Sources that say two things themselves: the first by place in the source, then by value."""
    return (place.source, place.locator, place.value, place.id, place.file, place.line, place.position)
