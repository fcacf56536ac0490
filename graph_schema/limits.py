"""The limits of the public API, in one place: they are enforced, published at /graphql/limits and named in errors."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace

from datasets.query.capacity import Capacity
from graph_schema.scope import DEFAULT_PAGE, FILTER_DEPTH, ORDER_KEYS, PAGE, PLAIN_LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Each limit with its value; what it means stands in `DOCS`."""

    body_bytes: int = 100_000
    document_characters: int = 50_000
    tokens: int = 4_000
    depth: int = 15
    nested_lists: int = 6
    aliases: int = 60
    root_fields: int = 30
    directives: int = 100
    merges: int = 10_000
    fields: int = 1_500
    introspections: int = 3
    validation_errors: int = 10
    rows_examined: int = 500_000
    page: int = PAGE
    default_page: int = DEFAULT_PAGE
    plain_list: int = PLAIN_LIST
    ids: int = PAGE
    filter_depth: int = FILTER_DEPTH
    filter_conditions: int = 60
    order_keys: int = ORDER_KEYS
    response_bytes: int = 10_000_000
    deadline_ms: int = 5_000
    cold_documents: int = 300
    cold_window_s: int = 60


DOCS: dict[str, str] = {
    "body_bytes": "Bytes of a request body.",
    "document_characters": "Characters of a document.",
    "tokens": "Lexical tokens of a document.",
    "depth": "Fields within fields, the root field counted, fragments resolved.",
    "nested_lists": "Lists of records or values within each other, the outermost counted.",
    "aliases": "Aliases in a document.",
    "root_fields": "Fields of Query in one operation, aliases counted.",
    "directives": "Directives in a document.",
    "merges": "Pairs of fields under one response key: of objects in a whole document, of others in one selection set.",
    "fields": "Fields in all, fragments resolved, and a field of an interface counted once for each type it can be.",
    "introspections": "__schema and __type fields in one operation.",
    "validation_errors": "Errors of a document that are reported; then validation stops.",
    "rows_examined": "Rows that the database has to look at, estimated before anything runs.",
    "page": "Rows of one page (`first`, `last`), and groups of `groupBy`.",
    "default_page": "Rows of one page when nothing is said.",
    "plain_list": "Elements of a plain list (names, identifiers, claims and the like).",
    "ids": "Ids that `nodes` takes.",
    "filter_depth": "Conditions on related records within each other.",
    "filter_conditions": "Conditions of one filter.",
    "order_keys": "Sort keys of one list.",
    "response_bytes": "Bytes of an answer before compression.",
    "deadline_ms": "Milliseconds until a statement is stopped.",
    "cold_documents": "New documents that one client may send in a window; known ones are free.",
    "cold_window_s": "Seconds of that window.",
}


def within(limits: Limits, capacity: Capacity) -> Limits:
    """The limits, lowered to what the database was found to take, so that what is published is true."""
    return replace(
        limits,
        nested_lists=min(limits.nested_lists, capacity.nesting),
        root_fields=min(limits.root_fields, capacity.roots),
        filter_conditions=min(limits.filter_conditions, capacity.filters),
    )


def published(limits: Limits, capacity: Capacity | None = None) -> dict[str, object]:
    """The limits as they are published, each with its meaning; beside them what the database was found to take."""
    values = asdict(limits)
    found: dict[str, object] = {
        "limits": [{"name": f.name, "value": values[f.name], "doc": DOCS[f.name]} for f in fields(limits)]
    }
    if capacity is not None:
        found["database"] = {
            "doc": "What statements the database was found to take when the release was opened, tried up to a bound.",
            **asdict(capacity),
        }
    return found
