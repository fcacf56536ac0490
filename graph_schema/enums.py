"""The enums: one per closed vocabulary, all columns, all types of record."""

from __future__ import annotations

from datasets.shapes.model import Kind
from graph_schema.connections import COLUMN
from graph_schema.declare import DeclarationError, Registry
from graph_schema.scope import Scope, type_name
from graph_schema.words import pascal, upper

RECORD_TYPE = "RecordType"
"""The enum of the types of record."""


def declare_enums(registry: Registry, scope: Scope) -> None:
    """Vocabularies with the descriptions of the release, `Column` and `RecordType`."""
    docs = {scheme.name: scheme.doc for scheme in scope.shapes.schemes}
    for name, codes in scope.vocabularies.items():
        values: dict[str, tuple[object, str]] = {}
        for code in codes:
            if upper(code.slug) in values:
                raise DeclarationError(
                    f"two values of {name} would be {upper(code.slug)}: change a slug in the concepts"
                )
            values[upper(code.slug)] = (code.slug, code.doc)
        registry.enum(pascal(name), docs[name], values)
    registry.enum(COLUMN, "Every column and every set of values that something can be said of.", _columns(scope))
    registry.enum(
        RECORD_TYPE,
        "The types of record.",
        {upper(entity.name): (entity.name, entity.doc) for entity in scope.shapes.entities},
    )


def _columns(scope: Scope) -> dict[str, tuple[object, str]]:
    docs: dict[str, list[str]] = {}
    for entity in scope.shapes.entities:
        for column in entity.columns:
            docs.setdefault(column.name, []).append(f"{type_name(entity)}: {column.doc}")
    for values in scope.shapes.values:
        docs.setdefault(values.name, []).append(values.doc)
    return {upper(name): (name, " ".join(dict.fromkeys(found))) for name, found in sorted(docs.items())}


def groupable(kind: Kind) -> bool:
    """Whether rows can be counted by the values of columns of this kind."""
    return kind in (Kind.CODE, Kind.FLAG, Kind.LANGUAGE, Kind.TEXT, Kind.LINK)
