"""Two wholes side by side: what is known of each, which parts they share, and which only one of them has."""

from __future__ import annotations

from dataclasses import dataclass

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.layout import LAST_DAY, label_field, sort_field
from datasets.shapes.model import Entity, Shapes, Spans
from service import citations, pages, records
from service.meanings import seat, short_name
from service.problems import Problem, not_found
from service.records import Labels, Ref, Shown, name_of
from service.rows import Row, rows
from service.switching import Held


@dataclass(frozen=True, slots=True)
class Known:
    """One thing known of both: its name, and the values of each."""

    name: str
    doc: str
    values: tuple[tuple[Shown, ...], tuple[Shown, ...]]


@dataclass(frozen=True, slots=True)
class Shared:
    """Parts of both, or of one: each with where it is and since when it belongs to the first and the second."""

    title: str
    doc: str
    rows: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records compared."""

    refs: tuple[Ref, Ref]
    known: tuple[Known, ...]
    headings: tuple[str, ...]
    groups: tuple[Shared, ...]


async def compare(request: Request, held: Held) -> Response:
    """The form, and with `a` and `b` the comparison. Raises Problem 404 for an id that is none."""
    shapes = held.release.shapes
    spans = next(iter(shapes.spans), None)
    if spans is None:
        raise not_found("This release has nothing that could be compared.")
    given = request.query_params
    unknown = sorted(set(given) - {"a", "b"})
    if unknown:
        raise Problem(400, f"{unknown[0]!r} is no parameter of a comparison; it has a and b.")
    a, b = given.get("a", ""), given.get("b", "")
    whole = shapes.entity(spans.whole)
    options = await held.reader.read(lambda connection: _options(connection, whole))
    known = {id for id, _ in options}
    for id in (a, b):
        if id and id not in known:
            raise not_found(f"There is no {whole.name} {id!r} in release {held.release.id}.")
    found = await held.reader.read(lambda connection: _compared(connection, shapes, spans, a, b)) if a and b else None
    title = f"{found.refs[0].label} and {found.refs[1].label}" if found else f"Compare two {whole.plural}"
    path = f"/compare?a={a}&b={b}" if found else "/compare"
    return pages.page(
        request,
        held,
        "compare.html",
        title=title,
        whole=whole,
        spans=spans,
        options=options,
        chosen=(a, b),
        found=found,
        path=path,
        cited=citations.citation(held.release, f"Comparison: {title}", path),
    )


def _options(connection: apsw.Connection, whole: Entity) -> list[tuple[str, str]]:
    short, label = short_name(whole), label_field(whole)
    acronym = f'"{short.name}"' if short else "NULL"
    sql = f'SELECT id, "{label}", {acronym} FROM "{whole.plural}" ORDER BY "{sort_field(whole, whole.orders[0])}", id'
    return [(str(id), f"{name} ({text})" if text else str(name)) for id, name, text in connection.execute(sql)]


def _compared(connection: apsw.Connection, shapes: Shapes, spans: Spans, a: str, b: str) -> Comparison:
    whole, part = shapes.entity(spans.whole), shapes.entity(spans.part)
    read = (records.read(connection, shapes, whole, a), records.read(connection, shapes, whole, b))
    first, second = read
    assert first is not None
    assert second is not None  # both ids were found in the same, unchanging release
    facts = [{fact.name: fact for fact in page.facts} for page in (first, second)]
    known = []
    for column in whole.columns:
        both = tuple(
            tuple(said.parts[0] for said in side[column.name].chosen) if column.name in side else () for side in facts
        )
        if any(both):
            known.append(Known(column.name, column.doc, (both[0], both[1])))
    labels = Labels(connection, shapes)
    found = _parts(connection, shapes, spans, a, b)
    labels.ask([(part.name, str(r["id"])) for r in found])
    home = seat(shapes, part)
    lists: tuple[list[tuple[Shown, ...]], ...] = ([], [], [])
    for r in found:
        ref = labels.ref(part.name, str(r["id"]))
        country = (records.shown(labels, home, str(r["country"])) if r["country"] else Shown(""),) if home else ()
        since = (Shown(str(r["since_a"] or "")), Shown(str(r["since_b"] or "")))
        in_both = r["in_a"] and r["in_b"]
        lists[0 if in_both else 1 if r["in_a"] else 2].append((Shown(ref.label, ref), *country, *since))
    headings = (
        name_of(part.name),
        *((name_of(home.name),) if home else ()),
        "In the first since",
        "In the second since",
    )
    groups = (
        Shared("In both", f"{name_of(spans.forward)} of both that have left neither.", tuple(lists[0])),
        Shared(f"Only in {first.ref.label}", "Of the first alone.", tuple(lists[1])),
        Shared(f"Only in {second.ref.label}", "Of the second alone.", tuple(lists[2])),
    )
    return Comparison((first.ref, second.ref), tuple(known), headings, groups)


def _parts(connection: apsw.Connection, shapes: Shapes, spans: Spans, a: str, b: str) -> list[Row]:
    """The parts of either, by name: whether in each, and since when, as written."""
    part, told = shapes.entity(spans.part), shapes.entity(spans.entity)
    home = seat(shapes, part)
    country = f'o."{home.name}"' if home else "NULL"
    sql = (
        f'SELECT o.id, {country} AS country, max(s."{spans.whole}" = ?1) AS in_a, max(s."{spans.whole}" = ?2) AS in_b, '
        f'max(CASE WHEN s."{spans.whole}" = ?1 THEN e."{spans.since}" END) AS since_a, '
        f'max(CASE WHEN s."{spans.whole}" = ?2 THEN e."{spans.since}" END) AS since_b '
        f'FROM "{spans.name}" s JOIN "{part.plural}" o ON o.id = s."{spans.part}" '
        f'JOIN "{told.plural}" e ON e.id = s."{spans.entity}" '
        f"WHERE s.\"{spans.whole}\" IN (?1, ?2) AND s.to_latest = '{LAST_DAY}' "
        f'GROUP BY o.id ORDER BY s."{spans.part}_sort", o.id'
    )
    return rows(connection, sql, (a, b))
