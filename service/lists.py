"""The lists of a record's page: what points at it, and who belonged to what; a page of rows at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import apsw

from datasets.release.layout import LAST_DAY, label_field, link_key, set_table_name, sort_field
from datasets.shapes.model import Column, Entity, Kind, Link, Reverse, Shapes, Spans
from service.meanings import observes, seat
from service.records import Labels, Ref, Shown, name_of, shown
from service.rows import Cell, Row, number, rows
from service.words import day as in_words

PAGE = 100
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
    sorts: tuple[str, ...] = ()
    """For each heading the word that sorts by it, empty where none does."""
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a list: which page, sorted by what; a minus before it turns the order round."""

    page: int = 1
    sort: str = ""


_PLAIN = Asked()
SORT = "_sort"
"""What the parameter that sorts a list ends in: `?members_sort=since`."""


def listings(
    connection: apsw.Connection, shapes: Shapes, entity: Entity, id: str, day: str, asked: Mapping[str, Asked]
) -> tuple[Listing, ...]:
    """All lists of a record that have rows. `day` is the date of the release; `asked` says what is wanted of each."""
    labels = Labels(connection, shapes)
    found = []
    for spans in shapes.spans:
        if entity.name in (spans.whole, spans.part):
            forward = entity.name == spans.whole
            wanted = asked.get(spans.forward if forward else spans.backward, _PLAIN)
            found.append(_span_list(labels, spans, id, day, wanted, forward=forward))
    for reverse in shapes.reverses(entity):
        found.append(_reverse_list(labels, entity, reverse, id, asked.get(reverse.name, _PLAIN).page))
    found.extend(_reaching(labels, entity, id))
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
    if observes(source):
        said = _sayers(labels, source, [str(record["id"]) for record in found])
        listed = tuple(Listed((*row.cells, said.get(row.ref.id, Shown(""))), row.ref) for row in listed)
        headings = (*headings, "Reported by")
    return Listing(reverse.name, reverse.doc, headings, listed, total, page, pages)


def _sayers(labels: Labels, entity: Entity, ids: list[str]) -> dict[str, Shown]:
    """The first source of each record, by id."""
    claim = labels.shapes.entity("claim")
    source = next(link for link in claim.links if link.name == "source")
    sql = (
        f'SELECT record, min(source) FROM "{claim.plural}" WHERE record_type = ? AND source IS NOT NULL AND chosen = 1 '
        "AND record IN (SELECT value FROM json_each(?)) GROUP BY record"
    )
    found = {str(record): str(id) for record, id in labels.connection.execute(sql, (entity.name, json.dumps(ids)))}
    labels.ask([(source.target, id) for id in found.values()])
    refs = {record: labels.ref(source.target, id) for record, id in found.items()}
    return {record: Shown(ref.label, ref) for record, ref in refs.items()}


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


def span_sorts(shapes: Shapes, spans: Spans, there: Entity) -> dict[str, tuple[str, str]]:
    """By what a list of spans can be sorted, the default first: what comes last both ways, and the order, in SQL."""
    home, told = seat(shapes, there), shapes.entity(spans.entity)
    found = {there.name: ("", f's."{there.name}_sort"')}
    if home:
        found[home.name] = (f'o."{home.name}" IS NULL, ', f'o."{home.name}"')
    return {
        **found,
        told.column(spans.role).name: ("", f'e."{spans.role}"'),
        spans.since: ("s.undated, ", "s.from_earliest"),
        spans.until: (f'e."{spans.until}" IS NULL, ', "s.to_earliest"),
    }


def _span_list(labels: Labels, spans: Spans, id: str, day: str, asked: Asked, *, forward: bool) -> Listing:
    connection, shapes = labels.connection, labels.shapes
    here, there = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
    told, other = shapes.entity(spans.entity), shapes.entity(there)
    now = "s.undated = 0 AND s.from_earliest <= ? AND s.to_latest >= ?"
    sums = f"count(*), coalesce(sum({now}), 0), coalesce(sum(s.undated), 0)"
    sql = f'SELECT {sums} FROM "{spans.name}" s WHERE s."{here}" = ?'
    total, current, undated = (int(n) for n in next(iter(connection.execute(sql, (day, day, id)))))
    page, pages, offset = _window(total, asked.page)
    sorts = span_sorts(shapes, spans, other)
    descending, sort = asked.sort.startswith("-"), asked.sort.removeprefix("-")
    sort = sort if sort in sorts else there
    last, order = sorts[sort]
    home = seat(shapes, other)
    country = f'o."{home.name}"' if home else "NULL"
    sql = (
        f'SELECT s."{there}" AS other, s."{spans.entity}" AS told, s.undated, s.to_latest, {now} AS now, '
        f'e."{spans.since}" AS since, e."{spans.until}" AS until, e."{spans.role}" AS role, {country} AS country '
        f'FROM "{spans.name}" s JOIN "{told.plural}" e ON e.id = s."{spans.entity}" '
        f'JOIN "{other.plural}" o ON o.id = s."{there}" WHERE s."{here}" = ? '
        f'ORDER BY {last}{order}{" DESC" * descending}, s."{there}_sort", s."{there}", s.spell '
        f"LIMIT {PAGE} OFFSET {offset}"
    )
    found = rows(connection, sql, (day, day, id))
    labels.ask([(there, str(record["other"])) for record in found])
    role = told.column(spans.role)

    def cells(r: Row) -> tuple[Shown, ...]:
        ref = labels.ref(there, str(r["other"]))
        home_ = (shown(labels, home, str(r["country"])) if r["country"] else Shown(""),) if home else ()
        dates = (Shown(str(r["since"] or "")), Shown(str(r["until"] or "")))
        return (Shown(ref.label, ref), *home_, shown(labels, role, str(r["role"])), *dates, Shown(_state(r)))

    listed = tuple(Listed(cells(r), Ref(spans.entity, str(r["told"]), "")) for r in found)
    note = f"{current:,} on {in_words(day)}"
    if undated:
        note += f"; {undated:,} more of whom no source gives the start"
    keys = (*sorts, "")
    headings = (*(name_of(key) for key in sorts), "State")
    name, doc = (spans.forward, spans.forward_doc) if forward else (spans.backward, spans.backward_doc)
    return Listing(name, doc, headings, listed, total, page, pages, note, keys, sort, descending)


def _reaching(labels: Labels, entity: Entity, id: str) -> list[Listing]:
    """For a country: the wholes that have parts with their seat there, and how many."""
    shapes, found = labels.shapes, []
    for spans in shapes.spans:
        part, whole = shapes.entity(spans.part), shapes.entity(spans.whole)
        home = seat(shapes, part)
        if home is None or home.target != entity.name:
            continue
        sql = (
            f'SELECT s."{whole.name}" AS id, count(DISTINCT s."{part.name}") AS parts FROM "{part.plural}" o '
            f'JOIN "{spans.name}" s ON s."{part.name}" = o.id AND s.to_latest = ? WHERE o."{home.name}" = ? '
            f'GROUP BY 1 ORDER BY parts DESC, s."{whole.name}_sort"'
        )
        counted = rows(labels.connection, sql, (LAST_DAY, id))
        labels.ask([(whole.name, str(r["id"])) for r in counted])
        refs = [(labels.ref(whole.name, str(r["id"])), Shown(f"{r['parts']:,}")) for r in counted]
        listed = tuple(Listed((Shown(ref.label, ref), count), ref) for ref, count in refs)
        doc = f"Those with {spans.forward} that have their seat here and have not left, and how many."
        headings = (name_of(whole.name), name_of(spans.forward))
        found.append(Listing(f"{whole.plural}_reaching_here", doc, headings, listed, len(listed), 1, 1))
    return found


def _state(record: Row) -> str:
    if record["now"]:
        return "current"
    if record["undated"]:
        return "undated" if record["to_latest"] == LAST_DAY else "undated, ended"
    return "former"
