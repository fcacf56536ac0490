"""The dumps of a release: everything with evidence as N-Quads; the chosen facts alone as N-Triples, Turtle, JSON-LD.

Written record by record over the finished database, so memory stays flat; the same content gives the same bytes. All
are compressed: their addresses repeat so often that a twentieth is left.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Self

import apsw
import orjson

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from linked_data.context import Context
from linked_data.documents import VOCABULARY, Documents
from linked_data.evidence import SourceGraphs
from linked_data.jsonld.compiler import Compiler
from linked_data.jsonld.composing import JsonLd
from linked_data.mapping import CLAIM, REPLACED
from linked_data.saying import Block, text
from linked_data.triples import Writers
from linked_data.turtle import Turtle

QUADS_FILE = ExportFile(
    name="alliances.nq.gz",
    title="All of it as linked data with evidence: N-Quads, one graph per source and one of all claims",
    media_type="application/gzip",
)
TRIPLES_FILE = ExportFile(
    name="alliances.nt.gz",
    title="The chosen facts as linked data: N-Triples",
    media_type="application/gzip",
)
TURTLE_FILE = ExportFile(
    name="alliances.ttl.gz",
    title="The chosen facts as linked data: Turtle",
    media_type="application/gzip",
)
LINES_FILE = ExportFile(
    name="alliances.jsonld.gz",
    title="The chosen facts as linked data: JSON-LD, one record in each line",
    media_type="application/gzip",
)
PACKED = {
    QUADS_FILE.name: "application/n-quads",
    TRIPLES_FILE.name: "application/n-triples",
    TURTLE_FILE.name: "text/turtle",
    LINES_FILE.name: "application/ld+json",
}
"""The media types of the dumps, once unpacked."""
_LEVEL = 6
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No name, no time: the same content gives the same bytes."""
_PIECE = 1 << 18


class Compressed:
    """A gzip file written piece by piece, without name and time in it."""

    def __init__(self, path: Path) -> None:
        self._stream: BinaryIO = path.open("wb")
        self._stream.write(_GZIP_HEADER)
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._checksum = 0
        self._size = 0
        self._pending: list[str] = []
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._flush()
            end = self._checksum.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little")
            self._stream.write(self._compressor.flush() + end)
        self._stream.close()

    def write(self, piece: str) -> None:
        """Add a piece of text."""
        self._pending.append(piece)
        self._length += len(piece)
        if self._length > _PIECE:
            self._flush()

    def _flush(self) -> None:
        data = "".join(self._pending).encode()
        self._pending.clear()
        self._length = 0
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        self._stream.write(self._compressor.compress(data))


def dump(connection: apsw.Connection, writers: Writers, day: str) -> Iterator[tuple[str, str]]:
    """Piece by piece, the chosen facts as N-Triples and the evidence for them as N-Quads."""
    for blocks, evidence in pieces(connection, writers, day):
        yield text(blocks), evidence


def pieces(connection: apsw.Connection, writers: Writers, day: str) -> Iterator[tuple[list[Block], str]]:
    """Piece by piece, the chosen facts and the evidence for them as N-Quads."""
    documents = Documents(connection, writers, day)
    evidence = SourceGraphs(connection, writers)
    yield list(documents.vocabularies()), ""
    for entity in writers.shapes.entities:
        if entity.name == CLAIM:
            continue
        claims = evidence.merge(entity.name)
        for blocks in documents.records.all(entity.name):
            id_ = blocks[0][0][len(writers[entity.name].subject("")) - 1 : -1]
            yield blocks, evidence.quads(entity.name, id_, claims.take(id_))
    yield redirected(connection, writers), ""


def lines(connection: apsw.Connection, writers: Writers, day: str) -> Iterator[str]:
    """Record by record, the chosen facts as JSON-LD: each line is a document with the address of its context."""
    context = Context(writers.names)
    compiler = Compiler(context, day)
    start = f'{{"@context":"{writers.names.base}{context.path}",'
    for scheme in writers.shapes.schemes:
        found = orjson.loads(JsonLd(connection, compiler).document(VOCABULARY, scheme.name) or b"{}")
        kept = {key: value for key, value in found.items() if key not in ("@context", "included")}
        yield f"{start}{orjson.dumps(kept).decode()[1:]}\n"
    for entity in writers.shapes.entities:
        if entity.name != CLAIM:
            for (node,) in connection.execute(compiler.every(entity.name)):
                yield f"{start}{compiler.finished(str(node))[1:]}\n"
    replaced = context.key(REPLACED)
    for subject, said in redirected(connection, writers):
        target = said[0].rpartition("<")[2]
        node = orjson.dumps({"id": subject[1:-1], replaced: target[:-1]}).decode()
        yield f"{start}{node[1:]}\n"


def redirected(connection: apsw.Connection, writers: Writers) -> list[Block]:
    """Where former ids lead."""
    names = writers.names
    predicate = names.expand(REPLACED)
    found = connection.execute(
        "SELECT type, id, target FROM redirects WHERE target IS NOT NULL AND target <> '' ORDER BY type, id"
    )
    return [
        (f"<{names.thing(str(type_), str(id_))}>", [f"<{predicate}> <{names.thing(str(type_), str(target))}>"])
        for type_, id_, target in found
    ]


class Dumps(FromDatabase):
    """All dumps; those of triples and quads are written together."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (QUADS_FILE, TRIPLES_FILE, TURTLE_FILE, LINES_FILE)

    def finish(self, draft: Draft) -> None:
        """Write the dumps."""
        writers = Writers(draft.shapes, draft.imprint.base_iri)
        day = draft.imprint.date
        turtle = Turtle(writers.names.prefixes, writers.names.things)
        with (
            Compressed(self.folder / QUADS_FILE.name) as quads,
            Compressed(self.folder / TRIPLES_FILE.name) as triples,
            Compressed(self.folder / TURTLE_FILE.name) as short,
        ):
            short.write(turtle.head())
            for blocks, evidence in pieces(draft.connection, writers, day):
                facts = text(blocks)
                quads.write(facts)
                quads.write(evidence)
                triples.write(facts)
                short.write(turtle.text(blocks))
        with Compressed(self.folder / LINES_FILE.name) as json_ld:
            for line in lines(draft.connection, writers, day):
                json_ld.write(line)
