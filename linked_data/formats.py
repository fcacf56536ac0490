"""The formats of documents: a format is one row of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import pyoxigraph as ox

from linked_data.namespaces import RDF_TYPE

COMPACTED = "http://www.w3.org/ns/json-ld#compacted"
EXPANDED = "http://www.w3.org/ns/json-ld#expanded"
"""Profiles of JSON-LD: with short keys and a context, or with whole addresses and without."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: suffix, media type, title for people; whether it holds the evidence graphs; its name in pyoxigraph."""

    suffix: str
    media_type: str
    title: str
    graphs: bool
    writer: ox.RdfFormat | None = None
    profile: str = ""
    """What is particular about documents among those of the media type: an IRI that clients may ask for."""


JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD", graphs=False, profile=COMPACTED)
TURTLE = Format("ttl", "text/turtle", "Turtle", graphs=False, writer=ox.RdfFormat.TURTLE)
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples", graphs=False)
N_QUADS = Format("nq", "application/n-quads", "N-Quads with evidence", graphs=True)
TRIG = Format("trig", "application/trig", "TriG with evidence", graphs=True, writer=ox.RdfFormat.TRIG)
RDF_XML = Format("rdf", "application/rdf+xml", "RDF/XML", graphs=False, writer=ox.RdfFormat.RDF_XML)

EXPANDED_JSON_LD = Format(
    "expanded.jsonld",
    "application/ld+json",
    "JSON-LD without a context",
    graphs=False,
    writer=ox.RdfFormat.JSON_LD,
    profile=EXPANDED,
)
"""The same for clients that read no context; given only to those that ask for it."""

FORMATS: tuple[Format, ...] = (JSON_LD, TURTLE, N_TRIPLES, RDF_XML, TRIG, N_QUADS)


def serialized(lines: str, format_: Format, prefixes: Mapping[str, str]) -> bytes:
    """N-Triples (N-Quads where the format holds graphs) in another format, streamed through pyoxigraph."""
    if format_.writer is None:
        return lines.encode()
    read = ox.RdfFormat.N_QUADS if format_.graphs else ox.RdfFormat.N_TRIPLES
    if format_.profile == EXPANDED:
        return _expanded(lines)
    used = {prefix: iri for prefix, iri in prefixes.items() if iri in lines}
    body = ox.serialize(ox.parse(lines.encode(), format=read), format=format_.writer, prefixes=used)
    assert body is not None
    return _sorted_prefixes(body) if format_.writer in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG) else body


def _expanded(lines: str) -> bytes:
    """N-Triples as expanded JSON-LD: as pyoxigraph writes it, but classes under their keyword."""
    body = ox.serialize(ox.parse(lines.encode(), format=ox.RdfFormat.N_TRIPLES), format=ox.RdfFormat.JSON_LD)
    assert body is not None
    nodes = []
    for node in orjson.loads(body):
        classes = node.pop(RDF_TYPE, None)
        typed = {"@type": [value["@id"] for value in classes]} if classes else {}
        nodes.append({"@id": node.pop("@id"), **typed, **node})
    return orjson.dumps(nodes)


def _sorted_prefixes(body: bytes) -> bytes:
    """The same document with its prefixes in order: pyoxigraph writes them in any."""
    lines = []
    end = 0
    while body.startswith(b"@prefix", end):
        stop = body.index(b"\n", end) + 1
        lines.append(body[end:stop])
        end = stop
    return b"".join(sorted(lines)) + body[end:]
