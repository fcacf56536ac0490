"""Sheets that gather records of several entities: everything that happened by date, and countries against alliances."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from datasets.browse.sheet import KEY, Heading, Sheet, country_of, happenings, label, quoted, told, words, year
from datasets.release.layout import LAST_DAY, label_field
from datasets.shapes.model import Entity, Link, Shapes, Spans

TIMELINE = "timeline"
WIDEST = 25
"""Alliances that have a column in the wide table: more cannot be read. The long form has all of them."""


def overview_sheets(connection: apsw.Connection, shapes: Shapes) -> tuple[Sheet, ...]:
    """The overviews of a release; the wide one depends on what it holds."""
    found = [_timeline(shapes)]
    for spans in shapes.spans:
        part = shapes.entity(spans.part)
        if seat := country_of(shapes, part):
            found += [_pairs(shapes, spans, seat), _matrix(connection, shapes, spans, seat)]
    return tuple(found)


def _timeline(shapes: Shapes) -> Sheet:
    parts = [_dates(shapes, entity, column) for entity in told(shapes) for column in happenings(entity)]
    headings = (
        Heading("date", "When, as precise as the source says it (EDTF).", "e.date"),
        Heading("year", "The year; empty where the date can lie in more than one.", "e.year", "INTEGER"),
        Heading("what", "What happened.", "e.what"),
        Heading("name", "To what or whom.", "e.name", leads=("type", "record_id")),
        Heading("alliance", "The alliance that it belongs to.", "e.alliance", leads=("'alliance'", "alliance_id")),
        Heading("earliest", "First day that the date can mean.", "e.earliest"),
        Heading("latest", "Last day that the date can mean.", "e.latest"),
        Heading("type", "What sort of record the date is read off.", "e.type"),
        Heading("record_id", "Id of that record.", "e.record_id", quiet=True),
        Heading("alliance_id", "Id of alliance.", "e.alliance_id", quiet=True),
        Heading(KEY, "Id of the row: type, record and column.", "e.id"),
    )
    return Sheet(
        name=TIMELINE,
        title="Timeline",
        doc="Everything that a source dates: foundings, memberships, agreements, events. One row for each date, "
        "as precise as its source; records without a date are not here.",
        headings=headings,
        source=f"({' UNION ALL '.join(parts)}) e",
        order="e.earliest, e.id",
        facets=("what", "year"),
        sort_desc="earliest",
    )


def _dates(shapes: Shapes, entity: Entity, column: str) -> str:
    frame = next((k for k in entity.links if k.target == "alliance" and not k.many), None)
    if entity.name == "alliance":
        frame_label, frame_id, join = label(entity, "r"), "r.id", ""
    elif frame:
        frame_label, frame_id = "a.name", f"r.{quoted(frame.name)}"
        join = f" LEFT JOIN alliances a ON a.id = r.{quoted(frame.name)}"
    else:
        frame_label, frame_id, join = "NULL", "NULL", ""
    earliest, latest = f"r.{quoted(f'{column}_earliest')}", f"r.{quoted(f'{column}_latest')}"
    return (
        f"SELECT r.{quoted(column)} AS date, {year(earliest, latest)} "
        f"AS year, '{words(f'{entity.name}_{column}')}' AS what, "
        f"{label(entity, 'r')} AS name, {frame_label} AS alliance, {earliest} AS earliest, {latest} AS latest, "
        f"'{entity.name}' AS type, r.id AS record_id, {frame_id} AS alliance_id, "
        f"'{entity.name}.' || r.id || '.{column}' AS id "
        f"FROM {quoted(entity.plural)} r{join} WHERE r.{quoted(column)} IS NOT NULL"
    )


def _counted(shapes: Shapes, spans: Spans, seat: Link) -> str:
    """In SQL, members of each whole in each country, now and ever."""
    whole, part = shapes.entity(spans.whole), shapes.entity(spans.part)
    member = f"s.{quoted(part.name)}"
    return (
        f"SELECT o.{quoted(seat.name)} AS country_id, s.{quoted(whole.name)} AS whole_id, "
        f"count(DISTINCT CASE WHEN s.to_latest = '{LAST_DAY}' THEN {member} END) AS now, "
        f"count(DISTINCT {member}) AS ever FROM {quoted(spans.name)} s JOIN {quoted(part.plural)} o ON o.id = {member} "
        f"WHERE o.{quoted(seat.name)} IS NOT NULL GROUP BY 1, 2"
    )


def _pairs(shapes: Shapes, spans: Spans, seat: Link) -> Sheet:
    whole, country = shapes.entity(spans.whole), shapes.entity(seat.target)
    headings = (
        Heading("country", country.doc, label(country, "k"), leads=(f"'{country.name}'", "country_id")),
        Heading(whole.name, whole.doc, label(whole, "w"), leads=(f"'{whole.name}'", f"{whole.name}_id")),
        Heading(f"{spans.forward}_now", f"{words(spans.forward)} recorded here that are so now.", "e.now", "INTEGER"),
        Heading(f"{spans.forward}_ever", f"{words(spans.forward)} recorded now or formerly.", "e.ever", "INTEGER"),
        Heading("country_id", "ISO 3166-1 code of the country.", "e.country_id", quiet=True),
        Heading(f"{whole.name}_id", f"Id of {whole.name}.", "e.whole_id", quiet=True),
        Heading(KEY, "Id of the row: country and alliance.", "e.country_id || '.' || e.whole_id"),
    )
    return Sheet(
        name=f"{country.plural}_and_{whole.plural}",
        title=f"{words(country.plural)} and {whole.plural}",
        doc=f"How many {spans.forward} each {whole.name} has in each {country.name}, of those recorded here; "
        "a pair without any has no row.",
        headings=headings,
        source=f"({_counted(shapes, spans, seat)}) e JOIN {quoted(country.plural)} k ON k.id = e.country_id "
        f"JOIN {quoted(whole.plural)} w ON w.id = e.whole_id",
        order=f"k.{quoted(f'{label_field(country)}_sort')}, w.{quoted(f'{label_field(whole)}_sort')}, e.whole_id",
        facets=(whole.name, "country"),
    )


def _matrix(connection: apsw.Connection, shapes: Shapes, spans: Spans, seat: Link) -> Sheet:
    whole, country = shapes.entity(spans.whole), shapes.entity(seat.target)
    counted = _counted(shapes, spans, seat)
    all_wholes = list(
        connection.execute(
            f"SELECT e.whole_id, {label(whole, 'w')} FROM ({counted}) e JOIN {quoted(whole.plural)} w "
            "ON w.id = e.whole_id WHERE e.now > 0 GROUP BY 1 ORDER BY sum(e.now) DESC, count(*) DESC, 1"
        )
    )
    chosen = all_wholes[:WIDEST]
    total = f"{spans.forward}_in_all"
    headings = [
        Heading("country", country.doc, label(country, "k"), leads=(f"'{country.name}'", KEY)),
        Heading(
            total,
            f"{words(spans.forward)} of all {len(all_wholes)} {whole.plural}, those without a column too; who belongs "
            "to several counts in each.",
            "sum(e.now)",
            "INTEGER",
            title=f"In all {len(all_wholes)} {whole.plural}",
        ),
        *_columns(chosen, spans),
        Heading(KEY, "ISO 3166-1 code of the country.", "e.country_id"),
    ]
    said = f"the {len(chosen)} with the most {spans.forward} of {len(all_wholes)}"
    complete = len(chosen) == len(all_wholes)
    return Sheet(
        name=f"{country.plural}_by_{whole.plural}",
        title=f"{words(country.plural)} by {whole.plural}, wide",
        doc=f"{words(spans.forward)} recorded now, one row for each {country.name} and one column for each "
        f"{whole.name}: {'all of them' if complete else said}. "
        + ("" if complete else f"The others stand in “{words(country.plural)} and {whole.plural}”, which is complete. ")
        + "An empty cell means that none is recorded, not that there is none.",
        headings=tuple(headings),
        source=f"({counted}) e JOIN {quoted(country.plural)} k ON k.id = e.country_id WHERE e.now > 0 GROUP BY k.id",
        order=f"k.{quoted(f'{label_field(country)}_sort')}, k.id",
        sort_desc=total,
    )


def _columns(chosen: list[tuple[str, str]], spans: Spans) -> Iterator[Heading]:
    for id, name in chosen:
        quoted_id = id.replace("'", "''")
        sql = f"max(CASE e.whole_id WHEN '{quoted_id}' THEN e.now END)"
        yield Heading(id.replace("-", "_"), f"{words(spans.forward)} of {name}.", sql, "INTEGER", title=name)
