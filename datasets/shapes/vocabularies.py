"""The vocabularies that columns draw on (their values stand in `facts/concepts.csv`), and the RDF namespaces."""

from datasets.shapes.model import Scheme

SCHEMES = (
    Scheme(name="alliance_kind", doc="Kinds of alliance."),
    Scheme(name="alliance_status", doc="Whether an alliance is at work."),
    Scheme(name="organization_kind", doc="Kinds of organization."),
    Scheme(name="membership_role", doc="Roles that an organization can hold in an alliance.", classes=("org:Role",)),
    Scheme(name="agreement_kind", doc="Kinds of agreement."),
    Scheme(name="agreement_status", doc="States of an agreement."),
    Scheme(name="party_role", doc="What an actor can do in an agreement.", classes=("prov:Role",)),
    Scheme(name="event_kind", doc="Kinds of event."),
    Scheme(name="measure", doc="What a reported figure counts.", classes=("schema:StatisticalVariable",)),
    Scheme(name="qualifier", doc="How a source hedges a figure."),
    Scheme(name="source_kind", doc="Who speaks in a source."),
    Scheme(name="name_kind", doc="Kinds of name."),
    Scheme(name="identifier_scheme", doc="Registries that give identifiers."),
    Scheme(name="evidence", doc="How a source supports a value."),
    Scheme(name="reason", doc="Steps of the rule that chooses among rival values."),
    Scheme(name="theme", doc="What agreements provide for.", closed=False),
)

PREFIXES = (
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("geo", "http://www.w3.org/2003/01/geo/wgs84_pos#"),
    ("gsp", "http://www.opengis.net/ont/geosparql#"),
    ("org", "http://www.w3.org/ns/org#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", "https://schema.org/"),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("time", "http://www.w3.org/2006/time#"),
    ("void", "http://rdfs.org/ns/void#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
)
