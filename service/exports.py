"""The lists of a record's page as files: all rows, with ids, and with what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.layout import label_field, link_key, set_table_name, sort_field
from datasets.shapes.model import Entity, Kind, Reverse, Shapes, Spans
from service import citations
from service.meanings import point, seat
from service.problems import not_found
from service.questions import Answer, as_csv, as_json
from service.record import entity_of
from service.rows import row
from service.switching import Held
from service.workbook import MEDIA_TYPE, workbook

GEOJSON = "application/geo+json"


async def listed(request: Request, held: Held) -> Response:
    """`/list/{type}/{id}/{list}.csv` and the like: a list of a record, whole."""
    shapes, parameters = held.release.shapes, request.path_params
    entity, id = entity_of(shapes, parameters["type"]), parameters["id"]
    name, _, suffix = parameters["file"].rpartition(".")
    answers = sources(shapes, entity)
    if name not in answers:
        raise not_found(f"A record of {entity.name} has no list {name!r}; it has {', '.join(answers)}.")
    suffixes = ("csv", "json", "xlsx", *(("geojson",) if mappable(shapes, entity, name) else ()))
    if suffix not in suffixes:
        raise not_found(f"The list is given as {', '.join(suffixes)}, not as {suffix!r}.")

    def read(connection: apsw.Connection) -> tuple[str, Answer] | None:
        label = row(connection, f'SELECT "{label_field(entity)}" AS label FROM "{entity.plural}" WHERE id = ?', (id,))
        sql = answers[name]
        return (str(label["label"]), _answer(connection, sql, id)) if label else None

    found = await held.reader.read(read)
    if found is None:
        raise not_found(f"There is no {entity.name} {id!r} in release {held.release.id}.")
    label, answer = found
    path = f"/list/{entity.name}/{id}/{parameters['file']}"
    cited = citations.citation(held.release, f"{label}: {name.replace('_', ' ')}", path)
    about = {
        "title": cited.title,
        "rows": str(len(answer.rows)),
        "release": held.release.id,
        "licence": held.release.licence,
        "permalink": cited.permalink,
        "cite": cited.text,
        "meaning of columns": f"{held.release.base_iri}/dictionary",
        "empty cells": "No source says it; never no, none or zero.",
    }
    return _given(answer, about, suffix, f"{id}-{name}.{suffix}", held.release.id[:10], shapes, entity, name)


def _given(  # noqa: PLR0917 (what a file is made of)
    answer: Answer, about: Mapping[str, str], suffix: str, name: str, day: str, shapes: Shapes, entity: Entity, of: str
) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if suffix == "csv":
        return Response(as_csv(answer, about), headers=headers, media_type="text/csv")
    if suffix == "json":
        return Response(as_json(answer, about), headers=headers, media_type="application/json")
    if suffix == "xlsx":
        return Response(workbook(answer.columns, answer.rows, about, day), headers=headers, media_type=MEDIA_TYPE)
    there = _there(shapes, entity, of)
    assert there is not None  # geojson is offered only of what has a place
    return Response(as_geojson(answer, about, point(there) or ("", "")), headers=headers, media_type=GEOJSON)


def as_geojson(answer: Answer, about: Mapping[str, str], place: tuple[str, str]) -> bytes:
    """All rows as features; those without coordinates have none, as GeoJSON allows, and stay in the file."""
    features = []
    for values in answer.rows:
        properties = dict(zip(answer.columns, values, strict=True))
        latitude, longitude = (properties.pop(name) for name in place)
        known = latitude is not None and longitude is not None
        geometry = {"type": "Point", "coordinates": [float(str(longitude)), float(str(latitude))]} if known else None
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    content = {"type": "FeatureCollection", "about": dict(about), "features": features}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _answer(connection: apsw.Connection, sql: str, id: str) -> Answer:
    cursor = connection.execute(sql, {"id": id})
    try:
        columns = tuple(description[0] for description in cursor.get_description())
    except apsw.ExecutionCompleteError:  # no row: apsw knows the fields only while there is one
        return Answer((), ())
    return Answer(columns, tuple(tuple(values) for values in cursor))


def _there(shapes: Shapes, entity: Entity, name: str) -> Entity | None:
    """What a list of spans holds; None for any other list."""
    for spans in shapes.spans:
        if entity.name == spans.whole and name == spans.forward:
            return shapes.entity(spans.part)
        if entity.name == spans.part and name == spans.backward:
            return shapes.entity(spans.whole)
    return None


def mappable(shapes: Shapes, entity: Entity, name: str) -> bool:
    """Whether a list is one of things with coordinates."""
    there = _there(shapes, entity, name)
    return there is not None and point(there) is not None


def sources(shapes: Shapes, entity: Entity) -> dict[str, str]:
    """The statement of each list that a record of the entity can have; its parameter is `:id`."""
    found = {}
    for spans in shapes.spans:
        if entity.name == spans.whole:
            found[spans.forward] = _of_spans(shapes, spans, entity, shapes.entity(spans.part))
        if entity.name == spans.part:
            found[spans.backward] = _of_spans(shapes, spans, entity, shapes.entity(spans.whole))
    for reverse in shapes.reverses(entity):
        found[reverse.name] = _of_reverse(shapes, entity, reverse)
    return found


def _of_spans(shapes: Shapes, spans: Spans, here: Entity, there: Entity) -> str:
    told, home, place = shapes.entity(spans.entity), seat(shapes, there), point(there)
    fields = [f's."{there.name}"', f'o."{label_field(there)}"']
    if home:
        country = shapes.entity(home.target)
        fields += [f'o."{home.name}"', f'c."{label_field(country)}" AS "{home.name}_{label_field(country)}"']
    fields += [f'e."{name}"' for name in (spans.role, spans.since, spans.until, spans.ended)]
    fields += ["s.undated", *(f'o."{name}"' for name in place or ()), f's."{spans.entity}"']
    join = f'LEFT JOIN "{shapes.entity(home.target).plural}" c ON c.id = o."{home.name}" ' if home else ""
    return (
        f'SELECT {", ".join(fields)} FROM "{spans.name}" s JOIN "{there.plural}" o ON o.id = s."{there.name}" '
        f'JOIN "{told.plural}" e ON e.id = s."{spans.entity}" {join}WHERE s."{here.name}" = :id '
        f'ORDER BY s."{there.name}_sort", s."{there.name}", s.spell'
    )


def _of_reverse(shapes: Shapes, entity: Entity, reverse: Reverse) -> str:
    source, link = reverse.entity, reverse.link
    fields = ["e.id"] + (["e.label"] if source.templated else [])
    for column in source.columns:
        if not column.many:
            fields.append(f'e."{column.name}"')
            if column.kind is Kind.LINK and shapes.is_family(getattr(column, "target", "")):
                fields.append(f'e."{column.name}_type"')
    order = f'e."{sort_field(source, source.orders[0])}", e.id'
    if link.many:
        origin = f'"{set_table_name(source, link)}" s JOIN "{source.plural}" e ON e.id = s."{source.name}"'
        return f"SELECT {', '.join(fields)} FROM {origin} WHERE s.value = :id ORDER BY {order}"
    key = link_key(shapes, link)
    where = f'e."{key[-1]}" = :id' + (f" AND e.\"{key[0]}\" = '{entity.name}'" if len(key) == 2 else "")
    return f'SELECT {", ".join(fields)} FROM "{source.plural}" e WHERE {where} ORDER BY {order}'
