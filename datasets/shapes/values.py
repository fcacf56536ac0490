"""Compound values of actors: names and identifiers."""

from datasets.shapes.model import Column, Kind, Ranking, Registry, Values, Weight

NAMES = Values(
    name="names",
    singular="name",
    doc="Further names: native, former, short, official, alias, other acronyms; the display name is not repeated.",
    subject="actor",
    file="names.csv",
    terms=("skos:altLabel", "schema:alternateName"),
    preferred=("native", "official"),
    preferred_terms=("skos:prefLabel", "schema:alternateName"),
    columns=(
        Column(
            name="text",
            header="name",
            kind=Kind.NAME,
            doc="The name.",
            required=True,
            weight=Weight.ALIAS,
            example="清华大学",
        ),
        Column(name="language", kind=Kind.LANGUAGE, doc="Language of the name (BCP 47), where known.", example="zh"),
        Column(name="kind", kind=Kind.CODE, scheme="name_kind", doc="What sort of name it is.", required=True),
    ),
)

IDENTIFIERS = Values(
    name="identifiers",
    singular="identifier",
    doc="Identifiers in other registries; values are bare, the address is made from the scheme.",
    subject="actor",
    file="identifiers.csv",
    terms=("schema:identifier",),
    classes=("schema:PropertyValue",),
    ranking=Ranking.REGISTRY,
    registries=(
        Registry(code="ror", address="https://ror.org/{value}", identity="https://ror.org/{value}"),
        Registry(
            code="wikidata",
            address="https://www.wikidata.org/wiki/{value}",
            identity="http://www.wikidata.org/entity/{value}",
        ),
        Registry(code="isni", address="https://isni.org/isni/{value}", identity="https://isni.org/isni/{value}"),
    ),
    columns=(
        Column(
            name="scheme",
            kind=Kind.CODE,
            scheme="identifier_scheme",
            doc="The registry.",
            terms=("schema:propertyID",),
            required=True,
            example="ror",
        ),
        Column(
            name="value",
            kind=Kind.TEXT,
            doc="The identifier, bare.",
            terms=("schema:value",),
            required=True,
            weight=Weight.ALIAS,
            example="03cve4549",
        ),
    ),
)
