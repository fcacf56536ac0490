"""An official: the holder of a public office, in that public role only."""

from datasets.shapes.model import Column, Entity, Kind, Link, Node, Weight

OFFICIAL = Entity(
    name="official",
    plural="officials",
    doc="A public office holder in their public role, with the date at which a source names them.",
    classes=("org:Post",),
    label="{name}, {title}",
    orders=("name", "as_of"),
    mint="o",
    file="officials.csv",
    nodes=(Node(name="person", terms=("org:heldBy",), classes=("schema:Person", "foaf:Person")),),
    columns=(
        Column(
            name="name",
            kind=Kind.NAME,
            doc="Name of the office holder.",
            terms=("person>schema:name", "person>foaf:name"),
            required=True,
            weight=Weight.NAME,
        ),
        Column(
            name="title",
            kind=Kind.NAME,
            doc="The office.",
            terms=("skos:prefLabel", "person>schema:jobTitle"),
            required=True,
            weight=Weight.SUMMARY,
        ),
        Link(
            name="organization",
            target="organization",
            doc="The organization of the office.",
            terms=("org:postIn",),
            reverse="officials",
            reverse_doc="Office holders of this organization whom sources name.",
        ),
        Link(
            name="alliance",
            target="alliance",
            doc="The alliance of the office, or the one in whose frame the source names the person.",
            terms=("ua:alliance",),
            reverse="officials",
            reverse_doc="Office holders whom sources name in the frame of this alliance.",
        ),
        Column(
            name="as_of",
            kind=Kind.DATE,
            doc="When the source names the person in this office.",
            terms=("ua:asOf",),
        ),
    ),
)
