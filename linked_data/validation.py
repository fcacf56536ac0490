"""Publishing's last look: the records as RDF against the SHACL shapes, by an implementation that is not ours.

pyshacl takes about a fifth of a millisecond per triple, so above a limit a fixed sample is read: every n-th record of
each type by id, the same in every publishing. What the shapes demand of stored values is checked in SQL on everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import apsw
from rdflib import Graph, Literal
from rdflib.namespace import RDF, SH

from datasets.release.errors import RejectedError, Violation
from datasets.release.exporter import Draft, ExportFile, FromDatabase
from linked_data.mapping import CLAIM
from linked_data.ontology import serialized
from linked_data.records import Records
from linked_data.saying import text
from linked_data.shacl import ShapesGraph
from linked_data.triples import Writers

SHAPES_FILE = ExportFile(
    name="shapes.ttl", title="What linked data of this release keeps to, in SHACL", media_type="text/turtle"
)
LIMIT = 20_000
"""Triples that are read at most, roughly: some four seconds."""
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
        found = violations("".join(sample(draft.connection, writers, draft.imprint.date)), shapes)
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


def violations(lines: str, shapes: ShapesGraph) -> list[Violation]:
    """What in N-Triples breaks the shapes, in order."""
    import pyshacl

    data = Graph().parse(data=lines, format="nt")
    constraints = Graph()  # a copy: pyshacl binds prefixes in what it is given
    constraints += shapes.graph
    conforms, report, _ = pyshacl.validate(data, shacl_graph=constraints)
    if conforms:
        return []
    assert isinstance(report, Graph)
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = str(report.value(result, SH.focusNode))
        type_, _, id_ = focus.removeprefix(shapes.names.things).partition("/")
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        message = report.value(result, SH.resultMessage)
        shown = value.n3() if isinstance(value, Literal) else str(value or "")
        column = shapes.names.compact(str(path)) if path else ""
        found.append(Violation(RULE, type_, id_, column, shown, str(message)))
    return sorted(found, key=str)
