"""The service description of the endpoint: what it is asked over and what it answers in."""

from __future__ import annotations

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, VOID

from linked_data.namespaces import Namespaces
from linked_data.sparql.formats import SOLUTIONS, TRIPLES

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
_KNOWN = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
}


def description(names: Namespaces, endpoint: str, title: str, triples: int | None = None) -> Graph:
    """The description in RDF. `endpoint` is the address of the endpoint, `triples` the size of the default graph."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in {**names.prefixes, "sd": str(SD), "formats": str(FORMATS)}.items():
        graph.bind(prefix, namespace)
    service, dataset, default = URIRef(endpoint), BNode("dataset"), BNode("default")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, service))
    graph.add((service, DCTERMS.title, Literal(f"SPARQL endpoint: {title}", lang="en")))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    graph.add((service, SD.feature, SD.EmptyGraphs))
    for media_type in (*SOLUTIONS, *TRIPLES):
        if media_type in _KNOWN:
            graph.add((service, SD.resultFormat, FORMATS[_KNOWN[media_type]]))
    graph.add((service, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    meaning = (
        "The chosen facts, concepts, and descriptions of sources. What each source says stands in its named graph."
    )
    graph.add((default, DCTERMS.description, Literal(meaning, lang="en")))
    if triples is not None:
        graph.add((default, VOID.triples, Literal(triples)))
    claims = BNode("claims")
    graph.add((dataset, SD.namedGraph, claims))
    graph.add((claims, RDF.type, SD.NamedGraph))
    graph.add((claims, SD.name, URIRef(names.claims_graph)))
    return graph
