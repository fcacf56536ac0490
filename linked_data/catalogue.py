"""The catalogue of a release: DCAT 3 under the rules of DCAT-AP 3, and VoID with real statistics."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, VOID, XSD

from datasets.release.open import Release
from linked_data.coverage import Coverage
from linked_data.dump import PACKED, TRIPLES_FILE
from linked_data.mapping import IDENTIFIER
from linked_data.namespaces import RDF_TYPE, Namespaces

DCAT = Namespace("http://www.w3.org/ns/dcat#")
"""As of version 3, of which rdflib does not know all terms."""
SPDX = Namespace("http://spdx.org/rdf/terms#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FILE_TYPES = {
    "application/vnd.sqlite3": "DATABASE", "application/json": "JSON", "text/markdown": "TXT", "application/zip": "ZIP",
    "application/x-ndjson": "JSON", "text/turtle": "RDF_TURTLE", "application/n-quads": "RDF_N_QUADS",
    "application/n-triples": "RDF_N_TRIPLES", "application/ld+json": "JSON_LD", "text/csv": "CSV",
}  # fmt: skip
"""Names of formats in the EU's list of file types; others are `BIN`."""
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_EDUCATION = f"{_AUTHORITY}data-theme/EDUC"
SERVICES = (
    ("sparql", "SPARQL 1.1 endpoint", "/sparql", "/sparql", "http://www.w3.org/TR/sparql11-protocol/"),
    ("graphql", "GraphQL API", "/graphql", "/graphql/schema.graphql", "https://spec.graphql.org/October2021/"),
    ("browse", "Tables to filter, as pages and JSON", "/browse/", "/browse/", "https://datatracker.ietf.org/doc/html/rfc8259"),
    ("documents", "Documents about every record, negotiated", "/doc/", "/ns", "https://www.w3.org/TR/ld-bp/"),
    ("reconcile", "Reconciliation API 0.2, to match names", "/reconcile", "/reconcile", "https://reconciliation-api.github.io/specs/0.2/"),
    ("changes", "Changes as ActivityStreams 2.0", "/changes", "/changes", "https://www.w3.org/TR/activitystreams-core/"),
)  # fmt: skip
"""Name, title, path, path of the description, and the standard of each way to ask."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the default graph holds: triples, records, and how often each property and class is used."""

    triples: int
    records: int
    properties: Mapping[str, int]
    classes: Mapping[str, int]

    @classmethod
    def of(cls, dump: Path, names: Namespaces) -> Statistics:
        """Counted in one pass over the plain dump."""
        properties: Counter[str] = Counter()
        classes: Counter[str] = Counter()
        with gzip.open(dump, "rt", encoding="utf-8") as lines:
            for line in lines:
                _, predicate, rest = line.split(" ", 2)
                properties[predicate] += 1
                if predicate == f"<{RDF_TYPE}>":
                    classes[rest[:-3]] += 1
        identified = f"<{names.expand(IDENTIFIER)}>"
        return cls(sum(properties.values()), properties[identified], dict(properties), dict(classes))


class Catalogue:
    """The catalogue as a graph."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.names = Namespaces(release.shapes, release.base_iri)

    @cached_property
    def statistics(self) -> Statistics | None:
        """What the plain dump holds; None where the release has none."""
        dump = self.release.path / TRIPLES_FILE.name
        return Statistics.of(dump, self.names) if dump.is_file() else None

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the catalogue."""
        return {**self.names.prefixes, "spdx": str(SPDX), "adms": str(ADMS), "vcard": str(VCARD)}

    @cached_property
    def graph(self) -> Graph:
        """Catalogue, dataset, files and services."""
        graph = Graph(bind_namespaces="none")
        for prefix, namespace in self.prefixes.items():
            graph.bind(prefix, namespace)
        catalogue, dataset = URIRef(self.names.catalogue), URIRef(self.names.dataset)
        publisher = self._publisher(graph)
        for subject, kind in ((catalogue, DCAT.Catalog), (dataset, DCAT.Dataset)):
            graph.add((subject, RDF.type, kind))
            graph.add((subject, DCTERMS.title, Literal(self.release.title, lang="en")))
            graph.add(
                (subject, DCTERMS.description, Literal(self._text("description") or self.release.title, lang="en"))
            )
            graph.add((subject, DCTERMS.publisher, publisher))
            graph.add((subject, DCTERMS.license, self._licence()))
            graph.add((subject, DCTERMS.issued, Literal(self.release.date, datatype=XSD.date)))
            graph.add((subject, FOAF.homepage, URIRef(f"{self.release.base_iri}/")))
            graph.add((subject, DCTERMS.modified, Literal(self.release.date, datatype=XSD.date)))
            graph.add((subject, DCTERMS.language, URIRef(f"{_AUTHORITY}language/ENG")))
        graph.add((catalogue, DCAT.dataset, dataset))
        graph.add((catalogue, DCAT.themeTaxonomy, URIRef(f"{_AUTHORITY}data-theme")))
        graph.add((self._licence(), RDF.type, DCTERMS.LicenseDocument))
        graph.add((self._licence(), DCTERMS.type, URIRef("http://purl.org/adms/licencetype/Attribution")))
        self._dataset(graph, dataset)
        self._covered(graph, catalogue, dataset)
        self._files(graph, dataset)
        self._services(graph, catalogue, dataset)
        self._void(graph, dataset)
        return graph

    def _text(self, name: str) -> str:
        return str(self.release.manifest.get(name) or "")

    def _licence(self) -> URIRef:
        return URIRef(self._text("licence_url") or f"https://spdx.org/licenses/{self.release.licence}")

    def _publisher(self, graph: Graph) -> URIRef:
        publisher = URIRef(f"{self.names.catalogue}#publisher")
        graph.add((publisher, RDF.type, FOAF.Agent))
        graph.add((publisher, DCTERMS.type, URIRef("http://purl.org/adms/publishertype/NonProfitOrganisation")))
        graph.add((publisher, FOAF.name, Literal(self._text("publisher") or self.release.title)))
        return publisher

    def _dataset(self, graph: Graph, dataset: URIRef) -> None:
        graph.add((dataset, DCTERMS.identifier, Literal(self.names.dataset)))
        graph.add((dataset, DCAT.version, Literal(self.release.id)))
        graph.add((dataset, DCAT.landingPage, URIRef(f"{self.release.base_iri}/about")))
        graph.add((URIRef(f"{self.release.base_iri}/about"), RDF.type, FOAF.Document))
        self._reached(graph, dataset)
        contact = self._text("contact")
        if contact:
            point = URIRef(f"{self.names.catalogue}#contact")
            graph.add((point, RDF.type, VCARD.Organization))
            graph.add((point, VCARD.fn, Literal(self._text("publisher") or self.release.title)))
            graph.add((point, VCARD.hasEmail if contact.startswith("mailto:") else VCARD.hasURL, URIRef(contact)))

    def _covered(self, graph: Graph, *subjects: URIRef) -> None:
        """The places and the time that it is about; what kind of place each is, its own document says."""
        coverage = Coverage.of(self.release)
        for place in (URIRef(self.names.thing(*named)) for named in coverage.places):
            for subject in subjects:
                graph.add((subject, DCTERMS.spatial, place))
        if coverage.start:
            period = URIRef(f"{self.names.catalogue}#period")
            graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
            graph.add((period, DCAT.startDate, Literal(coverage.start, datatype=XSD.date)))
            graph.add((period, DCAT.endDate, Literal(self.release.date, datatype=XSD.date)))
            for subject in subjects:
                graph.add((subject, DCTERMS.temporal, period))

    def _reached(self, graph: Graph, subject: URIRef) -> None:
        """What finds a dataset or service: keywords, theme, and whom to ask."""
        graph.add((subject, DCAT.theme, URIRef(_EDUCATION)))
        keywords = self.release.manifest.get("keywords")
        for keyword in keywords if isinstance(keywords, list) and keywords else ["linked data"]:
            graph.add((subject, DCAT.keyword, Literal(str(keyword), lang="en")))
        if self._text("contact"):
            graph.add((subject, DCAT.contactPoint, URIRef(f"{self.names.catalogue}#contact")))

    def _files(self, graph: Graph, dataset: URIRef) -> None:
        files = self.release.manifest.get("files")
        for file in files if isinstance(files, list) else ():
            name = str(file["name"])
            node = URIRef(f"{self.names.catalogue}#{name}")
            address = URIRef(f"{self.release.base_iri}/releases/{self.release.id}/files/{name}")
            graph.add((dataset, DCAT.distribution, node))
            graph.add((node, RDF.type, DCAT.Distribution))
            graph.add((node, DCTERMS.title, Literal(str(file["title"]), lang="en")))
            graph.add((node, DCTERMS.description, Literal(str(file["title"]), lang="en")))
            graph.add((node, DCAT.accessURL, address))
            graph.add((node, DCAT.downloadURL, address))
            graph.add((node, DCTERMS.license, self._licence()))
            graph.add((node, DCAT.byteSize, Literal(int(file["size"]), datatype=XSD.nonNegativeInteger)))
            media_type = str(file["media_type"])
            if name in PACKED:
                graph.add((node, DCAT.compressFormat, URIRef(_MEDIA_TYPES + media_type)))
                media_type = PACKED[name]
                graph.add((dataset, VOID.dataDump, address))
            graph.add((node, DCAT.mediaType, URIRef(_MEDIA_TYPES + media_type)))
            kind = _FILE_TYPES.get(media_type, "BIN")
            graph.add((node, DCTERMS["format"], URIRef(f"{_AUTHORITY}file-type/{kind}")))
            graph.add((node, DCATAP.availability, URIRef(f"{_AUTHORITY}planned-availability/STABLE")))
            checksum = URIRef(f"{self.names.catalogue}#{name}-sha256")
            graph.add((node, SPDX.checksum, checksum))
            graph.add((checksum, RDF.type, SPDX.Checksum))
            graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
            graph.add((checksum, SPDX.checksumValue, Literal(str(file["sha256"]), datatype=XSD.hexBinary)))

    def _services(self, graph: Graph, catalogue: URIRef, dataset: URIRef) -> None:
        for name, title, path, described, standard in SERVICES:
            node, address = URIRef(f"{self.names.catalogue}#{name}"), URIRef(f"{self.release.base_iri}{path}")
            graph.add((catalogue, DCAT.service, node))
            graph.add((node, RDF.type, DCAT.DataService))
            graph.add((node, DCTERMS.title, Literal(title, lang="en")))
            graph.add((node, DCTERMS.description, Literal(f"{title} over {self.release.title}", lang="en")))
            graph.add((node, DCAT.endpointURL, address))
            graph.add((node, DCTERMS.conformsTo, URIRef(standard)))
            graph.add((node, DCAT.servesDataset, dataset))
            graph.add((node, DCAT.endpointDescription, URIRef(f"{self.release.base_iri}{described}")))
            graph.add((node, DCTERMS.publisher, URIRef(f"{self.names.catalogue}#publisher")))
            self._reached(graph, node)
            graph.add((node, DCTERMS.license, self._licence()))

    def _void(self, graph: Graph, dataset: URIRef) -> None:
        graph.add((dataset, RDF.type, VOID.Dataset))
        graph.add((dataset, VOID.uriSpace, Literal(self.names.things)))
        graph.add((dataset, VOID.sparqlEndpoint, URIRef(f"{self.release.base_iri}/sparql")))
        claims = URIRef(self.names.claims_graph)
        graph.add((dataset, VOID.subset, claims))
        graph.add((claims, RDF.type, VOID.Dataset))
        graph.add(
            (
                claims,
                DCTERMS.title,
                Literal("Every claim as a node: of what, by whom, whether chosen and why", lang="en"),
            )
        )
        for namespace in sorted({*self.names.prefixes.values()}):
            graph.add((dataset, VOID.vocabulary, URIRef(namespace)))
        if self.statistics is None:
            return
        graph.add((dataset, VOID.triples, Literal(self.statistics.triples)))
        graph.add((dataset, VOID.entities, Literal(self.statistics.records)))
        graph.add((dataset, VOID.properties, Literal(len(self.statistics.properties))))
        graph.add((dataset, VOID.classes, Literal(len(self.statistics.classes))))
        for count, part, of, size in (
            (self.statistics.properties, VOID.propertyPartition, VOID.property, VOID.triples),
            (self.statistics.classes, VOID.classPartition, VOID["class"], VOID.entities),
        ):
            for term, number in sorted(count.items()):
                iri = term.strip("<>")
                node = URIRef(f"{self.names.catalogue}#{self.names.compact(iri).replace(':', '-')}")
                graph.add((dataset, part, node))
                graph.add((node, RDF.type, VOID.Dataset))
                graph.add((node, of, URIRef(iri)))
                graph.add((node, size, Literal(number)))
