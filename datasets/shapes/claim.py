"""A claim: what one source says of one column of one record. Made by intake, never written in facts as such."""

from datasets.shapes.model import Column, Entity, Kind, Link

CLAIM = Entity(
    name="claim",
    plural="claims",
    doc="What one source says of one column of one record, chosen or not.",
    classes=("ua:Claim",),
    label="column",
    orders=("column",),
    mint="c",
    cited=False,
    columns=(
        Link(
            name="record",
            target="record",
            doc="The record that the claim is about.",
            terms=("ua:subject",),
            required=True,
            reverse="",
            reverse_doc="",
        ),
        Column(
            name="column",
            kind=Kind.TEXT,
            doc="The column, or the set of compound values, that the claim fills.",
            terms=("ua:column",),
            required=True,
            example="founded",
        ),
        Column(
            name="value",
            kind=Kind.TEXT,
            doc="The value as stored; a compound value is a JSON object with sorted keys.",
            terms=("ua:value",),
            required=True,
            example="2017-04-29",
        ),
        Link(
            name="source",
            target="source",
            doc="The source that says it; empty where the editors describe a source, a concept or a country.",
            terms=("prov:wasDerivedFrom",),
            reverse="statements",
            reverse_doc="What this source says; `claims` of a source is what is said about it.",
        ),
        Column(
            name="locator",
            kind=Kind.TEXT,
            doc="Where in the source.",
            terms=("ua:locator",),
            example="para-5",
        ),
        Column(
            name="evidence",
            kind=Kind.CODE,
            scheme="evidence",
            doc="Whether the source states this value, supports the record as a whole, or is the editors.",
            terms=("ua:evidence",),
            required=True,
        ),
        Column(
            name="chosen",
            kind=Kind.FLAG,
            doc="Said of a claim whose value is the chosen one.",
            terms=("ua:chosen",),
        ),
        Column(
            name="reason",
            kind=Kind.CODE,
            scheme="reason",
            doc="The step of the rule that chose the column's value; the same for all claims of the column.",
            terms=("ua:reason",),
            required=True,
        ),
    ),
)
