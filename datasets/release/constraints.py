"""What the shapes demand of every value, asked of the staged content in SQL before anything is written for readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from datasets.canonical.read import CLAIMS
from datasets.release import layout
from datasets.release.ddl import literal, quote
from datasets.release.errors import Violation
from datasets.release.fill import staged
from datasets.shapes import Column, Entity, Kind, Link, Shapes

CONCEPT = "concept"
"""The entity that holds the values of vocabularies, with ids `{scheme}.{slug}`."""
KEPT = 20
"""Of each constraint so many violations are told."""

_MALFORMED = {
    Kind.URL: (
        "{0} NOT GLOB 'http://?*' AND {0} NOT GLOB 'https://?*' OR {0} GLOB '*[ <>\"{{}}]*'",
        "an address begins with http:// or https:// and has no spaces",
    ),
    Kind.LANGUAGE: (
        "{0} NOT GLOB '[a-z][a-z]*' OR {0} GLOB '*[^A-Za-z0-9-]*'",
        "a language is a BCP 47 tag such as `en` or `zh-Hant`",
    ),
    Kind.DECIMAL: (
        (
            "{0} GLOB '*[^0-9.-]*' OR {0} GLOB '*.*.*' OR {0} GLOB '?*-*' OR {0} NOT GLOB '*[0-9]'"
            " OR {0} GLOB '.*' OR {0} GLOB '-.*' OR {0} GLOB '0[0-9]*' OR {0} GLOB '-0[0-9]*'"
        ),
        "a number is digits, with a full stop before decimals",
    ),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One question whose answer must be empty: `sql` selects id and value of what breaks the rule."""

    rule: str
    table: str
    column: str
    sql: str
    message: str


def violations(connection: apsw.Connection, shapes: Shapes) -> list[Violation]:
    """Everything in the staged content that the shapes do not allow, at most KEPT of each rule and column."""
    found: list[Violation] = []
    for check in checks(shapes):
        rows = connection.execute(f"SELECT * FROM ({check.sql}) LIMIT {KEPT}")
        for identifier, value in rows:
            shown = "" if value is None else str(value)
            found.append(Violation(check.rule, check.table, str(identifier), check.column, shown, check.message))
    return found


def checks(shapes: Shapes) -> Iterator[Check]:
    """All checks that the shapes imply."""
    yield from _spaces(shapes)
    for entity in shapes.entities:
        yield from _entity(shapes, entity)
        for values in shapes.values_of(entity):
            name = f"{entity.name} {values.name}"
            for column in values.columns:
                yield from _column(shapes, Source(values.name, staged(name), "subject", column.name), column)
    yield from _spans(shapes)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values of a column stand: the table as readers know it, the staged one, the fields of id and value."""

    table: str
    staged: str
    id: str
    value: str

    def broken(self, condition: str) -> str:
        """The SELECT of id and value of the rows for which a condition over `v` holds."""
        return f"SELECT s.{quote(self.id)}, s.{quote(self.value)} FROM {self.staged} s WHERE {condition}"

    @property
    def field(self) -> str:
        """The value in SQL."""
        return f"s.{quote(self.value)}"


def _entity(shapes: Shapes, entity: Entity) -> Iterator[Check]:
    for column in entity.columns:
        if column.many:
            table = layout.set_table_name(entity, column)
            yield from _column(shapes, Source(table, staged(table), "owner", "value"), column)
        elif entity.name != CLAIMS or not (isinstance(column, Link) and shapes.is_family(column.target)):
            yield from _column(shapes, Source(entity.plural, staged(entity.plural), "id", column.name), column)
    for group in entity.groups:
        said = [f"s.{quote(name)} IS NULL" for name in group.columns]
        condition = " OR ".join(f"({said[0]}) <> ({other})" for other in said[1:])
        source = Source(entity.plural, staged(entity.plural), "id", group.columns[0])
        if condition:
            message = f"{' and '.join(group.columns)} make one value: give all of them or none"
            yield Check("group", entity.plural, group.name, source.broken(condition), message)


def _column(shapes: Shapes, source: Source, column: Column) -> Iterator[Check]:
    field = source.field
    if column.required:
        message = "a value is required here"
        yield Check("required", source.table, column.name, source.broken(f"{field} IS NULL OR {field} = ''"), message)
    if column.kind in _MALFORMED:
        pattern, message = _MALFORMED[column.kind]
        condition = f"{field} IS NOT NULL AND ({pattern.format(field)})"
        yield Check("form", source.table, column.name, source.broken(condition), message)
    if column.kind is Kind.CODE and column.scheme and _has(shapes, CONCEPT):
        concepts = staged(shapes.entity(CONCEPT).plural)
        start = len(column.scheme) + 2
        slugs = f"SELECT substr(id, {start}) FROM {concepts} WHERE id GLOB {literal(f'{column.scheme}.*')}"
        message = f"no concept `{column.scheme}.…` has this value; choose one of that vocabulary or add it"
        condition = f"{field} IS NOT NULL AND {field} NOT IN ({slugs})"
        yield Check("vocabulary", source.table, column.name, source.broken(condition), message)
    if isinstance(column, Link):
        yield from _link(shapes, source, column)


def _link(shapes: Shapes, source: Source, link: Link) -> Iterator[Check]:
    field = source.field
    targets = shapes.targets(link.target)
    absent = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {staged(target.plural)} t WHERE t.id = {field})" for target in targets
    )
    message = f"no {' or '.join(target.name for target in targets)} has this id"
    yield Check("link", source.table, link.name, source.broken(f"{field} IS NOT NULL AND {absent}"), message)
    if link.scheme:
        condition = f"{field} IS NOT NULL AND {field} NOT GLOB {literal(f'{link.scheme}.*')}"
        message = f"the concept is not one of the vocabulary `{link.scheme}`"
        yield Check("vocabulary", source.table, link.name, source.broken(condition), message)


def _spaces(shapes: Shapes) -> Iterator[Check]:
    spaces: dict[str, list[Entity]] = {}
    for entity in shapes.entities:
        spaces.setdefault(entity.space, []).append(entity)
    for space, entities in spaces.items():
        if space and len(entities) > 1:
            union = " UNION ALL ".join(
                f"SELECT id, {literal(e.name)} AS type FROM {staged(e.plural)}" for e in entities
            )
            sql = f"SELECT id, group_concat(type, ', ') FROM ({union}) GROUP BY id HAVING count(*) > 1"
            kinds = ", ".join(entity.plural for entity in entities)
            yield Check("space", f"{space}s", "id", sql, f"{kinds} share one id space: two records have this id")


def _spans(shapes: Shapes) -> Iterator[Check]:
    for spans in shapes.spans:
        entity = shapes.entity(spans.entity)
        source = Source(entity.plural, staged(entity.plural), "id", spans.until)
        condition = f"s.{quote(f'{spans.since}_earliest')} > s.{quote(f'{spans.until}_latest')}"
        message = f"{spans.until} lies before {spans.since}"
        yield Check("order", entity.plural, spans.until, source.broken(condition), message)


def _has(shapes: Shapes, name: str) -> bool:
    return any(entity.name == name for entity in shapes.entities)
