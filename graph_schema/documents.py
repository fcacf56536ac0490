"""Documents, parsed and validated once: a cache by text, bounded by bytes, that never holds an invalid one."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    Visitor,
    coerce_input_value,
    parse,
    type_from_ast,
    validate,
    visit,
)

from graph_schema.limits import Limits
from graph_schema.refusal import Refusal, over_limit

P = TypeVar("P")
_PLANS = 64
"""Plans kept of one operation, for different shapes of its variables."""
_BYTES_PER_PLAN = 8_000
_BYTES_PER_CHARACTER = 40


class InvalidDocument(Exception):
    """A document that cannot be parsed or is not valid; `errors` say where and why."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message if errors else code)
        self.code = code
        self.errors = errors


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A declared variable: its type, whether the plan depends on its very value, and whether it may be left out."""

    name: str
    type: GraphQLInputType
    exact: bool
    optional: bool


@dataclass(slots=True)
class Operation(Generic[P]):
    """One operation of a document with its plans by shape of variables."""

    node: OperationDefinitionNode
    variables: tuple[VariableUse, ...]
    introspects: bool
    plans: OrderedDict[object, P] = field(default_factory=OrderedDict)

    def coerced(self, given: Mapping[str, object]) -> dict[str, object] | None:
        """The variables of a request, coerced; None where one is wrong or has a default: then graphql-core says it all.

        The types are those of the cached document, which graphql-core would look up anew for each request.
        """
        found: dict[str, object] = {}
        for use in self.variables:
            if use.name not in given:
                if use.optional:
                    continue
                return None
            try:
                value = coerce_input_value(given[use.name], use.type)
            except RecursionError:
                return None
            if value is Undefined:
                return None
            found[use.name] = value
        return found

    def keep(self, key: object, plan: P) -> None:
        """Remember a plan; the least used of too many goes."""
        self.plans[key] = plan
        if len(self.plans) > _PLANS:
            self.plans.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Document(Generic[P]):
    """A valid document."""

    text: str
    fragments: Mapping[str, FragmentDefinitionNode]
    operations: Mapping[str, Operation[P]]

    def operation(self, name: str | None) -> Operation[P]:
        """The operation of that name, or the only one. Raises Refusal."""
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            message = "There are several operations: say which with `operationName`."
            raise Refusal(
                "OPERATION_RESOLUTION_FAILURE", message if self.operations else "There is no operation in the document."
            )
        found = self.operations.get(name)
        if found is None:
            raise Refusal("OPERATION_RESOLUTION_FAILURE", f"There is no operation {name[:80]!r} in the document.")
        return found


def _pairs(counts: Counter[str]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


class _Census(Visitor):
    """Counts what is limited, and notes the variables on which the shape of a plan hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.directives = 0
        self.introspections = 0
        self.objects: Counter[str] = Counter()
        self.leaves = 0
        self.conditions: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count aliases and introspection."""
        self.aliases += node.alias is not None
        if node.selection_set is not None:
            self.objects[(node.alias or node.name).value] += 1
        self.introspections += node.name.value in ("__schema", "__type")

    @property
    def merges(self) -> int:
        """Pairs of fields under one key that validation has to compare."""
        return self.leaves + _pairs(self.objects)

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        """Count the pairs of leaves that share a key: those of one set alone, for elsewhere they cost little."""
        fields = (one for one in node.selections if isinstance(one, FieldNode) and one.selection_set is None)
        self.leaves += _pairs(Counter((one.alias or one.name).value for one in fields))

    def enter_directive(self, node: object, *_: object) -> None:
        """Count directives; note variables of skip and include."""
        self.directives += 1
        for argument in getattr(node, "arguments", None) or ():
            value = argument.value
            if hasattr(value, "name"):
                self.conditions.add(value.name.value)


def read_document(text: str, schema: GraphQLSchema, limits: Limits) -> Document[P]:
    """Parse and validate. Raises Refusal when a limit is passed, InvalidDocument for what is wrong."""
    if len(text) > limits.document_characters:
        raise over_limit("document_characters", len(text), limits.document_characters, "ask for less at once")
    try:
        ast = parse(text, max_lexical_tokens=limits.tokens)
    except GraphQLSyntaxError as error:
        if f"more than {limits.tokens} tokens" in error.message:
            raise over_limit("tokens", limits.tokens + 1, limits.tokens, "ask for less at once") from error
        if "nested too deeply" in error.message:
            raise over_limit("depth", text.count("{"), limits.depth, "ask several questions") from error
        raise InvalidDocument("GRAPHQL_PARSE_FAILED", [error]) from error
    census = _Census()
    visit(ast, census)
    for name, spent in (
        ("aliases", census.aliases),
        ("directives", census.directives),
        ("introspections", census.introspections),
        ("merges", census.merges),
    ):
        allowed = getattr(limits, name)
        if spent > allowed:
            raise over_limit(name, spent, allowed, "ask for less at once")
    errors = validate(schema, ast, max_errors=limits.validation_errors)
    if errors:
        raise InvalidDocument("GRAPHQL_VALIDATION_FAILED", errors)
    return _document(text, ast, schema, census)


def _document(text: str, ast: DocumentNode, schema: GraphQLSchema, census: _Census) -> Document[P]:
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations: dict[str, Operation[P]] = {}
    for node in ast.definitions:
        if isinstance(node, FragmentDefinitionNode):
            fragments[node.name.value] = node
        elif isinstance(node, OperationDefinitionNode):
            uses = []
            for definition in node.variable_definitions or ():
                name = definition.variable.name.value
                type_ = type_from_ast(schema, definition.type)
                assert type_ is not None
                optional = definition.default_value is None and not isinstance(type_, GraphQLNonNull)
                uses.append(VariableUse(name, type_, name in census.conditions, optional))  # type: ignore[arg-type]
            operations[node.name.value if node.name else ""] = Operation(node, tuple(uses), census.introspections > 0)
    return Document(text, fragments, operations)


def is_query(operation: Operation[P]) -> bool:
    """Whether the operation only reads."""
    return operation.node.operation is OperationType.QUERY


class DocumentCache(Generic[P]):
    """Documents by text, bounded by an estimate of their bytes; the least used goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._documents: OrderedDict[str, Document[P]] = OrderedDict()

    def get(self, text: str) -> Document[P] | None:
        """The document of that text, if it is known."""
        found = self._documents.get(text)
        if found is not None:
            self._documents.move_to_end(text)
        return found

    def put(self, document: Document[P]) -> None:
        """Remember a valid document."""
        self._size += _weight(document.text)
        self._documents[document.text] = document
        while self._size > self._most and len(self._documents) > 1:
            text, _ = self._documents.popitem(last=False)
            self._size -= _weight(text)


def _weight(text: str) -> int:
    return len(text) * _BYTES_PER_CHARACTER + _BYTES_PER_PLAN
