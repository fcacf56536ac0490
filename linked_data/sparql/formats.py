"""What answers to SPARQL queries can be given in."""

from __future__ import annotations

import pyoxigraph as ox

SOLUTIONS: dict[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
}
"""Formats of SELECT and ASK, the first for clients without a wish; CSV and TSV hold no booleans."""
TRIPLES: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}
"""Formats of CONSTRUCT and DESCRIBE."""
BOOLEANS = ("application/sparql-results+json", "application/sparql-results+xml", "application/json", "application/xml")
"""Formats that can hold the answer to ASK."""
SUFFIXES = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv",
            "tsv": "text/tab-separated-values", "ttl": "text/turtle", "nt": "application/n-triples"}  # fmt: skip
"""Short names of formats, for the query page."""
