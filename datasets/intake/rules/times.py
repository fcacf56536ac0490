"""Rules about dates that follow each other. Only what is certainly wrong is a fault: dates can be vague."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from datasets.intake.malformed import Malformed
from datasets.intake.partial_date import FIRST_DAY, LAST_DAY, PartialDate
from datasets.intake.rules.kinds import has_terms
from datasets.intake.rules.rule import Record, Spot, record_rule, spot, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.survey import Survey
from datasets.shapes import Column, Kind, Shapes, Spans

_FOLLOWING = (
    ("schema:foundingDate", "schema:dissolutionDate"),
    ("schema:startDate", "schema:endDate"),
    ("ua:signedOn", "schema:expires"),
    ("ua:effectiveFrom", "schema:expires"),
)
"""RDF properties of dates of which the second is never before the first."""
_BEFORE_FOUNDING = frozenset({"initiator"})
"""Roles that can be older than the alliance: who initiates it is there before."""
_OPEN = "9999-99-99"
"""The end of a spell that goes on: later than any day."""


@lru_cache(maxsize=64)
def _orders(sheet: Sheet) -> list[tuple[Column, Column]]:
    """The pairs of date columns of a sheet of which the second is never before the first."""
    dates = [column for column in sheet.columns if column.kind is Kind.DATE]
    return [
        (first, second)
        for before, after in _FOLLOWING
        for first in dates
        for second in dates
        if has_terms(first, before) and has_terms(second, after)
    ]


def _date(text: str) -> PartialDate | None:
    """The date in a cell; None where it is empty or malformed, which a rule of its own says."""
    try:
        return PartialDate.parse(text) if text else None
    except Malformed:
        return None


@record_rule(
    "date_order",
    applies=lambda sheet, _shapes: bool(_orders(sheet)),
    mend="find out which of the two dates is wrong",
    example="since 2019-05, until 2017",
)
def date_order(record: Record, survey: Survey) -> Iterator[Spot]:
    """A record that certainly ends before it begins, whichever of its rows are believed."""
    for first, second in _orders(record.sheet):
        starts = [date for row in record.rows if (date := _date(row.get(first.csv)))]
        ends = [(date, row) for row in record.rows if (date := _date(row.get(second.csv)))]
        if not starts or not ends:
            continue
        start = min(starts, key=lambda date: date.earliest)
        for end, row in ends:
            own = _date(row.get(first.csv)) or start
            if own.earliest > end.latest:
                yield spot(row, second.csv, f"{second.csv} {end.text} is before {first.csv} {own.text}")
                break


def _spans(sheet: Sheet, shapes: Shapes) -> Spans | None:
    """The spans that are computed from a sheet."""
    if sheet.entity is None:
        return None
    return next((spans for spans in shapes.spans if spans.entity == sheet.entity.name), None)


def _has_spans(sheet: Sheet, shapes: Shapes) -> bool:
    return _spans(sheet, shapes) is not None


@record_rule(
    "ended_with_until",
    applies=_has_spans,
    mend="leave `ended` empty: the date says it",
    example="until 2019, ended yes",
)
def ended_with_until(record: Record, survey: Survey) -> Iterator[Spot]:
    """A role said to have ended on a day that no source gives, though one does."""
    spans = _spans(record.sheet, survey.shapes)
    assert spans is not None
    assert record.sheet.entity is not None
    until, ended = (record.sheet.entity.column(name).csv for name in (spans.until, spans.ended))
    given = [row for row in record.rows if row.get(until)]
    for row in record.rows:
        if row.get(ended) and given:
            yield spot(row, ended, f"the end is given: {given[0].get(until)}")


@record_rule(
    "early_membership",
    applies=_has_spans,
    mend="mend the date, or the founding of the alliance; only an initiator can come before it",
    example="member since 1999 of an alliance founded in 2017",
)
def early_membership(record: Record, survey: Survey) -> Iterator[Spot]:
    """A role in an alliance that certainly began before any source lets the alliance be founded."""
    spans = _spans(record.sheet, survey.shapes)
    entity = record.sheet.entity
    assert spans is not None
    assert entity is not None
    whole, since, role = (entity.column(name) for name in (spans.whole, spans.since, spans.role))
    roles = {row.get(role.csv) for row in record.rows}
    wholes = [row.get(whole.csv) for row in record.rows if row.get(whole.csv)]
    if not wholes or roles & _BEFORE_FOUNDING:
        return
    founded = survey.days.get((_target(survey, whole), wholes[0]))
    starts = [(date, row) for row in record.rows if (date := _date(row.get(since.csv)))]
    if founded is None or not starts:
        return
    start, row = max(starts, key=lambda found: found[0].latest)
    if start.latest < founded:
        yield spot(row, since.csv, f"{wholes[0]!r} was not founded before {founded}")


def _target(survey: Survey, column: Column) -> str:
    return str(getattr(column, "target", ""))


class _Spell:
    """When a role was certainly held: from the last day it can have begun on to the first it can have ended on."""

    __slots__ = ("end", "id", "line", "start")

    def __init__(self, record: Record, since: str, until: str, ended: str) -> None:
        starts = [date.latest for row in record.rows if (date := _date(row.get(since)))]
        ends = [date.earliest for row in record.rows if (date := _date(row.get(until)))]
        over = bool(ends) or any(row.get(ended) for row in record.rows)
        self.id, self.line = record.id, record.rows[0].line
        self.start = max(starts, default=LAST_DAY)
        self.end = min(ends, default=FIRST_DAY if over else _OPEN)


class OverlappingMembership:
    """An organization that is certainly a member of one alliance twice at one time. Offices beside it do not count."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._file, self._at = "", 0
        self._first: dict[tuple[str, str], _Spell] = {}
        self._more: dict[tuple[str, str], list[_Spell]] = {}

    def wants(self, sheet: Sheet) -> bool:
        """The sheet that spans are computed from."""
        return _has_spans(sheet, self._survey.shapes)

    def see(self, record: Record) -> None:
        """Take note of a spell of membership."""
        spans, entity = _spans(record.sheet, self._survey.shapes), record.sheet.entity
        assert spans is not None
        assert entity is not None
        row = record.rows[0]
        self._file, self._at = record.sheet.file, row.at[record.sheet.keys[0]]
        if not any(other.get(entity.column(spans.role).csv) in spans.roles for other in record.rows):
            return
        key = (row.get(entity.column(spans.whole).csv), row.get(entity.column(spans.part).csv))
        dates = (entity.column(name).csv for name in (spans.since, spans.until, spans.ended))
        spell = _Spell(record, *dates)
        first = self._first.setdefault(key, spell)
        if first is not spell:
            self._more.setdefault(key, [first]).append(spell)

    def finish(self) -> Iterator[Spot]:
        """Each spell that begins before one that began earlier has ended."""
        for (whole, part), spells in self._more.items():
            spells.sort(key=lambda spell: (spell.start, spell.line))
            longest = spells[0]
            for spell in spells[1:]:
                if spell.start < longest.end and spell.start < spell.end:
                    yield self._spot(spell, longest, whole, part)
                if spell.end > longest.end:
                    longest = spell

    def _spot(self, one: _Spell, other: _Spell, whole: str, part: str) -> Spot:
        earlier, later = sorted((one, other), key=lambda spell: spell.line)
        message = f"{part!r} is in {whole!r} at the same time by {earlier.id!r} (line {earlier.line})"
        return Spot(self._file, later.line, self._at, later.id, message)


OVERLAPPING_MEMBERSHIP = watch_rule(
    OverlappingMembership,
    "overlapping_membership",
    mend="merge the two into one record, or give the first its end",
    example="founding_member since 2017 and member since 2018 of the same alliance, neither ended",
)
TIMES = (date_order, ended_with_until, early_membership, OVERLAPPING_MEMBERSHIP)
