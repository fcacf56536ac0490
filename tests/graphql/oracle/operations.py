"""Operations over the whole schema: hypothesis-graphql makes them, and here their values are made to mean something.

Values drawn blindly hit nothing: of every argument and condition most are replaced by what a release holds in a column
of that name, sizes by small numbers. Then some arguments become variables, and some fields are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    parse,
    parse_value,
    print_ast,
    value_from_ast_untyped,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from datasets.shapes import Kind, Shapes
from graph_schema.words import pascal, upper
from tests.graphql.oracle.lists import Arguments
from tests.graphql.oracle.pool import Pool
from tests.query.reference import World

DATES = ("2018", "2018-07", "2016-21", "2010/2015", "2012/..", "../2014", "2014-05-01", "2012~", "1998", "2026")
CURSORS = FieldNode(
    name=NameNode(value="edges"),
    alias=NameNode(value="places"),
    selection_set=SelectionSetNode(selections=(FieldNode(name=NameNode(value="cursor")),)),
)
"""Asks for the cursors of a page, so that the next operation can start from one."""


@dataclass(frozen=True)
class Operation:
    """An operation with its variables. `wrong` says whether an argument cannot be used; None where it does not count."""

    text: str
    variables: Mapping[str, Any]
    wrong: bool | None


class Generator:
    """Draws operations."""

    def __init__(self, schema: GraphQLSchema, world: World, shapes: Shapes) -> None:
        self.schema = schema
        self.pool = Pool(world, shapes)
        self.shapes = shapes
        query = schema.query_type
        assert query is not None
        self.roots = [name for name in query.fields if name not in ("node", "nodes")]
        dates = st.sampled_from(DATES).map(nodes.String)
        self.scalars = {"PartialDate": dates, "Date": dates}
        self.strategies: dict[tuple[str, ...], st.SearchStrategy[DocumentNode]] = {}

    def documents(self, roots: tuple[str, ...]) -> st.SearchStrategy[DocumentNode]:
        """Documents with these fields of Query."""
        if roots not in self.strategies:
            self.strategies[roots] = queries(
                self.schema,
                fields=roots,
                custom_scalars=self.scalars,
                print_ast=lambda document: document,
                allow_x00=False,
            )
        return self.strategies[roots]

    def draw(self, data: st.DataObject) -> Operation:
        """One operation."""
        kind = data.draw(st.integers(0, 9))
        if kind == 0:
            roots: tuple[str, ...] = ("node", "nodes")
        elif kind == 1:
            roots = tuple(self.roots)
        else:
            roots = (data.draw(st.sampled_from(self.roots)),)
        document = data.draw(self.documents(roots))
        return _Draft(self, Random(data.draw(st.integers(0, 2**32)))).made(document)


class _Draft:
    """One operation in the making."""

    def __init__(self, generator: Generator, random: Random) -> None:
        self.g = generator
        self.random = random
        self.definitions: list[VariableDefinitionNode] = []
        self.fragments: list[FragmentDefinitionNode] = []
        self.variables: dict[str, Any] = {}
        self.wrong = False
        self.unsure = False

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def made(self, document: DocumentNode) -> Operation:
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        query = self.g.schema.query_type
        assert query is not None
        chosen = self.selections(operation.selection_set, query, (), uncertain=False)
        made = OperationDefinitionNode(
            operation=operation.operation,
            name=NameNode(value="Made"),
            variable_definitions=tuple(self.definitions),
            selection_set=chosen,
        )
        text = print_ast(DocumentNode(definitions=(made, *self.fragments)))
        return Operation(text, self.variables, None if self.unsure and not self.wrong else self.wrong)

    def selections(
        self,
        chosen: SelectionSetNode,
        kind: GraphQLObjectType | GraphQLInterfaceType,
        path: tuple[str, ...],
        *,
        uncertain: bool,
    ) -> SelectionSetNode:
        made: list[Any] = []
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                made += self.field(node, kind, path, uncertain=uncertain)
            else:
                assert isinstance(node, InlineFragmentNode)
                condition = node.type_condition
                inner = self.g.schema.type_map[condition.name.value] if condition else kind
                assert isinstance(inner, GraphQLObjectType | GraphQLInterfaceType)
                below = self.selections(node.selection_set, inner, path, uncertain=uncertain)
                made.append(self.fragment(condition, below))
        return SelectionSetNode(selections=tuple(made))

    def field(
        self, node: FieldNode, kind: GraphQLObjectType | GraphQLInterfaceType, path: tuple[str, ...], *, uncertain: bool
    ) -> list[FieldNode]:
        name = node.name.value
        declared = kind.fields[name]
        values: dict[str, ValueNode] = {}
        for argument in node.arguments or ():
            hints = (*path, name, argument.name.value)
            value = self.value(argument.value, declared.args[argument.name.value].type, hints, 0)
            if value is not None:
                values[argument.name.value] = value
        self.paged(values)
        if self.mistaken(kind.name, name, {key: value_from_ast_untyped(value) for key, value in values.items()}):
            self.wrong, self.unsure = self.wrong or not uncertain, True
        arguments = tuple(
            ArgumentNode(name=NameNode(value=key), value=self.lifted(value, str(declared.args[key].type)))
            for key, value in values.items()
        )
        below = node.selection_set
        target = get_named_type(declared.type)
        if below is not None:
            assert isinstance(target, GraphQLObjectType | GraphQLInterfaceType)
            # What stands below the record of a group is only looked at where the column is a link.
            unsure = uncertain or (kind.name == "Group" and name == "record")
            below = self.selections(below, target, (*path, name), uncertain=unsure)
        directives = (self.directive(),) if below is None and self.chance(4) else ()
        alias = node.alias
        if alias is None and below is None and self.chance(5):
            alias = NameNode(value=f"{name}_again")
        return [
            FieldNode(name=node.name, alias=alias, arguments=arguments, selection_set=part, directives=directives)
            for part in self.split(below, target)
        ]

    def split(self, below: SelectionSetNode | None, kind: GraphQLNamedType) -> list[SelectionSetNode | None]:
        """What stands below a field, now and then in two pieces, which an answer has as one; cursors for the next."""
        if below is None:
            return [None]
        selections = below.selections
        if kind.name.endswith("Connection") and self.chance(40):
            selections = (*selections, CURSORS)
        if len(selections) > 1 and self.chance(15):
            return [SelectionSetNode(selections=selections[1:]), SelectionSetNode(selections=selections[:2])]
        return [SelectionSetNode(selections=selections)]

    def fragment(self, condition: NamedTypeNode | None, below: SelectionSetNode) -> SelectionNode:
        """A fragment in its place, or under a name."""
        if condition is None or not self.chance(30):
            return InlineFragmentNode(type_condition=condition, selection_set=below)
        name = NameNode(value=f"Part{len(self.fragments)}")
        self.fragments.append(FragmentDefinitionNode(name=name, type_condition=condition, selection_set=below))
        return FragmentSpreadNode(name=name)

    # --- values

    def value(self, node: ValueNode, kind: Any, hints: tuple[str, ...], depth: int) -> ValueNode | None:
        """The value with meaning; None to leave it out."""
        required = isinstance(kind, GraphQLNonNull)
        inner = kind.of_type if required else kind
        if isinstance(node, NullValueNode):
            named = get_named_type(inner)
            if depth == 0 and hints[-1] == "filter" and self.chance(60):
                return self.condition(named, hints, 1)
            return node if self.chance(30) else None
        if isinstance(inner, GraphQLList):
            items = [self.value(one, inner.of_type, hints, depth) for one in getattr(node, "values", (node,))][:4]
            return parse_value("[" + " ".join(print_ast(item) for item in items if item is not None) + "]")
        if isinstance(inner, GraphQLInputObjectType):
            if depth == 0 and hints[-1] == "filter":
                return self.condition(inner, hints, 1)
            if inner.name.endswith("Order"):
                return self.order(inner)
            return self.condition(inner, hints, depth)
        return self.scalar(node, inner, hints)

    def scalar(self, node: ValueNode, kind: Any, hints: tuple[str, ...]) -> ValueNode:
        if isinstance(kind, GraphQLEnumType) or self.chance(8):
            return node
        if kind.name in ("ID", "String") and hints[-1] not in ("after", "before"):
            drawn = self.random.choice(self.g.pool.of(hints[:-1] if hints[-1] in _OPERATORS else hints))
            if hints[-1] in ("contains", "startsWith", "text"):
                drawn = self.random.choice((drawn, drawn[:3], drawn.upper(), drawn[2:5], drawn.split()[0]))
            return nodes.String(drawn)
        if kind.name == "Int":
            return nodes.Int(self.random.choice((0, 1, 2, 3, 5, 20, 100)))
        return node

    def order(self, kind: GraphQLInputObjectType) -> ValueNode:
        name = self.random.choice(sorted(kind.fields))
        return parse_value("{" + name + ": " + self.random.choice(("ASC", "DESC")) + "}")

    def condition(self, kind: Any, hints: tuple[str, ...], depth: int) -> ValueNode:
        """An input object of one to three fields, relations at most two deep."""
        names = sorted(kind.fields)
        deep = depth > 4
        relations = hints.count("*")
        found: dict[str, ValueNode] = {}
        for _ in range(self.random.randint(0 if depth > 1 and self.chance(10) else 1, 2)):
            name = self.random.choice(names)
            inner = kind.fields[name].type
            named = get_named_type(inner)
            crosses = named.name.endswith(("ListFilter", "LinkFilter")) and named.name != "TextListFilter"
            if (deep and isinstance(named, GraphQLInputObjectType) and "and" in named.fields) or (
                crosses and relations >= 2
            ):
                continue
            path = (*hints, *(("*",) if crosses else ()), kind.name.removesuffix("Filter"), name)
            if self.chance(4):
                found[name] = nodes.Null
            elif isinstance(inner, GraphQLList):
                size = self.random.randint(0, 3)
                parts = [self.item(named, path, depth + 1) for _ in range(size)]
                found[name] = parse_value("[" + " ".join(map(print_ast, parts)) + "]")
            else:
                found[name] = self.item(named, path, depth + 1)
        return parse_value("{" + " ".join(f"{name}: {print_ast(value)}" for name, value in found.items()) + "}")

    def item(self, kind: Any, hints: tuple[str, ...], depth: int) -> ValueNode:
        if isinstance(kind, GraphQLInputObjectType):
            return self.condition(kind, hints, depth)
        if isinstance(kind, GraphQLEnumType):
            return nodes.Enum(self.random.choice(sorted(kind.values)))
        if kind.name == "Boolean":
            return nodes.Boolean(self.random.random() < 0.5)
        if kind.name in self.g.scalars:
            return nodes.String(self.random.choice(DATES))
        return self.scalar(nodes.String("Ω") if kind.name != "Int" else nodes.Int(7), kind, hints)

    def paged(self, values: dict[str, ValueNode]) -> None:
        """Keep at most one end of a page and no blind cursor, mostly."""
        if "first" in values and "last" in values and self.chance(90):
            del values[self.random.choice(("first", "last"))]
        for name in ("after", "before"):
            if name in values and self.chance(95):
                del values[name]

    def mistaken(self, kind: str, name: str, given: Arguments) -> bool:
        """Whether an argument of the field cannot be used, as its description says."""
        given = {key: value for key, value in given.items() if value is not None}
        sizes = [given[key] for key in ("first", "last") if key in given]
        ends = [given[key] for key in ("after", "before") if key in given]
        orders = [[key for key, way in one.items() if way] for one in given.get("orderBy", ())]
        return (
            len(sizes) > 1
            or not all(0 <= size <= 100 for size in sizes)
            or any(ends)
            or ends == [""]
            or not all(len(keys) == 1 for keys in orders)
            or len({keys[0] for keys in orders}) < len(orders)
            or (name == "groupBy" and not self.groupable(kind, str(given["column"])))
        )

    def groupable(self, kind: str, column: str) -> bool:
        """Whether the rows of a connection can be counted by the values of a column."""
        declared = self.g.schema.type_map[kind]
        assert isinstance(declared, GraphQLObjectType)
        row = get_named_type(declared.fields["nodes"].type).name
        entity = next(e for e in self.g.shapes.entities if pascal(e.name) == row)
        kinds = (Kind.CODE, Kind.LINK, Kind.FLAG, Kind.LANGUAGE, Kind.TEXT)
        return any(upper(c.name) == column and c.kind in kinds for c in entity.columns)

    # --- variables and directives

    def lifted(self, value: ValueNode, kind: str) -> ValueNode:
        """The value, or a variable that holds it: as a value given or as its default."""
        if not self.chance(25):
            return value
        name = f"v{len(self.definitions)}"
        default: Any = None
        if self.chance(30) and not (isinstance(value, NullValueNode) and kind.endswith("!")):
            default = value
        else:
            self.variables[name] = value_from_ast_untyped(value)
        self.definitions.append(
            VariableDefinitionNode(
                variable=VariableNode(name=NameNode(value=name)), type=_type_node(kind), default_value=default
            )
        )
        return VariableNode(name=NameNode(value=name))

    def directive(self) -> DirectiveNode:
        """@skip or @include with a truth, written down or in a variable."""
        word = self.random.choice(("skip", "include"))
        truth = self.lifted(nodes.Boolean(self.random.random() < 0.5), "Boolean!")
        argument = ArgumentNode(name=NameNode(value="if"), value=truth)
        return DirectiveNode(name=NameNode(value=word), arguments=(argument,))


_OPERATORS = ("eq", "ne", "in", "contains", "startsWith", "lt", "lte", "gt", "gte")


def _type_node(kind: str) -> NamedTypeNode:
    document = parse(f"query Q($v: {kind}) {{ __typename }}")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation.variable_definitions[0].type  # type: ignore[index, return-value]


def further(asked: Operation, data: Mapping[str, Any], random: Random) -> Operation | None:
    """The same operation, one list at its root begun after or ended before a row that the answer has."""
    places = {
        key: value["places"]
        for key, value in data.items()
        if isinstance(value, dict) and value.get("places") and key not in ("releases", "changes")
    }
    if not places:
        return None
    key = random.choice(sorted(places))
    side = random.choice(("after", "before"))
    cursor = nodes.String(random.choice(places[key])["cursor"])
    argument = ArgumentNode(name=NameNode(value=side), value=cursor)
    operation, *fragments = parse(asked.text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    selections: list[SelectionNode] = []
    for node in operation.selection_set.selections:
        if isinstance(node, FieldNode) and (node.alias or node.name).value == key:
            kept = [one for one in node.arguments or () if one.name.value != side]
            node = replace(node, arguments=(*kept, argument))  # noqa: PLW2901
        selections.append(node)
    made = replace(operation, selection_set=SelectionSetNode(selections=tuple(selections)))
    text = print_ast(DocumentNode(definitions=(made, *fragments)))
    # A null that stood there may have been in a variable, which nobody may declare and not use.
    unused = any(text.count(f"${one.variable.name.value}") < 2 for one in operation.variable_definitions or ())
    return None if unused else Operation(text, asked.variables, asked.wrong)
