"""The fields of Query."""

from __future__ import annotations

from collections import Counter

from datasets.shapes.model import Entity, Shapes
from graph_schema.connections import PAGE_ARGUMENTS, declare_search_connection, list_arguments
from graph_schema.declare import Argument, Field, Registry, listed, nullable
from graph_schema.enums import RECORD_TYPE
from graph_schema.known import declare_known, known_fields
from graph_schema.meaning import AnyById, ById, Found, FoundRank, FoundText, Listing, SearchList
from graph_schema.records import NODE, span_arguments
from graph_schema.scope import PAGE, Scope, type_name
from graph_schema.words import camel, pascal

QUERY = "Query"
_GLOBAL_ID = (
    "An IRI, a type and an id (`country/KZ`), or an id alone; where records of several types have it, one of the types "
    "that share an id space comes first."
)


def by_space(shapes: Shapes) -> list[Entity]:
    """The entities in the order in which an id alone is looked up: first those that share an id space with others."""
    shared = Counter(entity.space for entity in shapes.entities if entity.space)
    return sorted(shapes.entities, key=lambda entity: -shared[entity.space])


def declare_query(registry: Registry, scope: Scope) -> None:
    """Query and the types that it alone needs."""
    everything = tuple((entity.name, type_name(entity)) for entity in by_space(scope.shapes))
    family = scope.everything
    registry.object(
        "SearchResult",
        "A record that was found, and why.",
        (
            Field("record", pascal(family.name), "The record.", Found(scope.types(family.name))),
            Field(
                "rank",
                "int",
                "1 the whole of a name or acronym, 2 a word of the name, 3 of a further name, 4 of a text.",
                FoundRank(),
            ),
            Field(
                "highlight",
                nullable("str"),
                "The text that matches best as HTML, escaped, the words found between <mark> and </mark>.",
                FoundText(),
            ),
        ),
    )
    declare_search_connection(registry)
    declare_known(registry)
    fields = [
        Field(
            "node",
            nullable(NODE),
            "The record with this global id; null where there is none.",
            AnyById(everything),
            (Argument("id", "ID", _GLOBAL_ID),),
        ),
        Field(
            "nodes",
            listed(nullable(NODE)),
            "The records with these global ids, in their order; null in the place of one that is not there.",
            AnyById(everything, several=True),
            (Argument("ids", listed("ID"), f"Global ids as for `node`, at most {PAGE}."),),
        ),
    ]
    for entity in scope.shapes.entities:
        name = type_name(entity)
        fields.append(
            Field(
                camel(entity.name),
                nullable(name),
                f"The {entity.name} with this id, or that took the place of it; null where there is none.",
                ById(entity.name, name),
                (Argument("id", "ID", f"Id of the {entity.name}, now or before."),),
            )
        )
    for entity in scope.shapes.entities:
        name = type_name(entity)
        spans = scope.spans_of(entity)
        meaning = Listing(entity.name, spans=spans.name if spans else "", role=spans.role if spans else "")
        arguments = (*span_arguments(scope, entity), *list_arguments(name))
        fields.append(Field(camel(entity.plural), f"{name}Connection", f"All {entity.plural}.", meaning, arguments))
    fields.append(
        Field(
            "search",
            "SearchConnection",
            "Records by words of their names, acronyms, identifiers and texts, in any script, whatever the case and "
            "accents. Every word must occur; the last one may be a beginning.",
            SearchList(),
            (
                Argument("text", "str", "The words."),
                Argument("types", nullable(listed(RECORD_TYPE)), "Only records of these types."),
                *PAGE_ARGUMENTS,
            ),
        )
    )
    fields.extend(known_fields())
    registry.object(QUERY, "Everything that can be asked.", fields)
