"""A release as linked data: what a service or an exporter asks for documents about its records."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import apsw

from datasets.release.open import Release
from datasets.shapes.model import Entity, Shapes
from linked_data.context import Context
from linked_data.documents import VOCABULARY, Documents
from linked_data.evidence import SourceGraphs
from linked_data.formats import JSON_LD, TURTLE, Format, serialized
from linked_data.jsonld.compiler import Compiler
from linked_data.jsonld.composing import JsonLd
from linked_data.laid_out import PIECES_FILE, LaidOut
from linked_data.mapping import CLAIM
from linked_data.saying import Block, text
from linked_data.schema_org import SchemaOrg
from linked_data.triples import Writers
from linked_data.turtle import Turtle


@dataclass(frozen=True, slots=True)
class Moved:
    """A former id: the record stands under another one now."""

    id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The record was withdrawn."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such record and never was."""


@dataclass(frozen=True, slots=True)
class Part:
    """The address is that of a helper node: its description stands in the document about the record `id`."""

    id: str


Place = Moved | Gone | Missing | Part | None
"""Where a record stands that is asked for; None: right there."""


@dataclass(slots=True)
class _Bound:
    """What works on one connection."""

    connection: apsw.Connection
    documents: Documents
    evidence: SourceGraphs
    json_ld: JsonLd
    laid_out: LaidOut | None
    schema_org: SchemaOrg


class LinkedData:
    """Documents of one release. Statements and writers are made once; connections are the caller's, one per thread."""

    def __init__(self, shapes: Shapes, base: str, day: str, pieces: Path | None = None) -> None:
        """`base` is the base IRI baked into the release, `day` its date, `pieces` the file of documents laid out."""
        self.shapes = shapes
        self.writers = Writers(shapes, base)
        self.names = self.writers.names
        self._day = day
        self._pieces = pieces
        self._turtle = Turtle(self.names.prefixes, self.names.things)
        self._local = threading.local()

    @classmethod
    def of(cls, release: Release) -> LinkedData:
        """The linked data of a release."""
        pieces = release.path / PIECES_FILE.name
        return cls(release.shapes, release.base_iri, release.date, pieces if pieces.is_file() else None)

    @cached_property
    def context(self) -> Context:
        """The JSON-LD context of its documents."""
        return Context(self.names)

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(self.context, self._day)

    def bound(self, connection: apsw.Connection) -> _Bound:
        """What works on a connection, kept for the thread that uses it."""
        known: _Bound | None = getattr(self._local, "bound", None)
        if known is None or known.connection is not connection:
            documents = Documents(connection, self.writers, self._day)
            graphs = SourceGraphs(connection, self.writers)
            json_ld = JsonLd(connection, self._compiler)
            laid_out = LaidOut(connection, self._pieces, self.context) if self._pieces else None
            known = _Bound(connection, documents, graphs, json_ld, laid_out, SchemaOrg(documents))
            self._local.bound = known
        return known

    def types(self) -> tuple[str, ...]:
        """The types that have documents."""
        return tuple(entity.name for entity in self.shapes.entities)

    def place(self, connection: apsw.Connection, type_: str, id_: str) -> Place:
        """Where a record stands: right there (None), under another id, as a part of another, or nowhere."""
        entity = self._entity(type_)
        if entity is None:
            return Missing()
        if self._exists(connection, entity, id_):
            return None
        former = connection.execute("SELECT target FROM redirects WHERE type = ? AND id = ?", (type_, id_)).fetchone()
        if former is not None:
            return Moved(str(former[0])) if former[0] else Gone()
        for owner in self._owners(entity, id_):
            if self._exists(connection, entity, owner):
                return Part(owner)
        return Missing()

    def is_vocabulary(self, type_: str, id_: str) -> bool:
        """Whether an address is that of a vocabulary: the type of concepts, and the name alone."""
        return type_ == VOCABULARY and any(scheme.name == id_ for scheme in self.shapes.schemes)

    def document(self, connection: apsw.Connection, type_: str, id_: str, format_: Format) -> bytes | None:
        """The document about a record in a format; None when no record stands right there."""
        if self._entity(type_) is None:
            return None
        known = self.bound(connection)
        if known.laid_out and format_ in (JSON_LD, TURTLE):
            ask = known.laid_out.json_ld if format_ is JSON_LD else known.laid_out.turtle
            found = ask(type_, id_)
            if found is not None:
                return found
        if format_ is JSON_LD:
            return known.json_ld.document(type_, id_)
        blocks = known.documents.blocks(type_, id_)
        if blocks is None:
            return None
        if format_ is TURTLE:
            return self._turtle.document(blocks).encode()
        lines = text(blocks)
        if format_.graphs:
            lines += self._evidence(known, blocks)
        return serialized(lines, format_, self.names.prefixes)

    def schema_org(self, connection: apsw.Connection, type_: str, id_: str) -> str | None:
        """What search engines read in the page of a record, to be put into HTML as it is; None without a record."""
        return self.bound(connection).schema_org.block(type_, id_) if self._entity(type_) else None

    def _evidence(self, known: _Bound, blocks: Iterable[Block]) -> str:
        """The evidence for all records that a document tells in full."""
        start = f"<{self.names.things}"
        found = []
        identifier = f"<{self.names.expand('dct:identifier')}> "
        for subject, said in blocks:
            if any(line.startswith(identifier) for line in said):
                type_, _, id_ = subject[len(start) : -1].partition("/")
                if type_ != CLAIM:
                    found.append(known.evidence.of(type_, id_))
        return "".join(found)

    def _entity(self, type_: str) -> Entity | None:
        return self.writers.plans[type_].entity if type_ in self.writers.plans else None

    def _exists(self, connection: apsw.Connection, entity: Entity, id_: str) -> bool:
        if self.is_vocabulary(entity.name, id_):
            return True
        return connection.execute(f"SELECT 1 FROM {entity.plural} WHERE id = ?", (id_,)).fetchone() is not None

    def _owners(self, entity: Entity, id_: str) -> Iterable[str]:
        """Ids of which the address could be a helper node."""
        plan = self.writers.plans[entity.name]
        for node in plan.nodes:
            if id_.endswith(f"-{node.name}"):
                yield id_.removesuffix(f"-{node.name}")
        for values in plan.values:
            owner, found, _ = id_.partition(f"-{values.values.singular}-")
            if found and values.text is None:
                yield owner
