"""What the parts of one compilation share: the operation's place in the schema, its variables, its budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, Node, SelectionSetNode

from datasets.query.selection import Part, Parts, Slot, Types
from graph_schema import meaning as means
from graph_schema.arguments import NullArgumentError, Read, Tree, Variables, argument_tree
from graph_schema.collect import Collected, Collector
from graph_schema.known import KnownDocuments
from graph_schema.limits import Limits
from graph_schema.refusal import over_limit
from graph_schema.schema import Built
from graph_schema.scope import Scope

LISTS = (means.Listing, means.SearchList, means.ClaimList, means.CompoundList, means.Many)
"""What becomes a list of objects in the statement."""


class FieldError(Exception):
    """A field that cannot be answered because of an argument: it is null, or its parent where it must not be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it is asked for: the object type it stands on, its response key, its nodes (merged)."""

    type_name: str
    key: str
    nodes: Sequence[FieldNode]

    @property
    def node(self) -> FieldNode:
        """The first node: all of a key have the same name and arguments."""
        return self.nodes[0]

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.node.name.value


@dataclass(frozen=True, slots=True)
class Question:
    """An operation with all that its meaning depends on. `introspected` are finished answers by response key."""

    built: Built
    limits: Limits
    known: KnownDocuments
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables
    introspected: Mapping[str, object] = field(default_factory=dict)


class Compilation:
    """The state of one compilation. `write` turns one field into a part; it is given by `compile`."""

    def __init__(self, question: Question, write: Callable[[Compilation, Asked], Part]) -> None:
        self.question = question
        self.limits = question.limits
        self.reads: dict[str, Read] = {}
        self.errors: list[Mapping[str, object]] = []
        self.fields = 0
        self.depth = 0
        self.lists = 0
        self.path: list[str] = []
        self._write = write
        self._collector = Collector(question.fragments, question.built.covers, question.variables)

    @property
    def scope(self) -> Scope:
        """Shapes and vocabularies of the release."""
        return self.question.built.scope

    def meaning(self, asked: Asked) -> object:
        """What a field asks of the planner."""
        return self.question.built.meanings[asked.type_name][asked.name]

    def type(self, type_name: str) -> GraphQLObjectType:
        """The object type of that name."""
        found = self.question.built.schema.type_map[type_name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def result_type(self, asked: Asked) -> str:
        """The name of the type of a field that is no list."""
        return str(self.type(asked.type_name).fields[asked.name].type).rstrip("!")

    def slot(self, read: Read) -> Slot:
        """A place in the statement, filled when it runs."""
        slot = Slot(f"v{len(self.reads)}")
        self.reads[slot.name] = read
        return slot

    def collected(self, type_name: str, sets: Sequence[SelectionSetNode | None]) -> Collected:
        """The fields asked for in these selection sets, on an object of that type."""
        return self._collector.collect(type_name, sets)

    def parts(self, type_name: str, sets: Sequence[SelectionSetNode | None]) -> Parts:
        """The parts of an object of that type."""
        found = self.collected(type_name, sets)
        return tuple(self._write(self, Asked(type_name, key, merged)) for key, merged in found.items())

    def below(self, type_name: str, nodes: Sequence[FieldNode]) -> Parts:
        """The parts of the object below a field."""
        return self.parts(type_name, [node.selection_set for node in nodes])

    def each(self, type_name: str, nodes: Sequence[FieldNode]) -> Iterator[Asked]:
        """The fields of the object below a field, each counted while it is dealt with."""
        for key, merged in self.collected(type_name, [node.selection_set for node in nodes]).items():
            asked = Asked(type_name, key, merged)
            with self.entered(asked):
                yield asked

    def by_type(self, types: Sequence[tuple[str, str]], nodes: Sequence[FieldNode]) -> Types:
        """The parts for each type that an object can be of, by entity."""
        return tuple((entity, self.below(kind, nodes)) for entity, kind in types)

    @contextmanager
    def entered(self, asked: Asked) -> Iterator[None]:
        """Count a field against the limits while it is compiled. Raises Refusal."""
        self.fields += 1
        if self.fields > self.limits.fields:
            raise over_limit("fields", self.fields, self.limits.fields, "ask for less at once", asked.node)
        self.path.append(asked.key)
        self.depth = max(self.depth, len(self.path))
        if len(self.path) > self.limits.depth:
            raise over_limit("depth", len(self.path), self.limits.depth, "ask several questions", asked.node)
        many = isinstance(self.question.built.meanings.get(asked.type_name, {}).get(asked.name), LISTS)
        self.lists += many
        if self.lists > self.limits.nested_lists:
            raise over_limit("nested_lists", self.lists, self.limits.nested_lists, "ask several questions", asked.node)
        try:
            yield
        finally:
            self.path.pop()
            self.lists -= many

    def arguments(self, asked: Asked) -> dict[str, Tree]:
        """The arguments of a field by name. Raises FieldError for a null where none may be."""
        given = {argument.name.value: argument.value for argument in asked.node.arguments or ()}
        found = {}
        for name, argument in self.type(asked.type_name).fields[asked.name].args.items():
            try:
                found[name] = argument_tree(argument, given.get(name), self.question.variables)
            except NullArgumentError as error:
                self._note(given.get(name) or asked.node, f"Argument '{name}' {error}.")
                raise FieldError from error
        return found

    def _note(self, node: Node, message: str) -> None:
        spot = node.loc.start_token if node.loc else None
        self.errors.append(
            {
                "message": message,
                "locations": [{"line": spot.line, "column": spot.column}] if spot else [],
                "path": list(self.path),
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        )
