"""Concepts of the vocabularies, and countries. Described by the editors and by ISO 3166."""

from datasets.shapes.model import Column, Entity, Kind, Weight

CONCEPT = Entity(
    name="concept",
    plural="concepts",
    doc="One value of a vocabulary: a kind, role, status, measure, qualifier, scheme or theme.",
    classes=("skos:Concept",),
    label="label",
    orders=("label",),
    space="concept",
    cited=False,
    file="concepts.csv",
    key=("scheme", "slug"),
    columns=(
        Column(
            name="scheme",
            kind=Kind.TEXT,
            doc="The vocabulary that the concept belongs to.",
            terms=("skos:inScheme",),
            required=True,
            example="membership_role",
        ),
        Column(
            name="slug",
            kind=Kind.TEXT,
            doc="The value as the tables write it.",
            terms=("skos:notation",),
            required=True,
            example="founding_member",
        ),
        Column(
            name="label",
            kind=Kind.NAME,
            doc="Label in English.",
            terms=("skos:prefLabel",),
            language="en",
            required=True,
            weight=Weight.NAME,
            example="Founding member",
        ),
        Column(
            name="definition",
            kind=Kind.TEXT,
            doc="What the value means.",
            terms=("skos:definition",),
            language="en",
            required=True,
            weight=Weight.SUMMARY,
        ),
    ),
)

COUNTRY = Entity(
    name="country",
    plural="countries",
    doc="A country or territory of ISO 3166-1.",
    classes=("schema:Country", "dct:Location"),
    label="name",
    orders=("name",),
    space="country",
    cited=False,
    columns=(
        Column(
            name="code",
            kind=Kind.TEXT,
            doc="ISO 3166-1 alpha-2 code; also the id.",
            terms=("dct:identifier", "skos:notation"),
            required=True,
            example="KZ",
        ),
        Column(
            name="name",
            kind=Kind.NAME,
            doc="Common short name in English.",
            terms=("skos:prefLabel", "schema:name"),
            language="en",
            required=True,
            weight=Weight.NAME,
            example="Kazakhstan",
        ),
        Column(
            name="alpha3",
            kind=Kind.TEXT,
            doc="ISO 3166-1 alpha-3 code.",
            terms=("ua:alpha3",),
            required=True,
            example="KAZ",
        ),
    ),
)
