"""Known documents, written as an operation asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from graphql import FieldNode, GraphQLObjectType, get_named_type

from datasets.intake.partial_date import PartialDate
from graph_schema.collect import Collector
from graph_schema.known import BadCursor, Json, KnownDocuments, Window, window
from graph_schema.meaning import ConnectionPart, Known, PageFact, PartOf
from graph_schema.refusal import bad_input
from graph_schema.schema import Built
from graph_schema.words import upper

Write = Callable[[Mapping[str, Json]], dict[str, Json]]
"""Writes the fields asked for of one document."""
WritePage = Callable[[Window], Json]


class KnownWriter:
    """Turns selection sets over known documents into functions that write them."""

    def __init__(
        self,
        built: Built,
        collector: Collector,
        enter: Callable[[str, FieldNode], None],
        leave: Callable[[], object],
    ) -> None:
        self._built = built
        self._collector = collector
        self._enter = enter
        self._leave = leave

    def document(self, type_name: str, nodes: Sequence[FieldNode]) -> Write:
        """Writes a document of the named type."""
        writers: list[tuple[str, Callable[[Mapping[str, Json]], Json]]] = []
        kind = self._built.schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)
        for key, below in self._collector.collect(type_name, [node.selection_set for node in nodes]).items():
            name = below[0].name.value
            self._enter(key, below[0])
            if name == "__typename":
                writers.append((key, lambda _: type_name))
            else:
                meaning = self._built.meanings[type_name][name]
                assert isinstance(meaning, Known)
                field_type = get_named_type(kind.fields[name].type)
                if isinstance(field_type, GraphQLObjectType):
                    writers.append((key, _list_of(meaning.key, self.document(field_type.name, below))))
                else:
                    writers.append((key, _value_of(meaning.key, enum=field_type.name == "RecordType")))
            self._leave()
        return lambda document: {key: write(document) for key, write in writers}

    def page(
        self, connection: str, nodes: Sequence[FieldNode], documents: KnownDocuments, key: str
    ) -> Callable[[Mapping[str, object], object], Json]:
        """Writes a page of a known list, given the bound page arguments and `since`."""
        writers: list[tuple[str, WritePage]] = []
        for part_key, below in self._collector.collect(connection, [node.selection_set for node in nodes]).items():
            self._enter(part_key, below[0])
            writers.append((part_key, self._part(connection, below)))
            self._leave()

        def write(bound: Mapping[str, object], since: object) -> Json:
            first, last, after, before = (bound.get(name) for name in ("first", "last", "after", "before"))
            try:
                found = window(
                    documents,
                    key,
                    since=since if isinstance(since, PartialDate) else None,
                    first=first if isinstance(first, int) else None,
                    after=after if isinstance(after, str) else None,
                    last=last if isinstance(last, int) else None,
                    before=before if isinstance(before, str) else None,
                )
            except BadCursor as error:
                raise bad_input(str(error), nodes[0]) from error
            return {part_key: part(found) for part_key, part in writers}

        return write

    def _part(self, connection: str, nodes: Sequence[FieldNode]) -> WritePage:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda _: connection
        meaning = self._built.meanings[connection][name]
        assert isinstance(meaning, ConnectionPart)
        match meaning.part:
            case PartOf.NODES:
                write = self.document(meaning.type, nodes)
                return lambda found: [write(row) for row in found.rows]
            case PartOf.EDGES:
                return self._edges(meaning.type, nodes)
            case PartOf.PAGE_INFO:
                return self._page_info(nodes)
            case PartOf.TOTAL_COUNT:
                return lambda found: found.total
        raise AssertionError(f"{connection}.{name} is no part of a known list")

    def _edges(self, edge: str, nodes: Sequence[FieldNode]) -> WritePage:
        writers: list[tuple[str, Callable[[Window, int], Json]]] = []
        for key, below in self._collector.collect(edge, [node.selection_set for node in nodes]).items():
            name = below[0].name.value
            self._enter(key, below[0])
            if name == "__typename":
                writers.append((key, lambda _found, _at: edge))
            else:
                meaning = self._built.meanings[edge][name]
                assert isinstance(meaning, ConnectionPart)
                if meaning.part is PartOf.CURSOR:
                    writers.append((key, lambda found, at: found.cursor(at)))
                else:
                    writers.append((key, _row_of(self.document(meaning.type, below))))
            self._leave()
        return lambda found: [{key: write(found, at) for key, write in writers} for at in range(len(found.rows))]

    def _page_info(self, nodes: Sequence[FieldNode]) -> WritePage:
        writers: list[tuple[str, WritePage]] = []
        for key, below in self._collector.collect("PageInfo", [node.selection_set for node in nodes]).items():
            name = below[0].name.value
            self._enter(key, below[0])
            if name == "__typename":
                writers.append((key, lambda _: "PageInfo"))
            else:
                meaning = self._built.meanings["PageInfo"][name]
                assert isinstance(meaning, PageFact)
                writers.append((key, _fact_of(meaning)))
            self._leave()
        return lambda found: {key: write(found) for key, write in writers}


def _fact_of(meaning: PageFact) -> WritePage:
    return lambda found: found.fact(meaning.fact)


def _row_of(write: Write) -> Callable[[Window, int], Json]:
    return lambda found, at: write(found.rows[at])


def _value_of(key: str, *, enum: bool) -> Callable[[Mapping[str, Json]], Json]:
    if enum:
        return lambda document: upper(str(document[key]))
    return lambda document: document[key]


def _list_of(key: str, write: Write) -> Callable[[Mapping[str, Json]], Json]:
    def written(document: Mapping[str, Json]) -> Json:
        rows = document[key]
        assert isinstance(rows, Sequence)
        return [write(row) for row in rows if isinstance(row, Mapping)]

    return written
