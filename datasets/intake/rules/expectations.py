"""Rules about release.toml and expectations.toml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from datasets.intake.facts import EXPECTATIONS, RELEASE, RELEASE_LISTS, RELEASE_TEXTS, Expectation
from datasets.intake.finding import BadFacts, Severity
from datasets.intake.rules.rule import Fault, Record, Spot, survey_rule, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.stored import compound
from datasets.intake.survey import Survey, elements
from datasets.shapes import Entity

_NEEDED = ("date", "title", "licence")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_NAME = re.compile(r"\s*\"?(\w+)\"?\s*=")


@survey_rule(
    "malformed_release",
    mend='write date = 2026-11-22, title = "…" and licence = "CC-BY-4.0"',
    example="release.toml without a title",
)
def malformed_release(survey: Survey) -> Iterator[Spot]:
    """A release.toml without date, title or licence, with a date or licence that is none, or with unknown names."""
    try:
        said = survey.folder.release
    except BadFacts:  # the file is unreadable, which is said of it
        return
    if said is None:
        return
    silent = [name for name in _NEEDED if not isinstance(said.get(name), str) or not str(said[name]).strip()]
    if silent:
        yield Spot(RELEASE, 1, 0, "", f"release.toml does not say the {' and the '.join(silent)}")
    lines = _lines(survey)
    for name, value in said.items():
        if name not in silent and (fault := _release_fault(name, value)) is not None:
            yield Spot(RELEASE, lines.get(name, 1), 0, fault.value or "", fault.message, fault.mend)


def _lines(survey: Survey) -> dict[str, int]:
    """The first line on which release.toml says each name."""
    lines = (survey.folder.path / RELEASE).read_text(encoding="utf-8").split("\n")
    return {match[1]: at for at in range(len(lines), 0, -1) if (match := _NAME.match(lines[at - 1]))}


def _release_fault(name: str, value: str | list[str]) -> Fault | None:
    if name not in (*RELEASE_TEXTS, *RELEASE_LISTS):
        mend = f"the names are {', '.join((*RELEASE_TEXTS, *RELEASE_LISTS))}"
        return Fault(f"nothing is called {name!r}", mend, name)
    if name in RELEASE_TEXTS and not isinstance(value, str):
        return Fault(f"the {name} is a list", "write one text", str(value))
    if name == "date" and not _is_day(str(value)):
        return Fault(f"{value!r} is no day", "write the day as YYYY-MM-DD", str(value))
    if name == "licence" and not _SPDX.fullmatch(str(value)):
        mend = "write it as https://spdx.org/licenses/ does, such as CC-BY-4.0"
        return Fault(f"{value!r} is no SPDX identifier of a licence", mend, str(value))
    return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _entity(survey: Survey, expectation: Expectation) -> Entity | None:
    return next((entity for entity in survey.shapes.entities if entity.name == expectation.entity), None)


@survey_rule(
    "malformed_expectation",
    mend="name an entity and, if need be, one of its columns, with min or max or both",
    example='entity = "alliances"',
)
def malformed_expectation(survey: Survey) -> Iterator[Spot]:
    """An expectation of an entity or column that there is not, or that expects nothing."""
    for expectation in survey.expectations:
        entity, column = _entity(survey, expectation), expectation.column
        fault = ""
        if entity is None:
            fault = f"there is no entity {expectation.entity!r}"
        elif column and column not in survey.shapes.claimable(entity):
            fault = f"{entity.name} has no column {column!r}"
        elif expectation.rivals and not column:
            fault = "rivals are of a column, and none is named"
        elif expectation.min is None and expectation.max is None:
            fault = "neither min nor max is given"
        elif (expectation.min or 0) > (expectation.max if expectation.max is not None else 2**31):
            fault = "min is above max"
        if fault:
            yield Spot(EXPECTATIONS, expectation.line, 0, column or expectation.entity, fault)


class _Counts:
    """Counts records, records with a value in a column, and records with rival values of it."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._expectations = [e for e in survey.expectations if _entity(survey, e) is not None]
        self._wanted: dict[str, set[str]] = {}
        for expectation in self._expectations:
            self._wanted.setdefault(expectation.entity, set()).add(expectation.column)
        self._valued: Counter[tuple[str, str]] = Counter()
        self._rivals: Counter[tuple[str, str]] = Counter()

    def wants(self, sheet: Sheet) -> bool:
        """The sheets of whose columns something is expected."""
        if sheet.entity is not None:
            return bool(self._wanted.get(sheet.entity.name, set()) - {""})
        return sheet.values is not None and any(sheet.values.name in wanted for wanted in self._wanted.values())

    def see(self, record: Record) -> None:
        """Count a record."""
        sheet = record.sheet
        if sheet.entity is not None:
            for column in sheet.columns:
                if column.name in self._wanted[sheet.entity.name]:
                    values = {v for row in record.rows for v in elements(column, row.get(column.csv))}
                    self._count((sheet.entity.name, column.name), values)
        elif sheet.values is not None:
            type = self._survey.type_of(sheet.values.subject, record.id) or ""
            values = {compound({c.name: row.get(c.csv) for c in sheet.columns}) for row in record.rows}
            self._count((type, sheet.values.name), values)

    def _count(self, key: tuple[str, str], values: set[str]) -> None:
        self._valued[key] += bool(values)
        self._rivals[key] += len(values) > 1

    def found(self) -> Iterator[tuple[Expectation, int]]:
        """Expectation and count of all that can be counted."""
        totals = Counter(type for types in self._survey.types.values() for type in types.values())
        totals.subtract(Counter(type for type, _ in self._survey.known))
        for expectation in self._expectations:
            entity, column = _entity(self._survey, expectation), expectation.column
            assert entity is not None
            if entity.name in self._survey.blind or (column and column not in self._survey.shapes.claimable(entity)):
                continue
            if column and not self._survey.sees(entity, column):
                continue
            counts = self._rivals if expectation.rivals else self._valued
            yield expectation, counts[entity.name, column] if column else totals[entity.name]

    def spots(self, *, few: bool) -> Iterator[Spot]:
        """The expectations that are missed to one side."""
        for expectation, count in self.found():
            limit = expectation.min if few else expectation.max
            if limit is None or (count >= limit if few else count <= limit):
                continue
            of = f" with {'rival values of ' if expectation.rivals else ''}{expectation.column}" * bool(
                expectation.column
            )
            bound = "at least" if few else "at most"
            message = f"there are {count} records of {expectation.entity}{of}, expected are {bound} {limit}"
            yield Spot(EXPECTATIONS, expectation.line, 0, str(count), message)


class TooFew(_Counts):
    """Fewer records, or fewer with a value, than expectations.toml demands: something was lost."""

    def finish(self) -> Iterator[Spot]:
        """The expectations below their minimum."""
        return self.spots(few=True)


class TooMany(_Counts):
    """More records, or more with a value, than expectations.toml allows: something may have come in twice."""

    def finish(self) -> Iterator[Spot]:
        """The expectations above their maximum."""
        return self.spots(few=False)


TOO_FEW = watch_rule(
    TooFew,
    "too_few",
    mend="find out what was lost; if the loss is right, lower the number",
    example='entity = "alliance", min = 190, but there are 40',
)
TOO_MANY = watch_rule(
    TooMany,
    "too_many",
    severity=Severity.WARNING,
    mend="look at what came in; if the growth is right, raise the number",
    example='entity = "alliance", max = 250, but there are 900',
)
EXPECTATION_RULES = (malformed_release, malformed_expectation, TOO_FEW, TOO_MANY)
