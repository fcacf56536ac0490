"""What the schema promises never to be null, held against what the tables of a release cannot leave empty."""

from __future__ import annotations

from graphql import GraphQLNonNull, GraphQLObjectType

from datasets.release.layout import entity_table, label_field, values_table
from datasets.shapes.model import Entity, Kind, Values
from graph_schema.meaning import Leaf, One
from graph_schema.schema import Built
from graph_schema.words import pascal


class FalsePromise(RuntimeError):
    """A field that must not be null stands on one that can be empty."""


def refuse_false_promises(built: Built) -> None:
    """The check at start-up. Raises FalsePromise for a field that a release could leave without its value."""
    shapes = built.scope.shapes
    for entity in shapes.entities:
        filled = {f.name for f in entity_table(shapes, entity).fields if f.not_null}
        if label_field(entity) in filled:
            filled.add("label")
        _check(built, pascal(entity.name), filled, entity)
    for values in shapes.values:
        _check(built, pascal(values.singular), {f.name for f in values_table(values).fields if f.not_null}, values)


def _check(built: Built, name: str, filled: set[str], of: Entity | Values) -> None:
    kind = built.schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    for key, field in kind.fields.items():
        meaning = built.meanings[name][key]
        if not isinstance(field.type, GraphQLNonNull) or not isinstance(meaning, Leaf | One):
            continue
        if meaning.column not in filled:
            raise FalsePromise(f"{name}.{key} is promised never to be null, but {meaning.column} can be empty")
        if isinstance(meaning, One) and of.column(meaning.column).kind is not Kind.LINK:
            raise FalsePromise(f"{name}.{key} is promised to be a record, but {meaning.column} is no link")
