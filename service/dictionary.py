"""The data dictionary: every entity, column, vocabulary and list of spans of a release, read off its shapes."""

from __future__ import annotations

from dataclasses import dataclass

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.layout import label_field
from datasets.shapes.model import Column, Entity, Kind, Link, Shapes, Values
from service import pages
from service.records import Ref, concept_entity
from service.switching import Held

KINDS = {
    Kind.NAME: "name",
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "decimal number",
    Kind.DATE: "date (EDTF), as precise as its source",
    Kind.URL: "address",
    Kind.LANGUAGE: "language tag (BCP 47)",
    Kind.FLAG: "yes, or nothing said",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A column in words. `leads` is the section that its values come from: an entity or a vocabulary."""

    name: str
    type: str
    leads: str
    doc: str
    required: bool
    example: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The concepts of a scheme with their meanings."""

    name: str
    doc: str
    concepts: tuple[tuple[Ref, str], ...]


async def dictionary(request: Request, held: Held) -> Response:
    """The dictionary as a page."""
    shapes = held.release.shapes
    found = await held.reader.read(lambda connection: vocabularies(connection, shapes))
    return pages.page(
        request,
        held,
        "dictionary.html",
        entities=[(e, [described(shapes, c) for c in e.columns]) for e in shapes.entities],
        values=[(v, _subject(shapes, v), [described(shapes, c) for c in v.columns]) for v in shapes.values],
        spans=shapes.spans,
        vocabularies=found,
    )


def described(shapes: Shapes, column: Column) -> Described:
    """A column as the dictionary shows it."""
    kind, leads = KINDS.get(column.kind, column.kind.value), ""
    if isinstance(column, Link):
        targets = [e.name for e in shapes.targets(column.target)]
        kind, leads = " or ".join(targets), targets[0] if len(targets) == 1 else ""
    elif column.kind is Kind.CODE:
        kind, leads = f"one of {column.scheme.replace('_', ' ')}", f"scheme-{column.scheme}"
    if column.many:
        kind += ", several"
    return Described(column.name, kind, leads, column.doc, column.required, column.example)


def _subject(shapes: Shapes, values: Values) -> list[Entity]:
    return list(shapes.targets(values.subject))


def vocabularies(connection: apsw.Connection, shapes: Shapes) -> list[Vocabulary]:
    """All vocabularies with their concepts."""
    entity = concept_entity(shapes)
    if entity is None:
        return []
    meaning = next((c.name for c in entity.columns if "skos:definition" in c.terms), "")
    member = next(c.name for c in entity.columns if "skos:inScheme" in c.terms)
    sql = (
        f'SELECT id, "{label_field(entity)}", {f"{chr(34)}{meaning}{chr(34)}" if meaning else "NULL"}, "{member}" '
        f'FROM "{entity.plural}" ORDER BY "{label_field(entity)}_sort", id'
    )
    by_scheme: dict[str, list[tuple[Ref, str]]] = {}
    for id, label, text, scheme in connection.execute(sql):
        by_scheme.setdefault(str(scheme), []).append((Ref(entity.name, str(id), str(label)), str(text or "")))
    return [Vocabulary(s.name, s.doc, tuple(by_scheme.get(s.name, ()))) for s in shapes.schemes]
