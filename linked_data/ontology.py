"""Our own vocabulary, read off the shapes: only what no other vocabulary has a word for.

Labels, comments, domains and ranges come from the shapes. What stands here by hand is what shapes do not know: how
our terms relate to those of others, and the few terms that no column has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL

from datasets.shapes.model import Entity, Link, Shapes
from linked_data.mapping import CLAIM, PROPERTY, Fact, Form, plans
from linked_data.namespaces import EDTF, OWN, XSD, Namespaces

VANN = Namespace("http://purl.org/vocab/vann/")

ALIGNMENTS: tuple[tuple[str, str, str], ...] = (
    ("ua:Agreement", "rdfs:subClassOf", "schema:CreativeWork"),
    (
        "ua:Agreement",
        "skos:closeMatch",
        "https://spec.edmcouncil.org/fibo/ontology/FND/Agreements/Agreements/Agreement",
    ),
    ("ua:Party", "rdfs:subClassOf", "prov:Association"),
    ("ua:Claim", "rdfs:subClassOf", "prov:Entity"),
    ("ua:Claim", "skos:closeMatch", "rdf:Statement"),
    ("ua:secretariat", "rdfs:subPropertyOf", "org:linkedTo"),
    ("ua:signedOn", "rdfs:subPropertyOf", "dct:date"),
    ("ua:effectiveFrom", "rdfs:subPropertyOf", "dct:date"),
    ("ua:asOf", "rdfs:subPropertyOf", "dct:date"),
    ("ua:party", "owl:inverseOf", "ua:agreement"),
    ("ua:subject", "skos:closeMatch", "rdf:subject"),
    ("ua:property", "skos:closeMatch", "rdf:predicate"),
    ("ua:value", "skos:closeMatch", "rdf:object"),
    ("ua:publisherName", "skos:closeMatch", "dct:publisher"),
    ("ua:licenseIdentifier", "skos:closeMatch", "dct:license"),
)
"""What our terms are in the words of other vocabularies; those whose term a release does not use are left out."""

_LITERALS = {
    Form.TEXT: f"{XSD}string",
    Form.INTEGER: f"{XSD}integer",
    Form.DECIMAL: f"{XSD}decimal",
    Form.EDTF: EDTF,
    Form.EARLIEST: f"{XSD}date",
    Form.LATEST: f"{XSD}date",
    Form.TRUE: f"{XSD}boolean",
}
_DATES = {
    Form.EDTF: ("edtf", "as its source gives it, in EDTF (level 0 or 1)"),
    Form.EARLIEST: ("earliest", "first day that it can mean"),
    Form.LATEST: ("latest", "last day that it can mean"),
}


@dataclass(slots=True)
class Term:
    """A class or property of ours. `domains` and `ranges` are CURIEs or IRIs."""

    name: str
    label: str
    comments: dict[str, None]
    domains: dict[str, None]
    ranges: dict[str, None]
    is_class: bool = False
    literal: bool = False
    parents: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """What it means; where several shapes use it, what each says of it."""
        return " ".join(self.comments)


class Ontology:
    """The vocabulary of a release as terms and as a graph."""

    def __init__(self, shapes: Shapes, base: str) -> None:
        self.shapes = shapes
        self.names = Namespaces(shapes, base)
        self._plans = plans(shapes)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All terms: classes, then properties, by name."""
        found: dict[str, Term] = {}
        for plan in self._plans.values():
            for curie in plan.classes:
                if _own(curie):
                    found[curie] = _term(curie, plan.entity.doc, is_class=True)
        for entity, fact, value_of in self._facts():
            if _own(fact.term):
                term = found.setdefault(fact.term, _term(fact.term, ""))
                self._describe(term, entity, fact, value_of)
        for entity in self.shapes.entities:
            for link in entity.links:
                for curie in filter(_own, link.reverse_terms):
                    term = found.setdefault(curie, _term(curie, link.reverse_doc))
                    term.domains.update(dict.fromkeys(self._class(e) for e in self.shapes.targets(link.target)))
                    term.ranges[self._class(entity)] = None
        found.update({term.name: term for term in self._general()})
        return tuple(sorted(found.values(), key=lambda t: (not t.is_class, t.name)))

    def _facts(self) -> Iterator[tuple[Entity, Fact, str]]:
        for plan in self._plans.values():
            for fact in (*plan.facts, *plan.sets):
                yield plan.entity, fact, ""
            for values in plan.values:
                for fact in values.facts:
                    yield plan.entity, fact, values.values.classes[0] if values.values.classes else ""

    def _describe(self, term: Term, entity: Entity, fact: Fact, value_of: str) -> None:
        if fact.form in _DATES:
            parent, meaning = _DATES[fact.form]
            term.comments[f"Of the date of `{fact.column.name}` ({fact.column.doc.rstrip('.')}): {meaning}."] = None
            term.parents = (f"{OWN}:{parent}",)
        else:
            term.comments[fact.column.doc] = None
        node = next((n for n in self._plans[entity.name].nodes if n.name == fact.node), None)
        term.domains[value_of or (node.classes[0] if node else self._class(entity))] = None
        if fact.form in _LITERALS:
            term.literal = True
            spoken = fact.form is Form.TEXT and (fact.language or fact.column.language)
            term.ranges["rdf:langString" if spoken else self.names.compact(_LITERALS[fact.form])] = None
        elif fact.form in (Form.DATE, Form.INSTANT):
            term.literal = True
            term.ranges.update(dict.fromkeys(("xsd:date", "xsd:gYearMonth", "xsd:gYear")))
        elif fact.form is Form.CONCEPT:
            term.ranges["skos:Concept"] = None
        elif isinstance(fact.column, Link) and fact.column.target != "record":
            term.ranges.update(dict.fromkeys(self._class(e) for e in self.shapes.targets(fact.column.target)))

    def _class(self, entity: Entity) -> str:
        return entity.classes[0]

    def _general(self) -> Iterator[Term]:
        """The terms that no column has."""
        for form, (name, meaning) in _DATES.items():
            term = _term(f"{OWN}:{name}", f"Of a date: {meaning}.")
            term.ranges[self.names.compact(_LITERALS[form])] = None
            term.literal = True
            yield term
        term = _term(PROPERTY, "The property that says in RDF what the claim's column says.")
        term.domains[self._plans[CLAIM].classes[0]] = None
        term.ranges["rdf:Property"] = None
        yield term

    @cached_property
    def graph(self) -> Graph:
        """The vocabulary in RDF."""
        graph = Graph(bind_namespaces="none")
        for prefix, namespace in self.names.prefixes.items():
            graph.bind(prefix, namespace)
        graph.bind("vann", VANN)
        self._header(graph)
        for term in self.terms:
            self._add(graph, term)
        known = {term.name for term in self.terms}
        for subject, predicate, target in ALIGNMENTS:
            if subject in known:
                graph.add((self._iri(subject), self._iri(predicate), self._iri(target)))
        return graph

    def _header(self, graph: Graph) -> None:
        ontology = URIRef(self.names.ontology)
        graph.add((ontology, RDF.type, OWL.Ontology))
        graph.add((ontology, self._iri("dct:title"), Literal("Vocabulary of Open Alliances", lang="en")))
        meaning = (
            "What is said of university alliances, their members and their agreements "
            "where no other vocabulary has a word for it."
        )
        graph.add((ontology, self._iri("dct:description"), Literal(meaning, lang="en")))
        graph.add((ontology, VANN.preferredNamespacePrefix, Literal(OWN)))
        graph.add((ontology, VANN.preferredNamespaceUri, Literal(self.names.prefixes[OWN])))
        graph.add((ontology, self._iri("dct:license"), URIRef("https://creativecommons.org/publicdomain/zero/1.0/")))

    def _add(self, graph: Graph, term: Term) -> None:
        iri = self._iri(term.name)
        if term.is_class:
            kind = OWL.Class
        elif term.literal:
            kind = OWL.DatatypeProperty
        else:
            kind = OWL.ObjectProperty
        graph.add((iri, RDF.type, kind))
        graph.add((iri, RDFS.label, Literal(term.label, lang="en")))
        graph.add((iri, RDFS.comment, Literal(term.comment, lang="en")))
        graph.add((iri, RDFS.isDefinedBy, URIRef(self.names.ontology)))
        for parent in term.parents:
            graph.add((iri, RDFS.subPropertyOf, self._iri(parent)))
        for targets, one, several in (
            (term.domains, RDFS.domain, self._iri("schema:domainIncludes")),
            (term.ranges, RDFS.range, self._iri("schema:rangeIncludes")),
        ):
            for target in targets:
                graph.add((iri, one if len(targets) == 1 else several, self._iri(target)))

    def _iri(self, term: str) -> URIRef:
        return URIRef(term if term.startswith(("http://", "https://")) else self.names.expand(term))

    def alignments(self, term: Term) -> tuple[tuple[str, str], ...]:
        """Relation and target of a term in other vocabularies."""
        return tuple((relation, target) for subject, relation, target in ALIGNMENTS if subject == term.name)

    def serialized(self, form: str) -> bytes:
        """The vocabulary in a format that rdflib writes: `turtle`, `json-ld`, `nt` or `xml`."""
        return serialized(self.graph, form, {**self.names.prefixes, "vann": str(VANN)})


def serialized(graph: Graph, form: str, prefixes: Mapping[str, str]) -> bytes:
    """A small graph in a format that rdflib writes, the same bytes each time."""
    if form == "json-ld":
        text = graph.serialize(format=form, context=dict(prefixes), auto_compact=False)
        return orjson.dumps(_ordered(orjson.loads(text)), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    text = graph.serialize(format=form)
    if form == "nt":
        return "\n".join(sorted(text.splitlines())).encode() + b"\n"
    return text.encode()


def _ordered(value: object) -> object:
    """JSON with its lists in order: rdflib writes sets in any."""
    if isinstance(value, dict):
        return {key: _ordered(content) for key, content in value.items()}
    if isinstance(value, list):
        return sorted(
            (_ordered(content) for content in value), key=lambda c: orjson.dumps(c, option=orjson.OPT_SORT_KEYS)
        )
    return value


def _own(curie: str) -> bool:
    return curie.startswith(f"{OWN}:")


def _term(name: str, comment: str, *, is_class: bool = False) -> Term:
    local = name.partition(":")[2]
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in local).strip()
    return Term(name, words, {comment: None} if comment else {}, {}, {}, is_class)
