"""An operation as a selection: what its fields mean, with what the planner cannot know resolved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import FieldNode, FragmentDefinitionNode, GraphQLNonNull, GraphQLObjectType, OperationDefinitionNode

from datasets.query.selection import (
    AnyRecord,
    AnyRecords,
    At,
    Compare,
    Connection,
    ConnectionPart as Asked,
    Cursor,
    Edges,
    Filter,
    Form,
    FormerIds,
    GroupBy,
    GroupCount,
    GroupKey,
    GroupRecord,
    Highlight,
    Info,
    Json,
    LinkTo,
    List,
    Literal,
    Members,
    Nested,
    Node,
    Nodes,
    OpenAt,
    Page,
    PageInfo,
    Part,
    Parts,
    Pattern,
    Rank,
    Record,
    Records,
    Ref,
    Reverse,
    Scalar,
    Search,
    Selection,
    SetOf,
    Slot,
    Source,
    Switch,
    Texts,
    TotalCount,
    Types,
    UndatedCount,
    ValuesOf,
    All,
    Op,
    Order,
)
from datasets.shapes.model import Column, Kind
from graph_schema.arguments import (
    NOTHING,
    NullArgumentError,
    Read,
    Tree,
    Variables,
    argument_tree,
    constant,
)
from graph_schema.collect import Collected, Collector
from graph_schema.enums import groupable
from graph_schema.filtering import Filtering, day
from graph_schema.known import KnownDocuments
from graph_schema.knowing import KnownWriter
from graph_schema.limits import Limits
from graph_schema.meaning import (
    Address,
    AnyById,
    ById,
    ClaimList,
    CompoundList,
    ConnectionPart,
    FormerIdList,
    Found,
    FoundRank,
    FoundText,
    Known,
    KnownPage,
    Leaf,
    Listing,
    Many,
    One,
    PageFact,
    PartOf,
    RegistryAddress,
    SearchList,
    TextList,
    Together,
)
from graph_schema.refusal import bad_input, over_limit
from graph_schema.schema import Built
from graph_schema.scope import DEFAULT_GROUPS
from graph_schema.words import camel

_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A selection with what it is bound to, and the errors of fields that are null because of an argument."""

    selection: Selection
    reads: Mapping[str, Read]
    errors: tuple[Mapping[str, object], ...]
    fields: int
    depth: int


class _FieldError(Exception):
    """A field that cannot be answered: null, or its parent where it must not be."""


def compile_operation(
    built: Built,
    limits: Limits,
    known: KnownDocuments,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    variables: Variables,
    introspected: Mapping[str, object],
) -> Compiled:
    """The selection of a validated operation. `introspected` are the answers to its introspection fields by key.

    Raises Refusal when a limit is passed or an argument cannot be used.
    """
    return _Compiler(built, limits, known, fragments, variables, introspected).operation(operation)


class _Compiler:
    def __init__(
        self,
        built: Built,
        limits: Limits,
        known: KnownDocuments,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Variables,
        introspected: Mapping[str, object],
    ) -> None:
        self._built = built
        self._scope = built.scope
        self._limits = limits
        self._known = known
        self._variables = variables
        self._introspected = introspected
        self._collector = Collector(fragments, built.covers, variables)
        self._reads: dict[str, Read] = {}
        self._errors: list[Mapping[str, object]] = []
        self._path: list[str] = []
        self._fields = 0
        self._depth = 0

    # --- the operation ---------------------------------------------------------------------------------------------

    def operation(self, operation: OperationDefinitionNode) -> Compiled:
        """The whole answer."""
        query = self._built.schema.query_type
        assert query is not None
        collected = self._collector.collect(query.name, [operation.selection_set])
        if len(collected) > self._limits.root_fields:
            allowed = self._limits.root_fields
            raise over_limit("root_fields", len(collected), allowed, "ask several questions")
        selection = Selection(self._object(query.name, collected))
        return Compiled(selection, self._reads, tuple(self._errors), self._fields, self._depth)

    # --- objects and fields ----------------------------------------------------------------------------------------

    def _slot(self, read: Read) -> Slot:
        slot = Slot(f"v{len(self._reads)}")
        self._reads[slot.name] = read
        return slot

    def _object(self, type_name: str, collected: Collected) -> Parts:
        parts: list[Part] = []
        for key, nodes in collected.items():
            part = self._field(type_name, key, nodes)
            parts.append(part)
        return tuple(parts)

    def _below(self, type_name: str, nodes: Sequence[FieldNode]) -> Parts:
        return self._object(type_name, self._collected(type_name, nodes))

    def _collected(self, type_name: str, nodes: Sequence[FieldNode]) -> Collected:
        return self._collector.collect(type_name, [node.selection_set for node in nodes])

    def _count(self, key: str, node: FieldNode) -> None:
        self._fields += 1
        if self._fields > self._limits.fields:
            raise over_limit("fields", self._fields, self._limits.fields, "ask for less at once", node)
        self._path.append(key)
        self._depth = max(self._depth, len(self._path))
        if len(self._path) > self._limits.depth:
            raise over_limit("depth", len(self._path), self._limits.depth, "ask several questions", node)

    def _field(self, type_name: str, key: str, nodes: list[FieldNode]) -> Part:
        name = nodes[0].name.value
        self._count(key, nodes[0])
        try:
            if name == "__typename":
                return Literal(key, type_name)
            if name in _INTROSPECTION:
                text = json.dumps(self._introspected[key], ensure_ascii=False, separators=(",", ":"))
                return Json(key, self._slot(lambda _: text))
            return self._meant(type_name, key, nodes)
        except _FieldError:
            if isinstance(self._type(type_name).fields[name].type, GraphQLNonNull) and len(self._path) > 1:
                raise
            return Literal(key, None)
        finally:
            self._path.pop()

    def _type(self, type_name: str) -> GraphQLObjectType:
        found = self._built.schema.type_map[type_name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def _arguments(self, type_name: str, node: FieldNode) -> dict[str, Tree]:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        found = {}
        for name, argument in self._type(type_name).fields[node.name.value].args.items():
            try:
                found[name] = argument_tree(argument, given.get(name), self._variables)
            except NullArgumentError as error:
                spots = node.loc and [{"line": node.loc.start_token.line, "column": node.loc.start_token.column}]
                self._errors.append(
                    {
                        "message": f"Argument '{name}' {error}.",
                        "locations": spots or [],
                        "path": list(self._path),
                        "extensions": {"code": "BAD_USER_INPUT"},
                    }
                )
                raise _FieldError from error
        return found

    def _meant(self, type_name: str, key: str, nodes: list[FieldNode]) -> Part:
        node = nodes[0]
        meaning = self._built.meanings[type_name][node.name.value]
        match meaning:
            case Leaf(column, form):
                return Scalar(key, column, form)
            case Address(entity):
                return Pattern(key, (f"{self._scope.base_iri}/id/{entity}/", Ref("id")))
            case FormerIdList():
                return FormerIds(key)
            case Together(needs, kind):
                return Nested(key, self._below(kind, nodes), needs)
            case One(column, types):
                return LinkTo(key, column, self._types(types, nodes))
            case Many(column, kind):
                page = Page(first=self._plain_limit())
                return List(key, SetOf(column), self._below(kind, nodes), page)
            case TextList(column):
                return Texts(key, column, limit=self._plain_limit())
            case CompoundList(values, kind):
                page = Page(first=self._plain_limit())
                return List(key, ValuesOf(values), self._below(kind, nodes), page)
            case RegistryAddress():
                return self._registry(key, meaning)
            case ClaimList():
                return self._claims(key, meaning, self._arguments(type_name, node), nodes)
            case Listing():
                return self._listing(type_name, key, meaning, nodes)
            case Found(types):
                return LinkTo(key, "record", self._types(types, nodes))
            case FoundRank():
                return Rank(key)
            case FoundText():
                return Highlight(key)
            case ById(entity, kind):
                read = self._arguments(type_name, node)["id"].read
                return Record(key, entity, self._slot(read), self._below(kind, nodes))
            case AnyById():
                return self._any(key, meaning, self._arguments(type_name, node), nodes)
            case SearchList():
                return self._search(type_name, key, nodes)
            case Known() | KnownPage():
                return self._known_part(type_name, key, nodes, meaning)
        raise AssertionError(f"{type_name}.{node.name.value} has no plan")

    def _types(self, types: Sequence[tuple[str, str]], nodes: Sequence[FieldNode]) -> Types:
        return tuple((entity, self._below(kind, nodes)) for entity, kind in types)

    def _plain_limit(self) -> Slot:
        limit = self._limits.plain_list
        return self._slot(lambda _: limit)

    def _registry(self, key: str, meaning: RegistryAddress) -> Part:
        cases: list[tuple[str, Part]] = []
        for code, template in meaning.templates:
            before, _, after = template.partition("{value}")
            cases.append((code, Pattern(key, (before, Ref(meaning.value), after))))
        return Switch(key, meaning.code, tuple(cases))

    def _claims(self, key: str, meaning: ClaimList, arguments: Mapping[str, Tree], nodes: list[FieldNode]) -> Part:
        column = arguments["column"]
        where = Compare(meaning.column, Op.EQ, self._slot(column.read)) if column.given else None
        page = Page(where=where, first=self._plain_limit())
        return List(key, Reverse(meaning.entity, meaning.link), self._below(meaning.type, nodes), page)

    def _any(self, key: str, meaning: AnyById, arguments: Mapping[str, Tree], nodes: list[FieldNode]) -> Part:
        types = self._types(meaning.types, nodes)
        names = frozenset(entity for entity, _ in meaning.types)
        base = f"{self._scope.base_iri}/id/"
        if meaning.several:
            read_ids, limit = arguments["ids"].read, self._limits.ids

            def pairs(values: Variables) -> object:
                ids = read_ids(values)
                assert isinstance(ids, list)
                if len(ids) > limit:
                    raise over_limit("ids", len(ids), limit, "ask several questions", nodes[0])
                return [global_id(str(text), base, names) for text in ids]

            return AnyRecords(key, self._slot(pairs), types)
        read = arguments["id"].read
        type_slot = self._slot(lambda values: global_id(str(read(values)), base, names)[0])
        id_slot = self._slot(lambda values: global_id(str(read(values)), base, names)[1])
        return AnyRecord(key, type_slot, id_slot, types)

    # --- lists -----------------------------------------------------------------------------------------------------

    def _listing(self, type_name: str, key: str, meaning: Listing, nodes: list[FieldNode]) -> Part:
        node = nodes[0]
        arguments = self._arguments(type_name, node)
        filtering = Filtering(self._built, self._limits, self._slot, node)
        row = self._row_type(meaning.entity)
        conditions: list[Filter] = []
        at = self._at(arguments)
        source: Source
        if meaning.members:
            source = Members(meaning.members, meaning.forward, at or self._now())
        else:
            source = Reverse(meaning.entity, meaning.link) if meaning.link else Records(meaning.entity)
            if at is not None:
                conditions.append(OpenAt(meaning.spans, at))
        role = arguments.get(camel(meaning.role), NOTHING) if meaning.role else NOTHING
        if role.given:
            conditions.append(Compare(meaning.role, Op.IN, self._slot(role.read)))
        wanted = arguments["filter"]
        if wanted.given and (condition := filtering.record(f"{row}Filter", wanted)) is not None:
            conditions.append(condition)
        order = arguments.get("orderBy", NOTHING)
        page = self._page(
            node,
            arguments,
            where=conditions[0] if len(conditions) == 1 else All(tuple(conditions)) if conditions else None,
            order=filtering.order(f"{row}Order", order.items()) if order.given else (),
        )
        return self._connection(type_name, key, nodes, source, page)

    def _at(self, arguments: Mapping[str, Tree]) -> At | None:
        at = arguments.get("at", NOTHING)
        if not at.given:
            return None
        read, undated = at.read, arguments["undated"]
        return At(
            self._slot(lambda values: day(read(values)).earliest),
            self._slot(lambda values: day(read(values)).latest),
            self._slot(undated.read) if undated.given else None,
        )

    def _now(self) -> At:
        date = str(self._known.release["date"])
        return At(self._slot(lambda _: date), self._slot(lambda _: date), self._slot(lambda _: True))

    def _search(self, type_name: str, key: str, nodes: list[FieldNode]) -> Part:
        arguments = self._arguments(type_name, nodes[0])
        types = arguments["types"]
        source = Search(self._slot(arguments["text"].read), self._slot(types.read) if types.given else None)
        return self._connection(type_name, key, nodes, source, self._page(nodes[0], arguments))

    def _page(
        self,
        node: FieldNode,
        arguments: Mapping[str, Tree],
        *,
        where: Filter | None = None,
        order: tuple[Order, ...] = (),
    ) -> Page:
        first, last, after, before = (arguments[name] for name in ("first", "last", "after", "before"))
        if first.given and last.given:
            raise bad_input("`first` and `last` together ask for two pages: leave one out.", node)
        if not first.given and not last.given:
            first = constant(self._limits.default_page)
        return Page(
            where=where,
            order=order,
            first=self._slot(self._size(node, "first", first.read)) if first.given else None,
            last=self._slot(self._size(node, "last", last.read)) if last.given else None,
            after=self._slot(after.read) if after.given else None,
            before=self._slot(before.read) if before.given else None,
        )

    def _size(self, node: FieldNode, name: str, read: Read) -> Read:
        most = self._limits.page

        def size(values: Variables) -> object:
            number = read(values)
            assert isinstance(number, int)
            if not 0 <= number <= most:
                raise bad_input(f"`{name}` is {number}: give 0 to {most}, and page on with cursors.", node)
            return number

        return size

    def _row_type(self, entity: str) -> str:
        return next(kind for name, kind in self._scope.types(entity) if name == entity)

    def _connection(self, type_name: str, key: str, nodes: list[FieldNode], source: Source, page: Page) -> Part:
        connection = str(self._type(type_name).fields[nodes[0].name.value].type).rstrip("!")
        fields = tuple(
            self._connection_field(connection, part_key, part_nodes)
            for part_key, part_nodes in self._collected(connection, nodes).items()
        )
        return Connection(key, source, fields, page)

    def _connection_field(self, connection: str, key: str, nodes: list[FieldNode]) -> Asked:
        name = nodes[0].name.value
        self._count(key, nodes[0])
        try:
            if name == "__typename":
                return Literal(key, connection)
            meaning = self._built.meanings[connection][name]
            assert isinstance(meaning, ConnectionPart)
            match meaning.part:
                case PartOf.NODES:
                    return Nodes(key, self._below(meaning.type, nodes))
                case PartOf.EDGES:
                    return Edges(key, tuple(self._edge_fields(meaning.type, nodes)))
                case PartOf.PAGE_INFO:
                    return PageInfo(key, tuple(self._page_facts(nodes)))
                case PartOf.TOTAL_COUNT:
                    return TotalCount(key)
                case PartOf.UNDATED_COUNT:
                    return UndatedCount(key)
                case PartOf.GROUP_BY:
                    return self._group_by(connection, key, meaning, nodes)
            raise AssertionError(f"{connection}.{name} has no plan")
        finally:
            self._path.pop()

    def _edge_fields(self, edge: str, nodes: list[FieldNode]) -> list[Cursor | Node | Literal]:
        found: list[Cursor | Node | Literal] = []
        for key, below in self._collected(edge, nodes).items():
            name = below[0].name.value
            self._count(key, below[0])
            if name == "__typename":
                found.append(Literal(key, edge))
            else:
                meaning = self._built.meanings[edge][name]
                assert isinstance(meaning, ConnectionPart)
                found.append(
                    Cursor(key) if meaning.part is PartOf.CURSOR else Node(key, self._below(meaning.type, below))
                )
            self._path.pop()
        return found

    def _page_facts(self, nodes: list[FieldNode]) -> list[Info | Literal]:
        found: list[Info | Literal] = []
        for key, below in self._collected("PageInfo", nodes).items():
            name = below[0].name.value
            self._count(key, below[0])
            if name == "__typename":
                found.append(Literal(key, "PageInfo"))
            else:
                meaning = self._built.meanings["PageInfo"][name]
                assert isinstance(meaning, PageFact)
                found.append(Info(key, meaning.fact))
            self._path.pop()
        return found

    def _group_by(self, connection: str, key: str, meaning: ConnectionPart, nodes: list[FieldNode]) -> Asked:
        arguments = self._arguments(connection, nodes[0])
        entity = self._scope.shapes.entity(meaning.entity)
        wanted = arguments["column"].value
        column = next((c for c in entity.columns if c.name == wanted and groupable(c.kind)), None)
        if column is None:
            can = ", ".join(c.name.upper() for c in entity.columns if groupable(c.kind))
            raise bad_input(f"{entity.plural} cannot be grouped by {str(wanted).upper()}: use one of {can}.", nodes[0])
        first = arguments["first"] if arguments["first"].given else constant(DEFAULT_GROUPS)
        fields: list[GroupKey | GroupCount | GroupRecord | Literal] = []
        for part_key, below in self._collected("Group", nodes).items():
            self._count(part_key, below[0])
            fields.append(self._group_field(column, part_key, below))
            self._path.pop()
        return GroupBy(key, column.name, tuple(fields), self._slot(self._size(nodes[0], "first", first.read)))

    def _group_field(
        self, column: Column, key: str, nodes: list[FieldNode]
    ) -> GroupKey | GroupCount | GroupRecord | Literal:
        name = nodes[0].name.value
        if name == "__typename":
            return Literal(key, "Group")
        meaning = self._built.meanings["Group"][name]
        assert isinstance(meaning, ConnectionPart)
        match meaning.part:
            case PartOf.GROUP_KEY:
                coded = column.kind is Kind.CODE and column.scheme in self._scope.vocabularies
                return GroupKey(key, Form.ENUM if coded else Form.STRING)
            case PartOf.GROUP_COUNT:
                return GroupCount(key)
        target = getattr(column, "target", "")
        if not target or self._scope.shapes.is_family(target):
            return Literal(key, None)
        return GroupRecord(key, self._below(self._row_type(target), nodes))

    # --- known documents -------------------------------------------------------------------------------------------

    def _known_part(self, type_name: str, key: str, nodes: list[FieldNode], meaning: Known | KnownPage) -> Part:
        arguments = self._arguments(type_name, nodes[0])
        writer = KnownWriter(self._built, self._collector, self._count, self._path.pop)
        if isinstance(meaning, Known):
            document = self._known.release
            kind = str(self._type(type_name).fields[nodes[0].name.value].type).rstrip("!")
            write = writer.document(kind, nodes)
            return Json(
                key, self._slot(lambda _: json.dumps(write(document), ensure_ascii=False, separators=(",", ":")))
            )
        page = self._page(nodes[0], arguments)
        since = arguments.get("since", NOTHING)
        connection = str(self._type(type_name).fields[nodes[0].name.value].type).rstrip("!")
        read = writer.page(connection, nodes, self._known, meaning.key)

        def text(values: Variables) -> object:
            bound = {name: self._reads[slot.name](values) for name, slot in _page_slots(page)}
            return json.dumps(read(bound, since.read(values)), ensure_ascii=False, separators=(",", ":"))

        return Json(key, self._slot(text))


def _page_slots(page: Page) -> list[tuple[str, Slot]]:
    named = {"first": page.first, "after": page.after, "last": page.last, "before": page.before}
    return [(name, slot) for name, slot in named.items() if slot is not None]


def global_id(text: str, base: str, names: frozenset[str]) -> tuple[str, str]:
    """Type and id of a global id: an IRI, or `type/id`; the type is empty where the text is an id alone."""
    rest = text[len(base) :] if text.startswith(base) else text
    kind, slash, record = rest.partition("/")
    if slash and kind in names:
        return kind, record
    return "", text
