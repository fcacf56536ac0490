"""Documents against rdflib building and serializing the same triples.

Medians of processor time per document, uncached, the reading of the database included on our side and left out on
rdflib's, which compacts JSON-LD with the context that we give. Once put together from the pieces that publishing lays
out, as documents are served, and once composed from the tables.
"""

from __future__ import annotations

import json
import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial

import apsw
import rdflib

from linked_data.formats import JSON_LD, N_TRIPLES, TURTLE, Format
from linked_data.linked import LinkedData
from tests.benchmarks import world

Raw = list[tuple[str, str, str, str | None, str | None, bool]]
"""Subject, predicate, object, language, datatype, whether the object is an IRI."""
TYPES = ("alliance", "organization", "agreement", "membership")
TARGETS = {"Turtle": 20, "JSON-LD": 80}
"""How many times less processor time than rdflib."""
EACH = 15


def median(function: Callable[[], object], times: int) -> float:
    """Median seconds of processor time of a call: a busy machine takes turns, which the longer call suffers more from."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        function()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def raw(body: bytes) -> Raw:
    """Triples as texts, as they come from a database."""
    found: Raw = []
    for s, p, o in rdflib.Graph().parse(data=body, format="nt"):
        literal = isinstance(o, rdflib.Literal)
        language = o.language if isinstance(o, rdflib.Literal) else None
        datatype = str(o.datatype) if isinstance(o, rdflib.Literal) and o.datatype else None
        found.append((str(s), str(p), str(o), language, datatype, not literal))
    return found


def by_rdflib(triples: Raw, form: str, context: object) -> str:
    """Build a graph of the triples and serialize it."""
    graph = rdflib.Graph()
    for s, p, o, language, datatype, is_iri in triples:
        typed = rdflib.URIRef(datatype) if datatype else None
        node = rdflib.URIRef(o) if is_iri else rdflib.Literal(o, lang=language, datatype=typed)
        graph.add((rdflib.URIRef(s), rdflib.URIRef(p), node))
    return graph.serialize(format=form, context=context) if form == "json-ld" else graph.serialize(format=form)


def documents(linked: LinkedData, connection: apsw.Connection, targets: Mapping[str, int]) -> None:
    """Print a row per type and format."""
    context = json.loads(linked.context.document)["@context"]
    print(f"{'type':14} {'triples':>7} {'format':8} {'ours µs':>9} {'rdflib µs':>10} {'ratio':>7} {'target':>7}")
    ratios: dict[str, list[float]] = {}
    for type_ in TYPES:
        plural = linked.shapes.entity(type_).plural
        ids = [str(id_) for (id_,) in connection.execute(f"SELECT id FROM {plural} ORDER BY id")]
        for form, name, writer in ((TURTLE, "Turtle", "turtle"), (JSON_LD, "JSON-LD", "json-ld")):
            ours, theirs, sizes = [], [], []
            for id_ in ids[:: max(1, len(ids) // EACH)][:EACH]:
                triples = raw(linked.document(connection, type_, id_, N_TRIPLES) or b"")
                ours.append(median(partial(_document, linked, connection, type_, id_, form), 7))
                theirs.append(median(partial(by_rdflib, triples, writer, context), 3))
                sizes.append(len(triples))
            ratio = sum(theirs) / sum(ours)
            ratios.setdefault(name, []).append(ratio)
            one, other = statistics.mean(ours) * 1e6, statistics.mean(theirs) * 1e6
            row = f"{type_:14} {statistics.mean(sizes):7.0f} {name:8} {one:9.0f} {other:10.0f}"
            print(f"{row} {ratio:6.1f}× {targets.get(name, '–'):>6}")
    for name, found in ratios.items():
        print(f"{name}: {min(found):.1f}× to {max(found):.1f}× (target {targets.get(name, 'none')})")


def _document(linked: LinkedData, connection: apsw.Connection, type_: str, id_: str, form: Format) -> None:
    assert linked.document(connection, type_, id_, form)


def main(factor: int) -> None:
    """Measure."""
    release = world.current(factor)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for title, linked, targets in (
            ("put together from the pieces that publishing lays out", LinkedData.of(release), TARGETS),
            ("composed from the tables, as claims are", LinkedData(release.shapes, release.base_iri, release.date), {}),
        ):
            print(title)
            with closing(release.connect()) as connection:
                documents(linked, connection, targets)
