"""A figure: a count as somebody reported it. Figures are never merged and never subtracted from what is recorded."""

from datasets.shapes.model import Column, Entity, Kind, Link

FIGURE = Entity(
    name="figure",
    plural="figures",
    doc="A reported count, with the qualifier and the as-of date of its source.",
    classes=("schema:Observation",),
    label="{subject}: {value} {measure}",
    orders=("as_of", "value"),
    mint="f",
    file="figures.csv",
    columns=(
        Link(
            name="subject",
            target="subject",
            doc="What was counted: an alliance, organization, agreement or event.",
            terms=("schema:observationAbout",),
            required=True,
            reverse="figures",
            reverse_doc="Counts that sources report of this subject.",
        ),
        Column(
            name="measure",
            kind=Kind.CODE,
            scheme="measure",
            doc="What the number counts.",
            terms=("schema:variableMeasured",),
            required=True,
        ),
        Column(
            name="value",
            kind=Kind.INTEGER,
            doc="The number as reported.",
            terms=("schema:value",),
            required=True,
            example="120",
        ),
        Column(
            name="qualifier",
            kind=Kind.CODE,
            scheme="qualifier",
            doc="How the source hedges the number.",
            terms=("ua:qualifier",),
            required=True,
            beside="value",
        ),
        Column(
            name="as_of",
            kind=Kind.DATE,
            doc="The time for which the number is reported; empty where the source does not say.",
            terms=("schema:observationDate",),
            example="2021-11",
        ),
    ),
)
