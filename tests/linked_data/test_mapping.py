"""Everything that a shape declares is said in RDF, by terms that exist and fit their domain and range."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, FOAF, GEO, ORG, PROV, SDO, SKOS, TIME, WGS, DefinedNamespace

from datasets.shapes import SHAPES, Entity, Kind, Link
from linked_data.mapping import EntityPlan, Fact, Form, plans, split
from linked_data.namespaces import Namespaces
from linked_data.ontology import Ontology

SUITES = Path(__file__).resolve().parents[3] / "shared" / "suites"
NAMES = Namespaces(SHAPES, "http://localhost:8000")
PLANS = plans(SHAPES)
KNOWN: dict[str, type[DefinedNamespace]] = {
    "dct": DCTERMS, "foaf": FOAF, "gsp": GEO, "org": ORG, "prov": PROV, "skos": SKOS, "time": TIME, "geo": WGS,
}  # fmt: skip
HTTP_SCHEMA = "http://schema.org/"
BESIDE_RANGES = {
    # what classes are beside what their ontologies in the suites say
    "time:ProperInterval": ("time:Interval", "time:TemporalEntity"),
    "org:FormalOrganization": ("org:Organization", "foaf:Agent"),
    "org:OrganizationalCollaboration": ("org:Organization", "foaf:Agent"),
    "foaf:Person": ("foaf:Agent",),
}
suites = pytest.mark.skipif(not SUITES.is_dir(), reason="../shared/suites is missing: ontologies of others")


def all_facts() -> Iterator[tuple[EntityPlan, Fact, tuple[str, ...]]]:
    """Every fact with the classes of what it is said of."""
    for plan in PLANS.values():
        nodes = {node.name: node.classes for node in plan.nodes}
        for fact in (*plan.facts, *plan.sets):
            yield plan, fact, nodes.get(fact.node, plan.classes)
        for values in plan.values:
            for fact in values.facts:
                yield plan, fact, values.values.classes


def used_terms() -> set[str]:
    found = {fact.term for _, fact, _ in all_facts()}
    for plan in PLANS.values():
        found |= {*plan.classes, *(c for n in plan.nodes for c in n.classes), *(t for _, t, _ in plan.groups)}
        found |= {split(t)[1] for n in plan.nodes for t in n.terms}
        found |= {t for r in plan.reverses for t in r.link.reverse_terms} | {t for s in plan.spans for t in s.terms}
        found |= {t for _, cut in plan.shortcuts for t in cut.terms}
        for values in plan.values:
            found |= {*values.values.terms, *values.values.preferred_terms, *values.values.classes}
    return found | {c for s in SHAPES.schemes for c in s.classes}


@pytest.mark.parametrize("entity", SHAPES.entities, ids=lambda e: e.name)
def test_every_column_is_said_in_rdf(entity: Entity) -> None:
    said = {f.column.name for f in (*PLANS[entity.name].facts, *PLANS[entity.name].sets) if f.form not in DATES}
    said |= {c.beside for c in entity.columns if c.kind is Kind.LANGUAGE}
    for column in entity.columns:
        if column.kind is Kind.LANGUAGE and column.beside:
            assert entity.column(column.beside).kind is Kind.NAME
        else:
            assert column.name in said, f"{entity.name}.{column.name} has no term"


DATES = (Form.EDTF, Form.EARLIEST, Form.LATEST)


def test_every_direction_of_a_relation_is_said_or_can_be_followed() -> None:
    for entity in SHAPES.entities:
        for link in entity.links:
            assert link.terms, f"{entity.name}.{link.name}"
    for spans in SHAPES.spans:
        assert spans.forward_terms
        assert spans.backward_terms


def test_every_part_of_a_compound_value_is_said() -> None:
    for values in SHAPES.values:
        assert values.terms
        for column in values.columns:
            named = column.kind in (Kind.NAME, Kind.LANGUAGE, Kind.CODE) and not values.classes
            assert named or column.terms, f"{values.name}.{column.name}"


def test_every_term_exists() -> None:
    own = {term.name for term in Ontology(SHAPES, NAMES.base).terms}
    for term in sorted(used_terms()):
        prefix = term.partition(":")[0]
        if prefix == "ua":
            assert term in own
        elif prefix in KNOWN:
            assert f"{KNOWN[prefix]._NS}{term.partition(':')[2]}" in KNOWN[prefix], term
        else:
            assert prefix in ("schema", "rdfs"), term


@cache
def ontologies() -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in ("org.ttl", "prov-o.ttl"):
        graph.parse(SUITES / "ontologies" / name)
    graph.parse(SUITES / "schema.org" / "schemaorg-http.nt", format="nt")
    graph += Ontology(SHAPES, NAMES.base).graph
    return graph


def iri(curie: str) -> URIRef:
    prefix, _, local = curie.partition(":")
    return URIRef(HTTP_SCHEMA + local if prefix == "schema" else NAMES.expand(curie))


def schema_iri(node: URIRef) -> URIRef:
    return URIRef(node.replace(str(SDO), HTTP_SCHEMA))


def ancestors(curies: tuple[str, ...]) -> set[URIRef]:
    graph = ontologies()
    found = {iri(c) for c in curies} | {iri(b) for c in curies for b in BESIDE_RANGES.get(c, ())}
    todo = list(found)
    while todo:
        parents = {schema_iri(p) for p in graph.objects(todo.pop(), RDFS.subClassOf) if isinstance(p, URIRef)}
        todo += parents - found
        found |= parents
    return found | {URIRef(HTTP_SCHEMA + "Thing")}


def stated(curie: str, one: URIRef, many: str) -> set[URIRef]:
    """The classes that a property's ontology names as its domain or range."""
    graph = ontologies()
    found: set[URIRef] = set()
    properties = [iri(curie)]
    for target in (t for p in properties for t in graph.objects(p, one)):
        union = graph.value(target, OWL.unionOf)
        found |= {URIRef(str(c)) for c in Collection(graph, union)} if union else {schema_iri(URIRef(str(target)))}
    found |= {schema_iri(URIRef(str(t))) for t in graph.objects(iri(curie), URIRef(HTTP_SCHEMA + many))}
    return found | {schema_iri(URIRef(str(t))) for t in graph.objects(iri(curie), SDO[many])}


@suites
def test_schema_org_terms_exist() -> None:
    for term in sorted(used_terms()):
        if term.startswith("schema:"):
            assert (iri(term), RDF.type, None) in ontologies(), term


@suites
def test_every_fact_fits_the_domain_of_its_property() -> None:
    checked = 0
    for plan, fact, classes in all_facts():
        if "schema:OrganizationRole" in classes and fact.term in ("schema:member", "schema:memberOf"):
            continue  # a Role carries the property that it qualifies: https://schema.org/Role
        domain = stated(fact.term, RDFS.domain, "domainIncludes")
        if domain:
            checked += 1
            assert domain & ancestors(classes), (plan.entity.name, fact.column.name, fact.term, domain)
    assert checked > 40


LITERALS = {
    Form.TEXT: {"Text", "URL", "Language"},
    Form.INTEGER: {"Number", "Integer"},
    Form.DATE: {"Date"},
    Form.ADDRESS: {"URL"},
    Form.CONCEPT: {"URL", "Text"},
    Form.TRUE: {"Boolean"},
}


@suites
def test_every_fact_fits_the_range_of_its_property() -> None:
    checked = 0
    for plan, fact, _ in all_facts():
        ranged = stated(fact.term, RDFS.range, "rangeIncludes")
        if not ranged or fact.term.startswith("ua:"):
            continue
        checked += 1
        allowed = {URIRef(HTTP_SCHEMA + name) for name in LITERALS.get(fact.form, ())}
        if fact.form is Form.CONCEPT:
            allowed |= ancestors(("skos:Concept", *SHAPES.scheme(fact.column.scheme).classes))
        if fact.form is Form.RECORD and isinstance(fact.column, Link):
            for target in SHAPES.targets(fact.column.target):
                assert ranged & ancestors(target.classes), (plan.entity.name, fact.column.name, fact.term, ranged)
            continue
        assert ranged & allowed, (plan.entity.name, fact.column.name, fact.term, fact.form, ranged)
    assert checked > 25


@suites
def test_ties_between_records_fit_too() -> None:
    for plan in PLANS.values():
        for reverse in plan.reverses:
            for term in reverse.link.reverse_terms:
                domain, ranged = stated(term, RDFS.domain, "domainIncludes"), stated(term, RDFS.range, "rangeIncludes")
                assert not domain or domain & ancestors(plan.classes), (plan.entity.name, term)
                assert not ranged or ranged & ancestors(reverse.entity.classes), (plan.entity.name, term)
        for spans in plan.spans:
            for term in spans.terms:
                assert not (domain := stated(term, RDFS.domain, "domainIncludes")) or domain & ancestors(plan.classes)
                ranged = stated(term, RDFS.range, "rangeIncludes")
                assert not ranged or ranged & ancestors(spans.entity.classes)
        for node in plan.nodes:
            for term in node.terms:
                parent, curie = split(term)
                classes = next((n.classes for n in plan.nodes if n.name == parent), plan.classes)
                assert not (domain := stated(curie, RDFS.domain, "domainIncludes")) or domain & ancestors(classes), (
                    curie
                )
                ranged = stated(curie, RDFS.range, "rangeIncludes")
                assert not ranged or ranged & ancestors(node.classes), curie


@suites
def test_a_term_that_does_not_fit_is_noticed() -> None:
    assert not stated("org:role", RDFS.domain, "domainIncludes") & ancestors(("org:FormalOrganization",))
    assert not stated("schema:foundingDate", RDFS.domain, "domainIncludes") & ancestors(("schema:Event",))
