"""Which fields a selection set asks for, on an object of a given type: fragments resolved, keys merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
)

from graph_schema.arguments import Variables
from graph_schema.refusal import Refusal

Collected = dict[str, list[FieldNode]]
"""The fields of an object by response key, in order; nodes of one key are merged."""


class Collector:
    """Resolves the selection sets of one operation with the variables of one request."""

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        covers: Mapping[str, frozenset[str]],
        variables: Variables,
    ) -> None:
        self._fragments = fragments
        self._covers = covers
        self._variables = variables

    def collect(self, type_name: str, selection_sets: Iterable[SelectionSetNode | None]) -> Collected:
        """The fields that an object of this type is asked for."""
        found: Collected = {}
        seen: set[str] = set()
        for selection_set in selection_sets:
            if selection_set is not None:
                self._add(type_name, selection_set, found, seen)
        return found

    def _add(self, type_name: str, selection_set: SelectionSetNode, found: Collected, seen: set[str]) -> None:
        for node in selection_set.selections:
            if node.directives and not self._included(node.directives):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or type_name in self._covers[condition.name.value]:
                    self._add(type_name, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if type_name in self._covers[fragment.type_condition.name.value]:
                    self._add(type_name, fragment.selection_set, found, seen)

    def _included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            name = directive.name.value
            if name in ("skip", "include") and self._condition(directive) is (name == "skip"):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        (argument,) = directive.arguments or ()
        value = argument.value
        if isinstance(value, BooleanValueNode):
            return value.value
        assert isinstance(value, VariableNode)
        found = self._variables.get(value.name.value)
        if not isinstance(found, bool):
            raise Refusal(
                "BAD_USER_INPUT",
                f"Argument 'if' of non-null type 'Boolean!' must not be null: give ${value.name.value} true or false.",
                nodes=(directive,),
            )
        return found
