"""From a request to bytes: document, operation, variables, plan, one statement."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    get_variable_values,
)

from datasets.query.bind import BadValueError
from datasets.query.capacity import Capacity
from datasets.query.plan import Plan, Planner
from datasets.query.run import AnyDatabase, ClosedError, DeadlineError, TooComplexError, TooLargeError
from graph_schema.answer import Answer, data_answer, error_answer, refusal_answer
from graph_schema.arguments import Read, Variables, shape
from graph_schema.budget import Budget
from graph_schema.collect import Collector
from graph_schema.compilation import Question
from graph_schema.compile import INTROSPECTION, compile_operation
from graph_schema.documents import Document, DocumentCache, InvalidDocument, Operation, is_query, read_document
from graph_schema.known import KnownDocuments
from graph_schema.limits import Limits
from graph_schema.refusal import Refusal, over_limit
from graph_schema.request import Request
from graph_schema.schema import Built

STRUCTURAL = frozenset({"Column", "Direction"})
"""Enums on whose very value the shape of a plan depends."""
_COST = b'{"cost":{"rowsExamined":{"estimated":%d,"allowed":%d},"fields":{"spent":%d,"allowed":%d}}}'
_CACHE_BYTES = 64_000_000
_PERSISTED = 10_000


@dataclass(frozen=True, slots=True)
class Planned:
    """What an operation and a shape of its variables come to."""

    statement: Plan
    reads: tuple[tuple[str, Read], ...]
    errors: tuple[Mapping[str, object], ...]
    fields: int
    nothing: bool = False
    """Whether there is no data, because a null argument leaves a field that must not be null without a value."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation that is allowed to run: plan, bound values, and what it will cost."""

    plan: Planned
    values: Mapping[str, object]
    rows: int


@dataclass
class Engine:
    """Answers operations over one release. All but `Ready.plan.run` belongs to one thread, the event loop's."""

    built: Built
    planner: Planner
    database: AnyDatabase
    known: KnownDocuments
    limits: Limits = field(default_factory=Limits)
    history: Callable[[], str] = str
    """Writes what changed in the schema up to this release, as Markdown."""
    capacity: Capacity | None = None
    """What the database was found to take."""

    def __post_init__(self) -> None:
        """Empty caches and full budgets."""
        self._documents: DocumentCache[Planned] = DocumentCache(_CACHE_BYTES)
        self.registered: dict[str, str] = {}
        """The operations of the service itself by the SHA-256 of their text."""
        self._free: set[str] = set()
        self._persisted: OrderedDict[str, str] = OrderedDict()
        self._budget = Budget(self.limits.cold_documents, float(self.limits.cold_window_s))

    def answer(self, request: Request, client: str = "", *, reads_only: bool = False) -> Answer:
        """The answer, in this thread. See `ready` and `run`."""
        found = self.ready(request, client, reads_only=reads_only)
        return found if isinstance(found, Answer) else self.run(found)

    def ready(self, request: Request, client: str = "", *, reads_only: bool = False) -> Ready | Answer:
        """The operation, ready to run, or the answer that says why it is not.

        `client` is whose budget of new documents it costs; `reads_only` refuses all but queries (GET).
        """
        try:
            return self._ready(request, client, reads_only=reads_only)
        except Refusal as refusal:
            return refusal_answer(refusal, well_formed=refusal.code != "BAD_REQUEST")
        except InvalidDocument as invalid:
            return error_answer(invalid.code, invalid.errors)

    def run(self, ready: Ready) -> Answer:
        """Run what is ready; from any thread."""
        try:
            data = b"null" if ready.plan.nothing else self._data(ready)
            if len(data) > self.limits.response_bytes:
                raise over_limit("response_bytes", len(data), self.limits.response_bytes, "ask for smaller pages")
        except Refusal as refusal:
            return refusal_answer(refusal, well_formed=True)
        cost = _COST % (ready.rows, self.limits.rows_examined, ready.plan.fields, self.limits.fields)
        return data_answer(data, ready.plan.errors, cost)

    def register(self, text: str) -> str:
        """Make a document known by its hash, for good clients and for persisted operations; gives the hash."""
        sha = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self._persisted[sha] = text
        self._persisted.move_to_end(sha)
        if len(self._persisted) > _PERSISTED:
            self._persisted.popitem(last=False)
        return sha

    def keep(self, text: str) -> str:
        """Register an operation of our own for good: it is known by its hash and costs nobody's budget."""
        sha = hashlib.sha256(text.encode()).hexdigest()
        self.registered[sha] = text
        self._free.add(text)
        return sha

    def _data(self, ready: Ready) -> bytes:
        seconds = self.limits.deadline_ms / 1000
        try:
            return self.database.answer(ready.plan.statement, ready.values, seconds=seconds)
        except BadValueError as error:
            raise Refusal("BAD_USER_INPUT", str(error).partition(": ")[2]) from error
        except DeadlineError as error:
            facts = {"limit": "deadline_ms", "allowed": self.limits.deadline_ms}
            raise Refusal(
                "DEADLINE_EXCEEDED", f"{error}.", status=503, facts=facts, headers={"Retry-After": "5"}
            ) from error
        except TooLargeError as error:
            raise Refusal("LIMIT_EXCEEDED", f"{error}.", facts={"limit": "response_bytes"}) from error
        except TooComplexError as error:
            raise Refusal("LIMIT_EXCEEDED", f"{error}.", facts={"limit": "statement"}) from error
        except ClosedError as error:
            raise Refusal("RELEASE_CLOSED", f"{error}.", status=503, headers={"Retry-After": "1"}) from error

    # --- steps -----------------------------------------------------------------------------------------------------

    def _ready(self, request: Request, client: str, *, reads_only: bool) -> Ready:
        document, sha = self._document(request, client)
        operation = document.operation(request.operation_name)
        if reads_only and not is_query(operation):
            raise Refusal(
                "METHOD_NOT_ALLOWED", "Only queries can be sent by GET.", status=405, headers={"Allow": "POST"}
            )
        variables = self._variables(operation, request.variables)
        key = self._plan_key(operation, variables, request.variables)
        plan = operation.plans.get(key)
        if plan is None:
            if operation.plans:
                self._budget.spend(client)
            plan = self._plan(document, operation, variables, request.variables)
            operation.keep(key, plan)
            self._documents.put(document)
        values = {name: read(variables) for name, read in plan.reads}
        rows = plan.statement.cost(values)
        if rows > self.limits.rows_examined:
            advice = "ask for smaller pages or for a narrower filter"
            raise over_limit("rows_examined", rows, self.limits.rows_examined, advice)
        if sha is not None:
            self.register(document.text)
        return Ready(plan, values, rows)

    def _document(self, request: Request, client: str) -> tuple[Document[Planned], str | None]:
        text, sha = request.query, request.persisted
        new = None
        if sha is not None:
            if text is None:
                text = self.registered.get(sha) or self._persisted.get(sha)
                if text is None:
                    raise Refusal("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", status=200)
            elif hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha:
                raise Refusal("PERSISTED_QUERY_MISMATCH", "The sha256Hash is not that of the query.")
            else:
                new = sha
        if text is None:
            raise Refusal("BAD_REQUEST", "There is no `query` in the request.")
        known = self._documents.get(text)
        if known is not None:
            return known, new
        if not text.isprintable() and "\0" in text:
            raise Refusal("BAD_REQUEST", "Leave out the NUL character.")
        if text not in self._free:
            self._budget.spend(client)
        return read_document(text, self.built.schema, self.limits), new

    def _variables(self, operation: Operation[Planned], given: Mapping[str, object]) -> Variables:
        if not operation.variables:
            return {}
        coerced = operation.coerced(given)
        if coerced is not None:
            return coerced
        definitions = operation.node.variable_definitions or ()
        found = get_variable_values(
            self.built.schema, definitions, dict(given), max_errors=self.limits.validation_errors
        )
        if isinstance(found, list):
            raise InvalidDocument("BAD_USER_INPUT", found)
        return found.coerced

    def _plan_key(self, operation: Operation[Planned], variables: Variables, given: Mapping[str, object]) -> object:
        if not operation.variables:
            return None
        if operation.introspects:
            return json.dumps(dict(given), sort_keys=True, default=str)
        return tuple(
            (
                use.name in variables,
                variables.get(use.name) if use.exact else shape(variables.get(use.name), use.type, STRUCTURAL),
            )
            for use in operation.variables
        )

    def _plan(
        self,
        document: Document[Planned],
        operation: Operation[Planned],
        variables: Variables,
        given: Mapping[str, object],
    ) -> Planned:
        introspected: Mapping[str, object] = {}
        if operation.introspects:
            introspected = self._introspect(document, operation, variables, given)
        question = Question(self.built, self.limits, self.known, document.fragments, variables, introspected)
        compiled = compile_operation(question, operation.node)
        return Planned(
            self.planner.plan(compiled.selection),
            tuple(compiled.reads.items()),
            compiled.errors,
            compiled.fields,
            compiled.nothing,
        )

    def _introspect(
        self,
        document: Document[Planned],
        operation: Operation[Planned],
        variables: Variables,
        given: Mapping[str, object],
    ) -> Mapping[str, object]:
        """The answers to the introspection fields at the root, by key: graphql-core gives them."""
        query = self.built.schema.query_type
        assert query is not None
        collector = Collector(document.fragments, self.built.covers, variables)
        fields: list[FieldNode] = []
        for nodes in collector.collect(query.name, [operation.node.selection_set]).values():
            if nodes[0].name.value in INTROSPECTION:
                fields.extend(nodes)
        if not fields:
            return {}
        alone = OperationDefinitionNode(
            operation=operation.node.operation,
            name=operation.node.name,
            variable_definitions=operation.node.variable_definitions,
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(fields)),
        )
        definitions = (alone, *document.fragments.values())
        result = execute_sync(self.built.schema, DocumentNode(definitions=definitions), variable_values=dict(given))
        if result.errors or result.data is None:
            raise InvalidDocument("BAD_USER_INPUT", result.errors or [GraphQLError("Introspection failed.")])
        return result.data
