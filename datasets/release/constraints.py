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
class Source:
    """Where the values of a column stand: the table as readers know it, the staged one, the fields of id and value."""

    table: str
    staged: str
    id: str
    value: str

    @property
    def field(self) -> str:
        """The value in SQL."""
        return f"s.{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must not hold of any row of a staged table `s`; `column` is what the value is called."""

    rule: str
    source: Source
    column: str
    broken: str
    message: str


def violations(connection: apsw.Connection, shapes: Shapes) -> list[Violation]:
    """Everything in the staged content that the shapes do not allow, at most KEPT of each rule and column.

    All checks of a table are asked in one reading of it; only when something is wrong is each asked alone.
    """
    found = list(_spaces(connection, shapes))
    tables: dict[str, list[Check]] = {}
    for check in checks(shapes):
        tables.setdefault(check.source.staged, []).append(check)
    for table, asked in tables.items():
        anything = " OR ".join(f"({check.broken})" for check in asked)
        if connection.execute(f"SELECT 1 FROM {table} s WHERE {anything} LIMIT 1").fetchone() is None:
            continue
        for check in asked:
            source = check.source
            fields = f"s.{quote(source.id)}, {source.field}"
            rows = connection.execute(f"SELECT {fields} FROM {table} s WHERE {check.broken} LIMIT {KEPT}")
            for identifier, value in rows:
                shown = "" if value is None else str(value)
                place = (source.table, str(identifier), check.column)
                found.append(Violation(check.rule, *place, shown, check.message))
    return found


def checks(shapes: Shapes) -> Iterator[Check]:
    """All checks of single rows that the shapes imply."""
    for entity in shapes.entities:
        yield from _entity(shapes, entity)
        for values in shapes.values_of(entity):
            name = f"{entity.name} {values.name}"
            for column in values.columns:
                yield from _column(shapes, Source(values.name, staged(name), "subject", column.name), column)
    yield from _spans(shapes)


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
        if condition:
            source = Source(entity.plural, staged(entity.plural), "id", group.columns[0])
            message = f"{' and '.join(group.columns)} make one value: give all of them or none"
            yield Check("group", source, group.name, condition, message)


def _column(shapes: Shapes, source: Source, column: Column) -> Iterator[Check]:
    field = source.field
    if column.required:
        condition = f"{field} IS NULL OR {field} = ''"
        yield Check("required", source, column.name, condition, "a value is required here")
    if column.kind in _MALFORMED:
        pattern, message = _MALFORMED[column.kind]
        yield Check("form", source, column.name, f"{field} IS NOT NULL AND ({pattern.format(field)})", message)
    if column.kind is Kind.CODE and column.scheme and _has(shapes, CONCEPT):
        concepts = staged(shapes.entity(CONCEPT).plural)
        start = len(column.scheme) + 2
        slugs = f"SELECT substr(id, {start}) FROM {concepts} WHERE id GLOB {literal(f'{column.scheme}.*')}"
        message = f"no concept `{column.scheme}.…` has this value; choose one of that vocabulary or add it"
        condition = f"{field} IS NOT NULL AND {field} NOT IN ({slugs})"
        yield Check("vocabulary", source, column.name, condition, message)
    if isinstance(column, Link):
        yield from _link(shapes, source, column)


def _link(shapes: Shapes, source: Source, link: Link) -> Iterator[Check]:
    field = source.field
    targets = shapes.targets(link.target)
    absent = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {staged(target.plural)} t WHERE t.id = {field})" for target in targets
    )
    message = f"no {' or '.join(target.name for target in targets)} has this id"
    yield Check("link", source, link.name, f"{field} IS NOT NULL AND {absent}", message)
    if link.scheme:
        condition = f"{field} IS NOT NULL AND {field} NOT GLOB {literal(f'{link.scheme}.*')}"
        yield Check("vocabulary", source, link.name, condition, f"no concept of the vocabulary `{link.scheme}`")


def _spans(shapes: Shapes) -> Iterator[Check]:
    for spans in shapes.spans:
        entity = shapes.entity(spans.entity)
        source = Source(entity.plural, staged(entity.plural), "id", spans.until)
        condition = f"s.{quote(f'{spans.since}_earliest')} > s.{quote(f'{spans.until}_latest')}"
        yield Check("order", source, spans.until, condition, f"{spans.until} lies before {spans.since}")


def _spaces(connection: apsw.Connection, shapes: Shapes) -> Iterator[Violation]:
    """Ids that records of several entities share though the entities share one id space."""
    spaces: dict[str, list[Entity]] = {}
    for entity in shapes.entities:
        spaces.setdefault(entity.space, []).append(entity)
    for space, entities in spaces.items():
        if space and len(entities) > 1:
            union = " UNION ALL ".join(
                f"SELECT id, {literal(e.name)} AS type FROM {staged(e.plural)}" for e in entities
            )
            sql = f"SELECT id, group_concat(type, ', ') FROM ({union}) GROUP BY id HAVING count(*) > 1 LIMIT {KEPT}"
            message = f"{', '.join(e.plural for e in entities)} share one id space: two records have this id"
            for identifier, types in connection.execute(sql):
                yield Violation("space", f"{space}s", str(identifier), "id", str(types), message)


def _has(shapes: Shapes, name: str) -> bool:
    return any(entity.name == name for entity in shapes.entities)
