"""The formats of documents: a format is one row of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Format:
    """A format: suffix, media type, title for people; whether it holds the evidence graphs; its name in pyoxigraph."""

    suffix: str
    media_type: str
    title: str
    graphs: bool
    writer: ox.RdfFormat | None = None


JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD", graphs=False)
TURTLE = Format("ttl", "text/turtle", "Turtle", graphs=False, writer=ox.RdfFormat.TURTLE)
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples", graphs=False)
N_QUADS = Format("nq", "application/n-quads", "N-Quads with evidence", graphs=True)
TRIG = Format("trig", "application/trig", "TriG with evidence", graphs=True, writer=ox.RdfFormat.TRIG)
RDF_XML = Format("rdf", "application/rdf+xml", "RDF/XML", graphs=False, writer=ox.RdfFormat.RDF_XML)

FORMATS: tuple[Format, ...] = (JSON_LD, TURTLE, N_TRIPLES, RDF_XML, TRIG, N_QUADS)


def serialized(lines: str, format_: Format, prefixes: Mapping[str, str]) -> bytes:
    """N-Triples (N-Quads where the format holds graphs) in another format, streamed through pyoxigraph."""
    if format_.writer is None:
        return lines.encode()
    read = ox.RdfFormat.N_QUADS if format_.graphs else ox.RdfFormat.N_TRIPLES
    used = {prefix: iri for prefix, iri in prefixes.items() if iri in lines}
    body = ox.serialize(ox.parse(lines.encode(), format=read), format=format_.writer, prefixes=used)
    assert body is not None
    return _sorted_prefixes(body) if format_.writer in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG) else body


def _sorted_prefixes(body: bytes) -> bytes:
    """The same document with its prefixes in order: pyoxigraph writes them in any."""
    lines = []
    end = 0
    while body.startswith(b"@prefix", end):
        stop = body.index(b"\n", end) + 1
        lines.append(body[end:stop])
        end = stop
    return b"".join(sorted(lines)) + body[end:]
