"""Known documents, written as an operation asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from graphql import FieldNode, GraphQLObjectType, get_named_type

from datasets.intake.partial_date import PartialDate
from datasets.query.selection import Json as JsonPart
from datasets.query.selection import Part, Slot
from datasets.release.errors import DamagedError
from graph_schema.arguments import NOTHING, Variables
from graph_schema.compilation import Asked, Compilation
from graph_schema.enums import RECORD_TYPE
from graph_schema.known import BadCursorError, Json, Window, window
from graph_schema.listing import page
from graph_schema.meaning import ConnectionPart, Known, KnownPage, PageFact, PartOf
from graph_schema.refusal import Refusal, bad_input
from graph_schema.words import upper

Write = Callable[[Mapping[str, Json]], Json]
"""Writes one value of a document."""
WritePage = Callable[[Window], Json]
"""Writes one part of a page."""


def known_document(c: Compilation, asked: Asked, found: Known) -> Part:
    """The document of the release."""
    text = _text(_document(c, c.result_type(asked), asked.nodes)(c.question.known.release))
    return JsonPart(asked.key, c.slot(lambda _: text))


def known_page(c: Compilation, asked: Asked, found: KnownPage) -> Part:
    """A page of a known list."""
    arguments = c.arguments(asked)
    # What is a cursor here, the window itself finds out.
    wanted = page(c, asked.node, arguments, cursor=lambda _: True)
    since = arguments.get("since", NOTHING)
    parts = [(part.key, _part(c, part)) for part in c.each(c.result_type(asked), asked.nodes)]
    documents, reads = c.question.known, c.reads

    def bound(slot: Slot | None, values: Variables) -> object:
        return reads[slot.name](values) if slot is not None else None

    def written(values: Variables) -> object:
        first, last = bound(wanted.first, values), bound(wanted.last, values)
        after, before, start = bound(wanted.after, values), bound(wanted.before, values), since.read(values)
        try:
            rows = window(
                documents,
                found.key,
                since=start if isinstance(start, PartialDate) else None,
                first=first if isinstance(first, int) else None,
                after=after if isinstance(after, str) else None,
                last=last if isinstance(last, int) else None,
                before=before if isinstance(before, str) else None,
            )
        except BadCursorError as error:
            raise bad_input(str(error), asked.node) from error
        except DamagedError as error:
            raise Refusal("RELEASE_REMOVED", "A release of that time is no longer kept.", status=503) from error
        return _text({key: write(rows) for key, write in parts})

    return JsonPart(asked.key, c.slot(written))


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document(c: Compilation, type_name: str, nodes: Sequence[FieldNode]) -> Write:
    writers = [(asked.key, _value(c, asked)) for asked in c.each(type_name, nodes)]
    return lambda document: {key: write(document) for key, write in writers}


def _value(c: Compilation, asked: Asked) -> Write:
    if asked.name == "__typename":
        return lambda _: asked.type_name
    found = c.meaning(asked)
    assert isinstance(found, Known)
    kind = get_named_type(c.type(asked.type_name).fields[asked.name].type)
    if isinstance(kind, GraphQLObjectType):
        return _list_of(found.key, _document(c, kind.name, asked.nodes))
    if kind.name == RECORD_TYPE:
        return lambda document: None if document[found.key] is None else upper(str(document[found.key]))
    return lambda document: document[found.key]


def _list_of(key: str, write: Write) -> Write:
    def written(document: Mapping[str, Json]) -> Json:
        rows = document[key]
        assert isinstance(rows, Sequence)
        return [write(row) for row in rows if isinstance(row, Mapping)]

    return written


def _part(c: Compilation, asked: Asked) -> WritePage:
    if asked.name == "__typename":
        return lambda _: asked.type_name
    found = c.meaning(asked)
    assert isinstance(found, ConnectionPart)
    match found.part:
        case PartOf.NODES:
            write = _document(c, found.type, asked.nodes)
            return lambda rows: [write(row) for row in rows.rows]
        case PartOf.EDGES:
            edges = [(field.key, _edge(c, field)) for field in c.each(found.type, asked.nodes)]
            return lambda rows: [{key: write(rows, at) for key, write in edges} for at in range(len(rows.rows))]
        case PartOf.PAGE_INFO:
            facts = [(field.key, _fact(c, field)) for field in c.each(found.type, asked.nodes)]
            return lambda rows: {key: write(rows) for key, write in facts}
        case PartOf.TOTAL_COUNT:
            return lambda rows: rows.total
    raise AssertionError(f"{asked.type_name}.{asked.name} is no part of a known list")


def _edge(c: Compilation, asked: Asked) -> Callable[[Window, int], Json]:
    if asked.name == "__typename":
        return lambda _rows, _at: asked.type_name
    found = c.meaning(asked)
    assert isinstance(found, ConnectionPart)
    if found.part is PartOf.CURSOR:
        return lambda rows, at: rows.cursor(at)
    write = _document(c, found.type, asked.nodes)
    return lambda rows, at: write(rows.rows[at])


def _fact(c: Compilation, asked: Asked) -> WritePage:
    if asked.name == "__typename":
        return lambda _: asked.type_name
    found = c.meaning(asked)
    assert isinstance(found, PageFact)
    return lambda rows: rows.fact(found.fact)
