"""Relay connections: pages of rows with cursors, counts and groups."""

from __future__ import annotations

from datasets.query.selection import Fact
from graph_schema.declare import Argument, Field, Registry, listed, nullable
from graph_schema.leaves import PARTIAL_DATE
from graph_schema.meaning import ConnectionPart, PageFact, PartOf
from graph_schema.scope import DEFAULT_GROUPS, DEFAULT_PAGE, PAGE, Scope, type_name

COLUMN = "Column"
PAGE_ARGUMENTS = (
    Argument(
        "first", nullable("int"), f"How many rows from the start, 0 to {PAGE}; {DEFAULT_PAGE} when nothing is said."
    ),
    Argument("after", nullable("str"), "Only rows after this cursor."),
    Argument("last", nullable("int"), f"How many rows from the end, 0 to {PAGE}; not together with `first`."),
    Argument("before", nullable("str"), "Only rows before this cursor."),
)
AT_ARGUMENTS = (
    Argument(
        "at",
        nullable(PARTIAL_DATE),
        "The time asked about: what was certainly or possibly so then.",
    ),
    Argument("undated", nullable("bool"), "Whether to let in what has no known start; it is counted in any case."),
)


def list_arguments(entity_type: str) -> tuple[Argument, ...]:
    """Filter, order and page of a list of records."""
    return (
        Argument("filter", nullable(f"{entity_type}Filter"), "Which records; all when nothing is said."),
        Argument(
            "orderBy",
            nullable(listed(f"{entity_type}Order")),
            "Sort keys, the first counts most; each object has one key. Ties are broken by id.",
        ),
        *PAGE_ARGUMENTS,
    )


def declare_page_info(registry: Registry) -> None:
    """The types that all connections share: facts about a page, and groups."""
    registry.object(
        "PageInfo",
        "Facts about a page.",
        (
            Field("hasNextPage", "bool", "Whether there are rows after this page.", PageFact(Fact.HAS_NEXT)),
            Field("hasPreviousPage", "bool", "Whether there are rows before this page.", PageFact(Fact.HAS_PREVIOUS)),
            Field(
                "startCursor",
                nullable("str"),
                "Cursor of the first row; null when the page is empty.",
                PageFact(Fact.START_CURSOR),
            ),
            Field(
                "endCursor",
                nullable("str"),
                "Cursor of the last row; null when the page is empty.",
                PageFact(Fact.END_CURSOR),
            ),
        ),
    )
    registry.object(
        "Group",
        "Rows of a list that share a value.",
        (
            Field(
                "key",
                nullable("str"),
                "The value: an id, an enum value or a text; null for rows without one.",
                ConnectionPart(PartOf.GROUP_KEY),
            ),
            Field("count", "int", "How many rows share it.", ConnectionPart(PartOf.GROUP_COUNT)),
            Field(
                "record",
                nullable("Record"),
                "The record that the value is the id of, where the column is a link.",
                ConnectionPart(PartOf.GROUP_RECORD),
            ),
        ),
    )


def declare_connections(registry: Registry, scope: Scope) -> None:
    """A connection and an edge for every entity, and a connection with `undatedCount` for each end of spans."""
    for entity in scope.shapes.entities:
        name = type_name(entity)
        registry.object(
            f"{name}Edge",
            f"One row of a list of {entity.plural}.",
            _edge_fields(name, entity.name, f"The {entity.name}."),
        )
        registry.object(
            f"{name}Connection",
            f"A page of a list of {entity.plural}.",
            _connection_fields(name, f"{name}Edge", entity.name, entity.plural, groups=True),
        )
    for spans in scope.shapes.spans:
        for owner, field, end in ((spans.whole, spans.forward, spans.part), (spans.part, spans.backward, spans.whole)):
            entity = scope.shapes.entity(end)
            name = type_name(entity)
            registry.object(
                members_connection(owner, field),
                f"A page of the {field} of an {owner}."
                if owner[0] in "aeiou"
                else f"A page of the {field} of a {owner}.",
                (
                    *_connection_fields(name, f"{name}Edge", entity.name, entity.plural, groups=True),
                    Field(
                        "undatedCount",
                        "int",
                        "How many rows have no known start, so that nobody can say whether `at` holds for them.",
                        ConnectionPart(PartOf.UNDATED_COUNT),
                    ),
                ),
            )


def declare_search_connection(registry: Registry) -> None:
    """The connection of search results."""
    registry.object("SearchEdge", "One search result with its cursor.", _edge_fields("SearchResult", "", "The result."))
    registry.object(
        "SearchConnection",
        "A page of search results, best first.",
        _connection_fields("SearchResult", "SearchEdge", "", "results", groups=False),
    )


def members_connection(owner: str, field: str) -> str:
    """The connection type of the ends of spans: AllianceMembersConnection."""
    return "".join(part[:1].upper() + part[1:] for part in (*owner.split("_"), *field.split("_"))) + "Connection"


def _edge_fields(row: str, entity: str, doc: str) -> tuple[Field, ...]:
    return (
        Field("cursor", "str", "Opaque place of the row, for `after` and `before`.", ConnectionPart(PartOf.CURSOR)),
        Field("node", row, doc, ConnectionPart(PartOf.NODE, row, entity)),
    )


def _connection_fields(row: str, edge: str, entity: str, plural: str, *, groups: bool) -> tuple[Field, ...]:
    found = (
        Field("nodes", listed(row), f"The {plural} of this page.", ConnectionPart(PartOf.NODES, row, entity)),
        Field(
            "edges",
            listed(edge),
            f"The {plural} of this page, each with its cursor.",
            ConnectionPart(PartOf.EDGES, edge, entity),
        ),
        Field("pageInfo", "PageInfo", "Facts about this page.", ConnectionPart(PartOf.PAGE_INFO, "PageInfo")),
        Field("totalCount", "int", "How many rows there are on all pages.", ConnectionPart(PartOf.TOTAL_COUNT)),
    )
    if not groups:
        return found
    return (
        *found,
        Field(
            "groupBy",
            listed("Group"),
            "The rows of all pages counted by the value of a column, largest group first, then by value.",
            ConnectionPart(PartOf.GROUP_BY, "Group", entity),
            (
                Argument(
                    "column", COLUMN, "A vocabulary, link, set, language, text or yes-no column of these records."
                ),
                Argument("first", nullable("int"), f"How many groups, 0 to {PAGE}.", DEFAULT_GROUPS),
            ),
        ),
    )
