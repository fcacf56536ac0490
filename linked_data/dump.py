"""The dumps of a release: everything with evidence as N-Quads, the chosen facts alone as N-Triples.

Written in one pass over the finished database, record by record, so memory stays flat; the same content gives the
same bytes. Both are compressed: their addresses repeat so often that a twentieth is left.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Self

import apsw

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from linked_data.documents import Documents
from linked_data.evidence import SourceGraphs
from linked_data.mapping import CLAIM, REPLACED
from linked_data.saying import text
from linked_data.triples import Writers

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
    documents = Documents(connection, writers, day)
    evidence = SourceGraphs(connection, writers)
    yield text(documents.vocabularies()), ""
    for entity in writers.shapes.entities:
        if entity.name == CLAIM:
            continue
        claims = evidence.merge(entity.name)
        for blocks in documents.records.all(entity.name):
            id_ = blocks[0][0][len(writers[entity.name].subject("")) - 1 : -1]
            yield text(blocks), evidence.quads(entity.name, id_, claims.take(id_))
    yield _replaced(connection, writers), ""


def _replaced(connection: apsw.Connection, writers: Writers) -> str:
    """Where former ids lead."""
    names = writers.names
    predicate = names.expand(REPLACED)
    found = connection.execute(
        "SELECT type, id, target FROM redirects WHERE target IS NOT NULL AND target <> '' ORDER BY type, id"
    )
    return "".join(
        f"<{names.thing(str(type_), str(id_))}> <{predicate}> <{names.thing(str(type_), str(target))}> .\n"
        for type_, id_, target in found
    )


class Dumps(FromDatabase):
    """Both dumps, written together."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (QUADS_FILE, TRIPLES_FILE)

    def finish(self, draft: Draft) -> None:
        """Write the dumps."""
        writers = Writers(draft.shapes, draft.imprint.base_iri)
        with Compressed(self.folder / QUADS_FILE.name) as quads, Compressed(self.folder / TRIPLES_FILE.name) as triples:
            for facts, evidence in dump(draft.connection, writers, draft.imprint.date):
                quads.write(facts)
                quads.write(evidence)
                triples.write(facts)
