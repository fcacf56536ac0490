"""The lists of a record's page: what points at it, and who belonged to what; a page of rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import apsw

from datasets.release.layout import LAST_DAY, label_field, link_key, set_table_name, sort_field
from datasets.shapes.model import Column, Entity, Kind, Link, Reverse, Shapes, Spans
from service.records import Labels, Ref, Shown, name_of, shown
from service.rows import Cell, Row, number, rows

PAGE = 50
"""Rows of a list on one page."""
_SHORT = (Kind.LINK, Kind.CODE, Kind.DATE, Kind.INTEGER, Kind.FLAG)
_WIDEST = 7


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: its cells, and the record it stands for."""

    cells: tuple[Shown, ...]
    ref: Ref


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list: `page` of `pages`, from 1. `note` says what the numbers mean where that needs saying."""

    name: str
    doc: str
    headings: tuple[str, ...]
    rows: tuple[Listed, ...]
    total: int
    page: int
    pages: int
    note: str = ""


def listings(
    connection: apsw.Connection, shapes: Shapes, entity: Entity, id: str, day: str, asked: Mapping[str, int]
) -> tuple[Listing, ...]:
    """All lists of a record that have rows. `day` is the release's date; `asked` maps a list to the page wanted."""
    labels = Labels(connection, shapes)
    found = []
    for spans in shapes.spans:
        if entity.name in (spans.whole, spans.part):
            forward = entity.name == spans.whole
            wanted = asked.get(spans.forward if forward else spans.backward, 1)
            found.append(_span_list(labels, spans, id, day, wanted, forward=forward))
    for reverse in shapes.reverses(entity):
        found.append(_reverse_list(labels, entity, reverse, id, asked.get(reverse.name, 1)))
    return tuple(listing for listing in found if listing.total)


def names(shapes: Shapes, entity: Entity) -> tuple[str, ...]:
    """The names of the lists that a record of this entity can have: what a page number may be asked for."""
    spans = [
        s.forward if entity.name == s.whole else s.backward for s in shapes.spans if entity.name in (s.whole, s.part)
    ]
    return (*spans, *(reverse.name for reverse in shapes.reverses(entity)))


def _window(total: int, wanted: int) -> tuple[int, int, int]:
    """The page shown, how many there are, and the offset of its first row; a page beyond the last is the last."""
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted), pages)
    return page, pages, (page - 1) * PAGE


def _reverse_list(labels: Labels, entity: Entity, reverse: Reverse, id: str, wanted: int) -> Listing:
    shapes, connection, source, link = labels.shapes, labels.connection, reverse.entity, reverse.link
    order = next((o for o in source.orders if o != link.name), source.orders[0])
    sort = sort_field(source, order)
    parameters: tuple[Cell, ...]
    if link.many:
        table = set_table_name(source, link)
        origin = f'"{table}" s JOIN "{source.plural}" e ON e.id = s."{source.name}"'
        where, parameters = "s.value = ?", (id,)
    else:
        key = link_key(shapes, link)
        origin = f'"{source.plural}" e'
        where = " AND ".join(f'e."{part}" = ?' for part in key)
        parameters = (entity.name, id) if len(key) == 2 else (id,)
    total = number(connection, f"SELECT count(*) FROM {origin} WHERE {where}", parameters)
    page, pages, offset = _window(total, wanted)
    sql = f'SELECT e.* FROM {origin} WHERE {where} ORDER BY e."{sort}", e.id LIMIT {PAGE} OFFSET {offset}'
    found = rows(connection, sql, parameters)
    columns = tuple(c for c in _columns(source, link) if any(record[c.name] not in (None, 0) for record in found))
    _prepare(labels, columns, found)
    named = not source.templated
    listed = tuple(_listed(labels, source, columns, record, named=named) for record in found)
    headings = (*((name_of(source.name),) if named else ()), *(name_of(c.name) for c in columns))
    return Listing(reverse.name, reverse.doc, headings, listed, total, page, pages)


def _columns(entity: Entity, link: Link) -> tuple[Column, ...]:
    """The columns that a list of these records shows: beside a name the short ones, without a name all."""
    named = not entity.templated and entity.column(entity.label).kind is Kind.NAME
    told = [c for c in entity.columns if not c.many and c is not link and (entity.templated or c.name != entity.label)]
    return tuple(c for c in told if c.kind in _SHORT or not named)[:_WIDEST]


def _prepare(labels: Labels, columns: tuple[Column, ...], found: list[Row]) -> None:
    """Look up the labels of all links of a list at once."""
    wanted = []
    for column in columns:
        if isinstance(column, Link):
            targets = labels.shapes.targets(column.target)
            for record in found:
                value = record[column.name]
                if value is not None:
                    wanted.append((str(record.get(f"{column.name}_type") or targets[0].name), str(value)))
    labels.ask(wanted)


def _listed(labels: Labels, entity: Entity, columns: tuple[Column, ...], record: Row, *, named: bool) -> Listed:
    ref = Ref(entity.name, str(record["id"]), str(record[label_field(entity)]))
    cells = tuple(_cell(labels, column, record) for column in columns)
    return Listed((Shown(ref.label, ref), *cells) if named else cells, ref)


def _cell(labels: Labels, column: Column, record: Row) -> Shown:
    value = record[column.name]
    if value is None or (column.kind is Kind.FLAG and not value):
        return Shown("")
    return shown(labels, column, str(value), str(record.get(f"{column.name}_type") or ""))


def _span_list(labels: Labels, spans: Spans, id: str, day: str, wanted: int, *, forward: bool) -> Listing:
    connection, shapes = labels.connection, labels.shapes
    here, there = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
    told = shapes.entity(spans.entity)
    now = "s.undated = 0 AND s.from_earliest <= ? AND s.to_latest >= ?"
    sums = f"count(*), coalesce(sum({now}), 0), coalesce(sum(s.undated), 0)"
    sql = f'SELECT {sums} FROM "{spans.name}" s WHERE s."{here}" = ?'
    total, current, undated = (int(n) for n in next(iter(connection.execute(sql, (day, day, id)))))
    page, pages, offset = _window(total, wanted)
    sql = (
        f'SELECT s."{there}" AS other, s."{spans.entity}" AS told, s.undated, s.to_latest, {now} AS now, '
        f'e."{spans.since}" AS since, e."{spans.until}" AS until, e."{spans.role}" AS role '
        f'FROM "{spans.name}" s JOIN "{told.plural}" e ON e.id = s."{spans.entity}" WHERE s."{here}" = ? '
        f'ORDER BY s."{there}_sort", s."{there}", s.spell LIMIT {PAGE} OFFSET {offset}'
    )
    found = rows(connection, sql, (day, day, id))
    labels.ask([(there, str(record["other"])) for record in found])
    role = told.column(spans.role)
    listed = tuple(
        Listed(
            (
                Shown(labels.ref(there, str(r["other"])).label, labels.ref(there, str(r["other"]))),
                shown(labels, role, str(r["role"])),
                Shown(str(r["since"] or "")),
                Shown(str(r["until"] or "")),
                Shown(_state(r)),
            ),
            Ref(spans.entity, str(r["told"]), ""),
        )
        for r in found
    )
    note = f"{current} at {day}"
    if undated:
        note += f"; {undated} without a known start, not counted there"
    headings = (name_of(there), name_of(spans.role), name_of(spans.since), name_of(spans.until), "State")
    name, doc = (spans.forward, spans.forward_doc) if forward else (spans.backward, spans.backward_doc)
    return Listing(name, doc, headings, listed, total, page, pages, note)


def _state(record: Row) -> str:
    if record["now"]:
        return "current"
    if record["undated"]:
        return "undated" if record["to_latest"] == LAST_DAY else "undated, ended"
    return "former"
