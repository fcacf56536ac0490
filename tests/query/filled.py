"""Writes made-up records into the tables of a release, read off the shapes: what publishing does, without its checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import apsw

from datasets.release import ddl, layout
from datasets.shapes import Column, Entity, Kind, Link, Shapes, Weight
from datasets.text import fold, tokens
from tests.query.generated import Row, Size, claims, days, records

REDIRECTS = (
    ("alliance", "old-a", "a00001"),
    ("alliance", "older-a", "a00001"),
    ("alliance", "gone-a", None),
    ("organization", "old-o", "o00002"),
    ("membership", "m-gone", None),
)
RELEASED = "2026-01-02"
DAY_BEFORE = "2026-01-01"


def write(path: Path, shapes: Shapes, size: Size | None = None, seed: int = 42) -> None:
    """Write a world to a new release file."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "off")
    connection.pragma("synchronous", "off")
    with connection:
        _Filler(connection, shapes).write(size or Size(), seed)
    connection.execute("ANALYZE")
    connection.close()


class _Filler:
    def __init__(self, connection: apsw.Connection, shapes: Shapes) -> None:
        self.connection = connection
        self.shapes = shapes
        self.labels: dict[tuple[str, str], str] = {}
        self.spaces: dict[str, str] = {}
        self.tables = {table.name: table for table in layout.tables(shapes)}

    def write(self, size: Size, seed: int) -> None:
        for table in self.tables.values():
            self.connection.execute(ddl.create_table(table))
        rows = list(records(size, seed))
        self.know(rows)
        subjects = [
            (r.id, r.entity, self.labels[r.entity, r.id])
            for r in rows
            if self.shapes.entity(r.entity).space == "subject"
        ]
        self.insert("subjects", subjects)
        by_entity: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_entity[row.entity].append(row)
        for entity in self.shapes.entities:
            self.entity(entity, by_entity.get(entity.name, []))
        self.entity(self.shapes.entity("claim"), claims(self.shapes, rows, size, seed + 1))
        for entity in self.shapes.entities:
            self.sets(entity, by_entity.get(entity.name, []))
        self.spans(by_entity["membership"], by_entity["alliance"])
        self.search(rows)
        self.insert("redirects", REDIRECTS)
        self.insert(
            "release", [("id", f"{RELEASED}-0123456789"), ("date", RELEASED), ("base_iri", "http://localhost:8000")]
        )
        for table in self.tables.values():
            for statement in ddl.create_indexes(table):
                self.connection.execute(statement)

    def insert(self, table: str, rows: Iterable[tuple[apsw.SQLiteValue, ...]]) -> None:
        fields = self.tables[table].fields
        marks = ",".join("?" * len(fields))
        self.connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)

    def know(self, rows: list[Row]) -> None:
        for row in rows:
            entity = self.shapes.entity(row.entity)
            if entity.space == "subject":
                self.spaces[row.id] = row.entity
            if not entity.templated:
                self.labels[row.entity, row.id] = row.values[entity.label]
        for row in rows:
            entity = self.shapes.entity(row.entity)
            if entity.templated:
                shown = {c.name: self.shown(c, row.values.get(c.name, ""), row) for c in entity.columns if not c.many}
                self.labels[row.entity, row.id] = entity.label.format_map(shown)

    def target(self, link: Link, value: str, row: Row) -> str:
        if not self.shapes.is_family(link.target):
            return link.target
        return row.values.get(f"{link.name}_type") or self.spaces[value]

    def shown(self, column: Column, value: str, row: Row) -> str:
        if isinstance(column, Link) and value:
            return self.labels[self.target(column, value, row), value]
        return value

    def entity(self, entity: Entity, rows: Iterable[Row]) -> None:
        self.insert(entity.plural, (self.fields(entity, row) for row in rows))

    def fields(self, entity: Entity, row: Row) -> tuple[object, ...]:
        found: dict[str, object] = {"id": row.id}
        for column in entity.columns:
            if column.many:
                continue
            value = row.values.get(column.name)
            found[column.name] = value
            if column.kind is Kind.FLAG:
                found[column.name] = int(value == "yes")
            elif column.kind is Kind.INTEGER and value is not None:
                found[column.name] = int(value)
            elif column.kind is Kind.DATE:
                earliest, latest = days(value) if value else (None, None)
                found[f"{column.name}_earliest"], found[f"{column.name}_latest"] = earliest, latest
            elif isinstance(column, Link) and self.shapes.is_family(column.target):
                found[f"{column.name}_type"] = self.target(column, value, row) if value else None
        if entity.templated:
            found["label"] = self.labels[entity.name, row.id]
        for order in entity.orders:
            name = layout.sort_field(entity, order)
            if name != order:
                found[name] = self.sort_key(entity.column(order), row)
        return tuple(found[f.name] for f in self.tables[entity.plural].fields)

    def sort_key(self, column: Column, row: Row) -> object:
        value = row.values.get(column.name)
        if column.kind is Kind.DATE:
            return days(value)[0] if value else layout.LAST_DAY
        if column.kind is Kind.INTEGER:
            return int(value) if value else layout.LAST_INTEGER
        return fold(self.shown(column, value, row)) if value else layout.LAST_TEXT

    def sets(self, entity: Entity, rows: list[Row]) -> None:
        for column in entity.columns:
            if column.many:
                self.insert(
                    layout.set_table_name(entity, column),
                    ((r.id, v) for r in rows for v in r.sets.get(column.name, [])),
                )
        for values in self.shapes.values_of(entity):
            self.insert(
                values.name,
                ((r.id, n, *parts) for r in rows for n, parts in enumerate(r.compound.get(values.name, []), 1)),
            )

    def spans(self, memberships: list[Row], alliances: list[Row]) -> None:
        founded = {row.id: row.values.get("founded") for row in alliances}
        grouped: dict[tuple[str, str], list[tuple[object, ...]]] = defaultdict(list)
        for row in memberships:
            v = row.values
            if v["role"] not in self.shapes.spans[0].roles:
                continue
            founding = founded[v["alliance"]]
            since = v.get("since") or (founding if v["role"] == "founding_member" else None)
            start = days(since) if since else (days(founding)[0] if founding else layout.FIRST_DAY, layout.LAST_DAY)
            end = (
                days(v["until"])
                if "until" in v
                else (start[0], max(DAY_BEFORE, start[0]))
                if "ended" in v
                else (layout.LAST_DAY, layout.LAST_DAY)
            )
            grouped[v["alliance"], v["organization"]].append((*start, *end, int(not since), row.id))
        spans = []
        for (alliance, organization), spells in grouped.items():
            names = fold(self.labels["alliance", alliance]), fold(self.labels["organization", organization])
            for number, spell in enumerate(sorted(spells, key=str), 1):
                spans.append((alliance, organization, number, spell[-1], *spell[:-1], *names))
        self.insert("member_spans", spans)

    def search(self, rows: list[Row]) -> None:
        entries: list[tuple[object, ...]] = []
        for row in rows:
            entity = self.shapes.entity(row.entity)
            found: dict[Weight, list[list[str]]] = defaultdict(list)
            for column in entity.columns:
                texts = row.sets.get(column.name, []) if column.many else [row.values.get(column.name, "")]
                found[column.weight] += [tokens(text) for text in texts]
            for values in self.shapes.values_of(entity):
                for parts in row.compound.get(values.name, []):
                    for column, part in zip(values.columns, parts, strict=True):
                        found[column.weight].append(tokens(part or ""))
            if not any(any(found[w]) for w in (Weight.NAME, Weight.ALIAS, Weight.SUMMARY)):
                continue
            label = self.labels[row.entity, row.id]
            weighted = (
                " | ".join(" ".join(t) for t in found[w] if t) for w in (Weight.NAME, Weight.ALIAS, Weight.SUMMARY)
            )
            entries.append((len(entries) + 1, row.entity, row.id, label, fold(label), *weighted))
        self.insert("search_entries", entries)
        for statement in (ddl.CREATE_SEARCH_INDEX, *ddl.FILL_SEARCH_INDEX):
            self.connection.execute(statement)
