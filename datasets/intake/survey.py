"""A first pass over a facts folder: which ids there are, and what rules need to know of other files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from datasets.intake.facts import Expectation, Folder, Pin, Redirect
from datasets.intake.malformed import Malformed
from datasets.intake.partial_date import PartialDate
from datasets.intake.sheet import SEPARATOR, Sheet
from datasets.shapes import Column, Entity, Kind, Shapes


def space(entity: Entity) -> str:
    """The id space of an entity: its own, unless it shares one."""
    return entity.space or entity.name


@dataclass
class Survey:
    """What is known of a folder before its values are looked at.

    `blind` holds the entities and compound values whose file cannot be read or is absent while the records may stand
    elsewhere: nothing can be said about references to them.
    """

    folder: Folder
    shapes: Shapes
    known: frozenset[tuple[str, str]]
    """Type and id of records that stand elsewhere."""
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    """By id space: the entity's name of each id."""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """By file: how many rows each id (each subject) has, where more than one."""
    damaged: set[tuple[str, str]] = field(default_factory=set)
    """File and id of records of which a row cannot be read: what they lack cannot be known."""
    blind: set[str] = field(default_factory=set)
    headless: set[tuple[str, str]] = field(default_factory=set)
    """File and header of columns that files lack."""
    codes: dict[str, set[str]] = field(default_factory=dict)
    """By scheme: the slugs of its concepts."""
    asked: set[str] = field(default_factory=set)
    """Entities that cannot be seen and were pointed at."""
    expectations: tuple[Expectation, ...] = ()
    days: dict[tuple[str, str], str] = field(default_factory=dict)
    """By entity and id: the earliest day at which any source lets a whole of spans begin."""
    names: dict[str, set[str]] = field(default_factory=dict)
    """By id: the names that the rows of a subject of compound values themselves give."""
    redirects: tuple[Redirect, ...] = ()
    pins: tuple[Pin, ...] = ()
    release_date: str = ""
    hints: int = 20
    """How many more times a near miss is looked for: a folder with thousands of mistakes needs none for each."""

    def __post_init__(self) -> None:
        for entity in self.shapes.entities:
            self.types.setdefault(space(entity), {})
        for type, id in self.known:
            entity = self.shapes.entity(type)
            self.types[space(entity)][id] = type
            if len(entity.key) == 2:
                scheme, _, slug = id.partition(".")
                self.codes.setdefault(scheme, set()).add(slug)

    def type_of(self, target: str, id: str) -> str | None:
        """The type of the record with that id in the space of a link's target; None where there is none."""
        for entity in self.shapes.targets(target):
            found = self.types[space(entity)].get(id)
            if found is not None:
                return found
        return None

    def is_blind(self, target: str) -> bool:
        """Whether ids of a link's target may exist that the survey has not seen; asking is remembered."""
        unseen = {entity.name for entity in self.shapes.targets(target)} & self.blind
        self.asked |= unseen
        return bool(unseen)

    def sees(self, entity: Entity, column: str) -> bool:
        """Whether all values of a column (or compound values) of an entity stand in the folder and can be read."""
        if entity.name in self.blind or column in self.blind or not self.folder.holds(entity.name, column):
            return False
        declared = next((c for c in entity.columns if c.name == column), None)
        return declared is None or (entity.file, declared.csv) not in self.headless

    def redirected(self, target: str, id: str) -> Redirect | None:
        """The redirect of an id that went, of what a link's target stands for."""
        for entity in self.shapes.targets(target):
            found = self._redirected.get((entity.name, id))
            if found is not None:
                return found
        return None

    @cached_property
    def _redirected(self) -> dict[tuple[str, str], Redirect]:
        return {(redirect.type, redirect.id): redirect for redirect in self.redirects}

    def near(self, text: str, among: Iterable[str]) -> str:
        """A hint at what may have been meant, to be put behind a message; empty where nothing is near."""
        if self.hints <= 0:
            return ""
        self.hints -= 1
        likely = [other for other in among if other[:3] == text[:3] or other[-6:] == text[-6:]]
        found = difflib.get_close_matches(text, likely, n=1, cutoff=0.8)
        return f" (did you mean {found[0]}?)" if found else ""


class Note:
    """Takes note of the rows of one sheet for a survey."""

    def __init__(self, survey: Survey, sheet: Sheet, at: Mapping[str, int]) -> None:
        self._survey, self._sheet = survey, sheet
        self._codes = [at[key] for key in sheet.keys] if len(sheet.keys) == 2 else []
        founding = self._founding(survey.shapes, sheet)
        self._founding_at = at.get(founding.csv) if founding else None
        self._names = self._name_columns(survey.shapes, sheet, at)

    @staticmethod
    def _founding(shapes: Shapes, sheet: Sheet) -> Column | None:
        for spans in shapes.spans:
            whole = shapes.entity(spans.entity).column(spans.whole)
            if sheet.entity is not None and getattr(whole, "target", "") == sheet.entity.name:
                return sheet.entity.column(spans.founding)
        return None

    @staticmethod
    def _name_columns(shapes: Shapes, sheet: Sheet, at: Mapping[str, int]) -> list[int]:
        if sheet.entity is None:
            return []
        named = any(any(c.kind is Kind.NAME for c in v.columns) for v in shapes.values_of(sheet.entity))
        return [at[c.csv] for c in sheet.columns if named and c.kind is Kind.NAME and c.csv in at]

    def row(self, record: str, cells: list[str]) -> None:
        """Take note of one row."""
        survey, entity = self._survey, self._sheet.entity
        if len(self._codes) == 2:
            survey.codes.setdefault(cells[self._codes[0]], set()).add(cells[self._codes[1]])
        if entity is None:
            return
        if self._founding_at is not None and cells[self._founding_at]:
            try:
                day = PartialDate.parse(cells[self._founding_at]).earliest
            except Malformed:  # the cell's own rule says so
                day = "0000-01-01"
            key = (entity.name, record)
            survey.days[key] = min(day, survey.days.get(key, day))
        if self._names:
            found = {cells[at] for at in self._names if cells[at]}
            if found:
                survey.names.setdefault(record, set()).update(found)


def elements(column: Column, cell: str) -> list[str]:
    """The values in a cell: its elements where the column is a set."""
    if not cell:
        return []
    return cell.split(SEPARATOR) if column.many else [cell]
