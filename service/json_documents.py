"""The record as GraphQL gives it, for `.json`: one question per type, read off the schema of the release."""

from __future__ import annotations

import asyncio

import orjson
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)

from datasets.shapes.model import Entity
from graph_schema.answer import Answer
from graph_schema.engine import Engine
from graph_schema.request import Request
from graph_schema.words import pascal
from service.problems import Problem

FIRST = 50
"""How many records of a list stand in a document; the whole list is to be had from GraphQL."""
CLIENT = "documents"
"""Whose budget of new questions it is."""
_Composite = GraphQLObjectType | GraphQLInterfaceType


def question(schema: GraphQLSchema, entity: Entity) -> str:
    """The document that asks for a record of an entity by its id."""
    name = pascal(entity.name)
    query = schema.query_type
    assert query is not None
    root = next(
        field
        for field, declared in query.fields.items()
        if get_named_type(declared.type).name == name and list(declared.args) == ["id"]
    )
    return f"query($id: ID!) {{ record: {root}(id: $id) {{ {_selection(schema, name, depth=0)} }} }}"


def _selection(schema: GraphQLSchema, name: str, depth: int) -> str:
    """The fields of a type that a document shows: all values; of linked records id and label; of lists a page."""
    declared = schema.type_map[name]
    assert isinstance(declared, _Composite)
    parts = ["__typename"]
    for field_name, field in declared.fields.items():
        shown = _field(schema, field_name, field, depth)
        if shown:
            parts.append(shown)
    return " ".join(parts)


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, depth: int) -> str:
    if any(is_required_argument(argument) for argument in field.args.values()):
        return ""
    target = get_named_type(field.type)
    if is_leaf_type(target):
        return name
    if not isinstance(target, _Composite):
        return ""
    if "nodes" in target.fields:
        if depth:
            return ""
        nodes = get_named_type(target.fields["nodes"].type).name
        page = "totalCount pageInfo { hasNextPage endCursor }"
        return f"{name}(first: {FIRST}) {{ {page} nodes {{ {_selection(schema, nodes, depth=1)} }} }}"
    many = is_list_type(get_nullable_type(field.type))
    if "iri" in target.fields and not (many and depth == 0 and field.args):
        return "" if many and depth else f"{name} {{ __typename id label }}"
    return "" if depth > (0 if many else 1) else f"{name} {{ {_selection(schema, target.name, depth=depth + 1)} }}"


class JsonDocuments:
    """Asks the engine of one release for documents."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._questions: dict[str, str] = {}

    async def document(self, entity: Entity, id: str) -> bytes:
        """The record as JSON. Raises Problem where the engine refuses or is too late."""
        text = self._questions.get(entity.name)
        if text is None:
            text = self._questions[entity.name] = question(self._engine.built.schema, entity)
        ready = self._engine.ready(Request(text, None, {"id": id}, {}), CLIENT, reads_only=True)
        answer = ready if isinstance(ready, Answer) else await asyncio.to_thread(self._engine.run, ready)
        content = orjson.loads(answer.body)
        if "errors" in content:
            status = answer.status if answer.status >= 429 else 500
            raise Problem(status, str(content["errors"][0]["message"]), headers=answer.headers)
        return orjson.dumps(content["data"]["record"], option=orjson.OPT_INDENT_2) + b"\n"
