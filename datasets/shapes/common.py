"""Columns that several shapes share word for word."""

from datasets.shapes.model import Column, Kind, Link, Node, Weight

NAME_LANGUAGE = Column(
    name="language",
    kind=Kind.LANGUAGE,
    doc="Language of the name or title beside it (BCP 47).",
    beside="name",
    example="en",
)

ADDRESS = Node(name="address", terms=("schema:address",), classes=("schema:PostalAddress",))
POINT = Node(name="point", terms=("geo:location", "gsp:hasGeometry"), classes=("geo:Point", "gsp:Geometry"))


def summary(of: str) -> Column:
    """A short description in our own words of a thing called `of`."""
    return Column(
        name="summary",
        kind=Kind.TEXT,
        doc=f"What the {of} is about, in our own short words.",
        terms=("dct:description", "schema:description"),
        language="en",
        weight=Weight.SUMMARY,
    )


def frame(of: str, reverse: str, terms: tuple[str, ...]) -> Link:
    """The alliance in whose frame a thing called `of` stands."""
    return Link(
        name="alliance",
        target="alliance",
        doc=f"The alliance in whose frame the {of} stands; further alliances are parties or named in the summary.",
        terms=terms,
        reverse=reverse,
        reverse_doc=f"The {reverse} that stand in the frame of this alliance.",
    )
