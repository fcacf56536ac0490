"""Fills the tables of a release from the staging tables, each in the order of its key, by one statement.

Here stands what follows from several records at once: labels made of several, sort keys carried from linked records,
the types of links to a family. `labels` and `subjects` are staging tables of every record's label, sort key and type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter

import apsw

from datasets.canonical.read import CLAIMS
from datasets.release import layout
from datasets.release.ddl import literal, names, quote
from datasets.release.identity import Redirect
from datasets.release.layout import LAST_DAY, LAST_INTEGER, LAST_TEXT, SEARCH, Table
from datasets.release.search import Entries
from datasets.release.spans import spans_query
from datasets.release.staging import SCHEMA, staged_fields
from datasets.shapes import Column, Entity, Kind, Link, Shapes
from datasets.text import fold

_PART = re.compile(r"\{(\w+)\}")


def staged(name: str) -> str:
    """A staging table's name in SQL."""
    return f"{SCHEMA}.{quote(name)}"


def label_order(shapes: Shapes) -> tuple[Entity, ...]:
    """The entities whose records have labels, such that a label comes after those that it is made of.

    Raises ValueError when labels are made of each other in a circle.
    """
    graph: dict[str, set[str]] = {}
    for entity in shapes.entities:
        if entity.name == CLAIMS:
            continue
        parts = set(_PART.findall(entity.label)) if entity.templated else set()
        links = [link for link in entity.links if link.name in parts]
        graph[entity.name] = {target.name for link in links for target in shapes.targets(link.target)}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError(f"labels are made of each other in a circle: {' → '.join(error.args[1])}") from error
    return tuple(shapes.entity(name) for name in order if name in graph)


def fill_labels(connection: apsw.Connection, shapes: Shapes) -> None:
    """Make the staging tables `labels` (type, id, label, sort) and `subjects` (id, type, label, sort)."""
    connection.create_scalar_function("fold", _fold, 1, deterministic=True)
    connection.execute(
        f"CREATE TABLE {staged('labels')} (type, id, label, sort, PRIMARY KEY (type, id)) WITHOUT ROWID;"
        f"CREATE TABLE {staged('subjects')} (id PRIMARY KEY, type, label, sort) WITHOUT ROWID"
    )
    subjects = {e.name for e in shapes.entities if e.space == "subject"}
    for entity in label_order(shapes):
        kind = literal(entity.name)
        sort = "fold(label)" if _sorted_by_label(shapes, entity) else "''"
        connection.execute(
            f"INSERT INTO {staged('labels')} WITH named AS MATERIALIZED "
            f"(SELECT id, {_label(shapes, entity)} AS label FROM {staged(entity.plural)} s) "
            f"SELECT {kind}, id, label, {sort} FROM named ORDER BY id"
        )
        if entity.name in subjects:
            connection.execute(
                f"INSERT OR IGNORE INTO {staged('subjects')} "
                f"SELECT id, type, label, sort FROM {staged('labels')} WHERE type = {kind}"
            )


def _sorted_by_label(shapes: Shapes, entity: Entity) -> bool:
    """Whether anything is sorted by the labels of this entity: what links to its records, or search."""
    linked = any(entity in shapes.targets(link.target) for e in shapes.entities if e.name != CLAIMS for link in e.links)
    return linked or Entries.of(shapes, entity) is not None


def _fold(*texts: apsw.SQLiteValue) -> apsw.SQLiteValue:
    (text,) = texts
    return None if text is None else fold(str(text))


def _label(shapes: Shapes, entity: Entity) -> str:
    if not entity.templated:
        return f"coalesce(s.{quote(entity.label)}, s.id)"
    parts: list[str] = []
    for place, text in enumerate(_PART.split(entity.label)):
        if place % 2:
            parts.append(f"coalesce({_shown(shapes, entity.column(text))}, '')")
        elif text:
            parts.append(literal(text))
    return " || ".join(parts)


def _shown(shapes: Shapes, column: Column) -> str:
    """A column as people read it in a label: a link by its target's label, a code as words."""
    if isinstance(column, Link):
        return _of_target(shapes, column, "label")
    value = f"s.{quote(column.name)}"
    return f"replace({value}, '_', ' ')" if column.kind is Kind.CODE else value


def _of_target(shapes: Shapes, link: Link, field: str) -> str:
    value = f"s.{quote(link.name)}"
    if shapes.is_family(link.target):
        if not layout.link_table(shapes, link.target):
            raise ValueError(f"no label or type can be had of the family {link.target!r}: it has no table")
        return f"(SELECT {field} FROM {staged('subjects')} WHERE id = {value})"
    kind = literal(link.target)
    return f"(SELECT {field} FROM {staged('labels')} WHERE type = {kind} AND id = {value})"


def fills(shapes: Shapes, date: str) -> list[tuple[str, str]]:
    """Name and SELECT of each table that staging fills, in the order of `layout.tables`, its fields in their order."""
    queries: dict[str, str] = {layout.tables(shapes)[0].name: _subjects_query()}
    for entity in shapes.entities:
        queries[entity.plural] = _entity_query(shapes, entity)
        for column in entity.columns:
            if column.many:
                name = layout.set_table_name(entity, column)
                queries[name] = f"SELECT owner, value FROM {staged(name)} ORDER BY owner, value"
    for values in shapes.values:
        fields = names(("subject", "position", *(c.name for c in values.columns)))
        union = " UNION ALL ".join(
            f"SELECT {fields} FROM {staged(f'{e.name} {values.name}')}" for e in shapes.targets(values.subject)
        )
        queries[values.name] = f"SELECT {fields} FROM ({union}) ORDER BY subject, position"
    for spans in shapes.spans:
        queries[spans.name] = spans_query(shapes, spans, date)
    queries[SEARCH] = _search_query(shapes)
    return [(table.name, queries[table.name]) for table in layout.tables(shapes) if table.name in queries]


def _subjects_query() -> str:
    return f"SELECT id, type, label FROM {staged('subjects')} ORDER BY id"


def _entity_query(shapes: Shapes, entity: Entity) -> str:
    table = layout.entity_table(shapes, entity)
    known = staged_fields(entity, shapes)
    derived = _derived(shapes, entity)
    expressions = [f"s.{quote(f.name)}" if f.name in known else derived[f.name] for f in table.fields]
    return f"SELECT {', '.join(expressions)} FROM {staged(entity.plural)} s ORDER BY s.id"


def _derived(shapes: Shapes, entity: Entity) -> dict[str, str]:
    """The SQL of the fields that follow from other fields or records."""
    found: dict[str, str] = {}
    for link in entity.links:
        if not link.many and shapes.is_family(link.target) and entity.name != CLAIMS:
            found[f"{link.name}_type"] = _of_target(shapes, link, "type")
    if entity.templated:
        kind = literal(entity.name)
        found["label"] = f"(SELECT label FROM {staged('labels')} WHERE type = {kind} AND id = s.id)"
    for order in entity.orders:
        field = layout.sort_field(entity, order)
        if field != order:
            found[field] = _sort(shapes, entity.column(order))
    return found


def _sort(shapes: Shapes, column: Column) -> str:
    value = f"s.{quote(column.name)}"
    if isinstance(column, Link):
        return f"coalesce({_of_target(shapes, column, 'sort')}, {literal(LAST_TEXT)})"
    if column.kind is Kind.DATE:
        return f"coalesce(s.{quote(f'{column.name}_earliest')}, {literal(LAST_DAY)})"
    if column.kind is Kind.INTEGER:
        return f"coalesce({value}, {LAST_INTEGER})"
    if column.kind in (Kind.NAME, Kind.TEXT):
        return f"coalesce(fold({value}), {literal(LAST_TEXT)})"
    if column.kind in (Kind.CODE, Kind.URL, Kind.LANGUAGE):
        return f"coalesce({value}, {literal(LAST_TEXT)})"
    raise ValueError(f"no order by {column.name!r} can be had: a {column.kind.value} has no sort key")


def _search_query(shapes: Shapes) -> str:
    tokens = "id, name, alias, summary"
    union = " UNION ALL ".join(
        f"SELECT {place} AS place, {literal(e.name)} AS type, {tokens} FROM {staged(f'{e.name} entries')}"
        for place, e in enumerate(shapes.entities)
    )
    return (
        f"SELECT row_number() OVER (ORDER BY s.place, s.id), s.type, s.id, l.label, l.sort, s.name, s.alias, s.summary "
        f"FROM ({union}) s JOIN {staged('labels')} l ON l.type = s.type AND l.id = s.id ORDER BY 1"
    )


def fill_tables(
    connection: apsw.Connection, shapes: Shapes, date: str, step: Callable[[str, int, int | None], None]
) -> None:
    """Fill the tables that come from staging; `date` is the day of the release."""
    queries = fills(shapes, date)
    for done, (name, query) in enumerate(queries):
        step("tables", done, len(queries))
        connection.execute(f"INSERT INTO main.{quote(name)} {query}")
    step("tables", len(queries), len(queries))


def fill_small(connection: apsw.Connection, shapes: Shapes, redirects: list[Redirect], facts: dict[str, str]) -> None:
    """Fill the tables of redirects and of what the release is."""
    tables: dict[str, Table] = {table.name: table for table in layout.tables(shapes)}
    rows = [(kind, former, target or None) for kind, former, target in redirects]
    connection.executemany(f"INSERT INTO main.{quote(tables['redirects'].name)} VALUES (?, ?, ?)", rows)
    connection.executemany(f"INSERT INTO main.{quote(tables['release'].name)} VALUES (?, ?)", sorted(facts.items()))
