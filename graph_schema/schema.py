"""The schema of a release: assembled by Strawberry, checked, and read once into what the compiler needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
)
from strawberry.schema.config import StrawberryConfig

from graph_schema.connections import declare_connections, declare_page_info
from graph_schema.declare import MEANING, Registry
from graph_schema.enums import declare_enums
from graph_schema.filters import declare_filters
from graph_schema.leaves import declare_scalars
from graph_schema.records import declare_records
from graph_schema.roots import QUERY, declare_query
from graph_schema.scope import Scope

_DEFINITION = "strawberry-definition"


class UnservedField(RuntimeError):
    """A field of the schema that no plan can serve, or one that nothing describes."""


@dataclass(frozen=True, slots=True)
class Built:
    """The schema of a release, and what its fields mean.

    `meanings` is by type, then field; `covers` says for each type condition which object types it lets in.
    """

    scope: Scope
    strawberry: strawberry.Schema
    schema: GraphQLSchema
    meanings: Mapping[str, Mapping[str, object]]
    covers: Mapping[str, frozenset[str]]

    @property
    def sdl(self) -> str:
        """The schema in the schema definition language."""
        return self.strawberry.as_str() + "\n"


def build(scope: Scope) -> Built:
    """Make the schema. Raises DeclarationError for shapes it cannot show, UnservedField for a slip of ours."""
    registry = Registry()
    declare_scalars(registry)
    declare_enums(registry, scope)
    declare_page_info(registry)
    declare_records(registry, scope)
    declare_connections(registry, scope)
    declare_filters(registry, scope)
    declare_query(registry, scope)
    query = registry.declared(QUERY)
    made = strawberry.Schema(query=query, types=registry.types, config=StrawberryConfig(scalar_map=registry.scalars))
    schema = made._schema  # noqa: SLF001 - Strawberry has no public way to the graphql-core schema
    meanings = _meanings(schema)
    _check_descriptions(schema)
    return Built(scope, made, schema, meanings, _covers(schema))


def _meanings(schema: GraphQLSchema) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind):
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            meanings: dict[str, object] = {}
            for field_name, field in kind.fields.items():
                meaning = field.extensions[_DEFINITION].metadata.get(MEANING)
                if meaning is None:
                    raise UnservedField(f"{name}.{field_name} means nothing to the planner")
                meanings[field_name] = meaning
            found[name] = meanings
    return found


def _covers(schema: GraphQLSchema) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            found[name] = frozenset(possible.name for possible in schema.get_possible_types(kind))
        elif isinstance(kind, GraphQLObjectType):
            found[name] = frozenset((name,))
    return found


def _check_descriptions(schema: GraphQLSchema) -> None:
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind):
            continue
        missing = [name] if not kind.description else []
        for part_name, part in {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}.items():
            if not part.description:
                missing.append(f"{name}.{part_name}")
            missing += [
                f"{name}.{part_name}({a}:)" for a, arg in getattr(part, "args", {}).items() if not arg.description
            ]
        if missing:
            raise UnservedField(f"not described: {', '.join(missing)}")
