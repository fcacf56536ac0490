"""Arguments of an operation: what they are now, for the shape of a plan, and how to read them again when it runs.

A plan is made once for many requests. Its shape may depend on whether an argument is null and on which conditions a
filter has (`Tree.value`); what the statement is given is read from the variables of each request (`Tree.read`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.utilities.coerce_input_value import coerce_input_literal

Variables = Mapping[str, object]
"""Coerced values of an operation's variables; those that were not given and have no default are absent."""
Read = Callable[[Variables], object]


class NullArgumentError(ValueError):
    """A variable is null where the argument must not be."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An argument or a part of one. `value` is a dict or list of trees where conditions nest, else the value itself."""

    value: object
    read: Read

    @property
    def given(self) -> bool:
        """Whether it is there and not null."""
        return self.value is not None

    def fields(self) -> dict[str, Tree]:
        """The fields of an input object that are there and not null."""
        assert isinstance(self.value, dict)
        return {name: tree for name, tree in self.value.items() if tree.given}

    def items(self) -> list[Tree]:
        """The elements of a list of input objects."""
        assert isinstance(self.value, list)
        return self.value


NOTHING = Tree(None, lambda _: None)


def constant(value: object) -> Tree:
    """A value that every request shares."""
    return Tree(value, lambda _: value)


def argument_tree(argument: GraphQLArgument, node: ValueNode | None, variables: Variables) -> Tree:
    """The argument as the operation gives it. Raises NullArgumentError."""
    missing = node is None or (isinstance(node, VariableNode) and node.name.value not in variables)
    if missing:
        default = argument.default_value
        if default is not Undefined:
            return constant(default)
        if isinstance(argument.type, GraphQLNonNull):
            raise NullArgumentError(f"of required type '{argument.type}' was not given a value")
        return NOTHING
    assert node is not None
    return _tree(node, argument.type, variables)


def _tree(node: ValueNode, type_: GraphQLInputType, variables: Variables) -> Tree:
    if isinstance(type_, GraphQLNonNull):
        found = _tree(node, type_.of_type, variables)
        if not found.given:
            raise NullArgumentError(f"of non-null type '{type_}' must not be null")
        return found
    if isinstance(node, VariableNode):
        name = node.name.value
        return _from_variable(variables.get(name), type_, lambda values: values.get(name))
    if isinstance(node, NullValueNode):
        return NOTHING
    named = get_named_type(type_)
    if isinstance(type_, GraphQLList):
        return _list(node, type_, variables, nested=isinstance(named, GraphQLInputObjectType))
    if isinstance(type_, GraphQLInputObjectType):
        assert isinstance(node, ObjectValueNode)
        found_fields = {}
        for field in node.fields:
            absent = isinstance(field.value, VariableNode) and field.value.name.value not in variables
            if not absent:
                found_fields[field.name.value] = _tree(field.value, type_.fields[field.name.value].type, variables)
        return Tree(found_fields, lambda values: {key: tree.read(values) for key, tree in found_fields.items()})
    return constant(_plain(coerce_input_literal(node, type_)))


def _list(node: ValueNode, type_: GraphQLList[GraphQLInputType], variables: Variables, *, nested: bool) -> Tree:
    nodes = node.values if isinstance(node, ListValueNode) else (node,)
    items = [_tree(item, type_.of_type, variables) for item in nodes]
    if nested:
        return Tree(items, lambda values: [item.read(values) for item in items])
    if any(isinstance(item, VariableNode) for item in nodes):
        return Tree([item.value for item in items], lambda values: [item.read(values) for item in items])
    return constant([item.value for item in items])


def _from_variable(value: object, type_: GraphQLInputType, read: Read) -> Tree:
    if isinstance(type_, GraphQLNonNull):
        return _from_variable(value, type_.of_type, read)
    if value is None:
        return NOTHING
    nested = isinstance(get_named_type(type_), GraphQLInputObjectType)
    if not nested:
        return Tree(_plain(value), lambda values: _plain(read(values)))
    if isinstance(type_, GraphQLList):
        assert isinstance(value, list)
        of_type = type_.of_type
        return Tree([_from_variable(v, of_type, _item(read, i)) for i, v in enumerate(value)], read)
    assert isinstance(type_, GraphQLInputObjectType)
    assert isinstance(value, dict)
    return Tree({k: _from_variable(v, type_.fields[k].type, _item(read, k)) for k, v in value.items()}, read)


def _item(read: Read, key: str | int) -> Read:
    return lambda values: read(values)[key]  # type: ignore[index] # the plan key vouches for the shape


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def shape(value: object, type_: GraphQLInputType, structural: frozenset[str]) -> object:
    """What of a variable's value a plan depends on: what is null, which fields are there, enums named `structural`."""
    if isinstance(type_, GraphQLNonNull):
        return shape(value, type_.of_type, structural)
    if value is None:
        return None
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        if isinstance(type_, GraphQLList):
            assert isinstance(value, list)
            return tuple(shape(item, type_.of_type, structural) for item in value)
        assert isinstance(value, dict)
        return tuple((key, shape(item, named.fields[key].type, structural)) for key, item in value.items())
    if isinstance(named, GraphQLEnumType) and named.name in structural:
        return tuple(value) if isinstance(value, list) else value
    return True
