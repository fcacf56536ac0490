"""A source: a page or register that says something. Its description is the editors'."""

from datasets.shapes.model import Column, Entity, Kind, Weight

SOURCE = Entity(
    name="source",
    plural="sources",
    doc="A cited page or registry.",
    classes=("prov:Entity", "schema:CreativeWork", "foaf:Document"),
    label="title",
    orders=("title", "published"),
    space="source",
    cited=False,
    file="sources.csv",
    columns=(
        Column(
            name="url",
            kind=Kind.URL,
            doc="Address of the page or registry.",
            terms=("schema:url",),
            required=True,
        ),
        Column(
            name="title",
            kind=Kind.NAME,
            doc="Title of the page, or a short title of ours where it has none.",
            terms=("dct:title", "schema:name"),
            required=True,
            weight=Weight.NAME,
        ),
        Column(
            name="publisher",
            kind=Kind.TEXT,
            doc="Who publishes it.",
            terms=("ua:publisherName",),
            weight=Weight.SUMMARY,
        ),
        Column(
            name="published",
            kind=Kind.DATE,
            doc="When it was published.",
            terms=("dct:issued", "schema:datePublished"),
        ),
        Column(
            name="language",
            kind=Kind.LANGUAGE,
            doc="Language of the page (BCP 47).",
            terms=("schema:inLanguage",),
        ),
        Column(
            name="kind",
            kind=Kind.CODE,
            scheme="source_kind",
            doc="Who speaks: decides which source is believed first where sources disagree.",
            terms=("dct:type",),
            required=True,
        ),
        Column(
            name="license",
            kind=Kind.TEXT,
            doc="Licence of the page as an SPDX identifier, where known.",
            terms=("ua:licenseIdentifier",),
            example="CC-BY-SA-4.0",
        ),
        Column(
            name="note",
            kind=Kind.TEXT,
            doc="What to know when reading the source.",
            terms=("skos:note",),
        ),
    ),
)
