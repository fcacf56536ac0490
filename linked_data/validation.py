"""SHACL at publishing: the records of a release are checked against its shapes; what breaks them is not published.

Each record is right or wrong by itself, so they are read in batches and memory stays flat. That takes some thirty
microseconds of processor time for each triple, a third of what it takes to ask each shape for each node. Up to a limit
all records are read; above it a fixed sample: every n-th record of each type by id, the same in every publishing. What
the shapes demand of stored values is checked in SQL on everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

import apsw
from rdflib import Graph, Literal
from rdflib.namespace import RDF, SH

from datasets.release.errors import RejectedError, Violation
from datasets.release.exporter import Draft, ExportFile, FromDatabase
from linked_data.mapping import CLAIM
from linked_data.namespaces import Namespaces
from linked_data.ontology import serialized
from linked_data.records import Records
from linked_data.saying import text
from linked_data.shacl import ShapesGraph
from linked_data.triples import Writers

SHAPES_FILE = ExportFile(
    name="shapes.ttl", title="What linked data of this release keeps to, in SHACL", media_type="text/turtle"
)
LIMIT = 200_000
"""Triples that are read at most, roughly: some six seconds."""
_BATCH = 20_000
"""Triples that are read at once, roughly."""
_PER_RECORD = 20
"""Triples that a record has, roughly."""
RULE = "shacl"


class ShaclShapes(FromDatabase):
    """`shapes.ttl`, and the check that the release keeps to it."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (SHAPES_FILE,)

    def finish(self, draft: Draft) -> None:
        """Write the shapes and check the records. Raises RejectedError with all that breaks them."""
        shapes = ShapesGraph(draft.shapes, draft.imprint.base_iri)
        (self.folder / SHAPES_FILE.name).write_bytes(serialized(shapes.graph, "turtle", {}))
        writers = Writers(draft.shapes, draft.imprint.base_iri)
        found = violations(sample(draft.connection, writers, draft.imprint.date), shapes)
        if found:
            raise RejectedError(found)


def sample(connection: apsw.Connection, writers: Writers, day: str, limit: int = LIMIT) -> Iterator[str]:
    """Records as N-Triples: all of them, or every n-th of each type so that about `limit` triples come out."""
    records = Records(connection, writers, day)
    entities = [entity for entity in writers.shapes.entities if entity.name != CLAIM]
    counts = [connection.execute(f"SELECT count(*) FROM {e.plural}").fetchone() for e in entities]
    total = sum(int(count[0]) for count in counts if count)
    step = -(-total * _PER_RECORD // limit) or 1
    for entity in entities:
        ids = connection.execute(f"SELECT id FROM {entity.plural} ORDER BY id")
        for id_ in [str(row[0]) for place, row in enumerate(ids) if place % step == 0]:
            yield text(records.record(entity.name, id_) or ())


def violations(records: Iterable[str], shapes: ShapesGraph) -> list[Violation]:
    """What in records as N-Triples breaks the shapes, in order."""
    constraints = shapes.aimed
    return sorted((v for batch in _batches(records) for v in _broken(batch, constraints, shapes.names)), key=str)


def _batches(records: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    triples = 0
    for record in records:
        batch.append(record)
        triples += record.count("\n")
        if triples >= _BATCH:
            yield "".join(batch)
            batch.clear()
            triples = 0
    if batch:
        yield "".join(batch)


def _broken(lines: str, constraints: Graph, names: Namespaces) -> Iterator[Violation]:
    import pyshacl

    conforms, report, _ = pyshacl.validate(Graph().parse(data=lines, format="nt"), shacl_graph=constraints)
    if conforms:
        return
    assert isinstance(report, Graph)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = str(report.value(result, SH.focusNode))
        type_, _, id_ = focus.removeprefix(names.things).partition("/")
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        message = report.value(result, SH.resultMessage)
        shown = value.n3() if isinstance(value, Literal) else str(value or "")
        column = names.compact(str(path)) if path else ""
        yield Violation(RULE, type_, id_, column, shown, str(message))
