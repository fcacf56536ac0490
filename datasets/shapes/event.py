"""An event: a summit, forum, signing or meeting."""

from datasets.shapes.common import frame, summary
from datasets.shapes.model import Column, Entity, Kind, Link, Weight

EVENT = Entity(
    name="event",
    plural="events",
    doc="A summit, forum, signing or meeting of alliances or their members.",
    classes=("schema:Event",),
    label="name",
    orders=("name", "start"),
    space="subject",
    file="events.csv",
    columns=(
        Column(
            name="name",
            kind=Kind.NAME,
            doc="Name of the event, or a short one of ours where it has none.",
            terms=("skos:prefLabel", "schema:name"),
            required=True,
            weight=Weight.NAME,
            example="AUA Summit 2019",
        ),
        Column(
            name="kind",
            kind=Kind.CODE,
            scheme="event_kind",
            doc="What sort of event it is.",
            terms=("dct:type",),
            required=True,
        ),
        Column(name="start", kind=Kind.DATE, doc="First day.", terms=("schema:startDate",), example="2019-04-13"),
        Column(name="end", kind=Kind.DATE, doc="Last day.", terms=("schema:endDate",), beside="start"),
        Column(
            name="place",
            kind=Kind.TEXT,
            doc="Where it took place.",
            terms=("schema:location",),
            weight=Weight.SUMMARY,
        ),
        Link(
            name="country",
            target="country",
            doc="Country in which it took place, ISO 3166-1.",
            terms=("dct:spatial",),
            reverse="events",
            reverse_doc="The events that took place in this country.",
        ),
        Link(
            name="host",
            target="actor",
            doc="The organization or alliance that hosted it.",
            terms=("schema:organizer",),
            reverse="hosted_events",
            reverse_doc="The events that this actor hosted.",
        ),
        frame("event", "events", ("ua:alliance",)),
        summary("event"),
    ),
)
