"""Lists of records as an operation asks for them: connections, pages, groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graphql import FieldNode

from datasets.query import selection as sql
from datasets.query.cursor import well_formed
from datasets.query.selection import At, Fact, Filter, Form, Page, Slot
from datasets.shapes.model import Column, Kind, Link
from graph_schema.arguments import NOTHING, Read, Tree, Variables, constant
from graph_schema.compilation import Asked, Compilation
from graph_schema.enums import groupable
from graph_schema.filtering import Filtering, day
from graph_schema.meaning import ConnectionPart, Listing, PageFact, PartOf, SearchList
from graph_schema.refusal import bad_input
from graph_schema.scope import DEFAULT_GROUPS, type_name
from graph_schema.words import camel, upper

GroupField = sql.GroupKey | sql.GroupCount | sql.GroupRecord | sql.Literal


def listing(c: Compilation, asked: Asked, meaning: Listing) -> sql.Part:
    """A connection of records of one entity."""
    arguments = c.arguments(asked)
    filtering = Filtering(c.question.built, c.limits, c.slot, asked.node)
    row = type_name(c.scope.shapes.entity(meaning.entity))
    conditions: list[Filter] = []
    at = _at(c, arguments)
    source: sql.Source
    if meaning.members:
        source = sql.Members(meaning.members, meaning.forward, at or now(c))
    else:
        source = sql.Reverse(meaning.entity, meaning.link) if meaning.link else sql.Records(meaning.entity)
        if at is not None:
            conditions.append(sql.OpenAt(meaning.spans, at))
    role = arguments.get(camel(meaning.role), NOTHING) if meaning.role else NOTHING
    if role.given:
        conditions.append(sql.Compare(meaning.role, sql.Op.IN, c.slot(role.read)))
    wanted = arguments["filter"]
    if wanted.given and (condition := filtering.record(f"{row}Filter", wanted)) is not None:
        conditions.append(condition)
    order = arguments.get("orderBy", NOTHING)
    keys = filtering.order(f"{row}Order", order.items()) if order.given else ()
    where = conditions[0] if len(conditions) == 1 else sql.All(tuple(conditions)) if conditions else None
    return connection(c, asked, source, page(c, asked.node, arguments, where=where, order=keys))


def search(c: Compilation, asked: Asked, _: SearchList) -> sql.Part:
    """A connection of search results."""
    arguments = c.arguments(asked)
    types = arguments["types"]
    source = sql.Search(c.slot(arguments["text"].read), c.slot(types.read) if types.given else None)
    return connection(c, asked, source, page(c, asked.node, arguments))


def _at(c: Compilation, arguments: Mapping[str, Tree]) -> At | None:
    at = arguments.get("at", NOTHING)
    if not at.given:
        return None
    read, undated = at.read, arguments["undated"]
    return At(
        c.slot(lambda values: day(read(values)).earliest),
        c.slot(lambda values: day(read(values)).latest),
        c.slot(undated.read) if undated.given else None,
    )


def now(c: Compilation) -> At:
    """The date of the release, undated ones let in: what is meant where no time is given."""
    date = str(c.question.known.release["date"])
    return At(c.slot(lambda _: date), c.slot(lambda _: date), c.slot(lambda _: True))


def page(
    c: Compilation,
    node: FieldNode,
    arguments: Mapping[str, Tree],
    *,
    where: Filter | None = None,
    order: tuple[sql.Order, ...] = (),
    cursor: Callable[[str], bool] = well_formed,
) -> Page:
    """The page that a list's arguments ask for; `cursor` tells what can be one. Raises Refusal."""
    first, last, after, before = (arguments[name] for name in ("first", "last", "after", "before"))
    if first.given and last.given:
        raise bad_input("`first` and `last` together ask for two pages: leave one out.", node)
    if not first.given and not last.given:
        first = constant(c.limits.default_page)
    return Page(
        where=where,
        order=order,
        first=_size(c, node, "first", first.read) if first.given else None,
        last=_size(c, node, "last", last.read) if last.given else None,
        after=_place(c, node, "after", after.read, cursor) if after.given else None,
        before=_place(c, node, "before", before.read, cursor) if before.given else None,
    )


def _place(c: Compilation, node: FieldNode, name: str, read: Read, cursor: Callable[[str], bool]) -> Slot:
    """A cursor, looked at even where the statement has no use for it: what is wrong is told in any case."""

    def place(values: Variables) -> object:
        text = read(values)
        if not isinstance(text, str) or not cursor(text):
            raise bad_input(f"`{name}` is no cursor: give one that a list returned, unchanged.", node)
        return text

    return c.slot(place)


def _size(c: Compilation, node: FieldNode, name: str, read: Read) -> Slot:
    most = c.limits.page

    def size(values: Variables) -> object:
        number = read(values)
        assert isinstance(number, int)
        if not 0 <= number <= most:
            raise bad_input(f"`{name}` is {number}: give 0 to {most}, and page on with cursors.", node)
        return number

    return c.slot(size)


def connection(c: Compilation, asked: Asked, source: sql.Source, wanted: Page) -> sql.Part:
    """A connection with the fields asked for."""
    kind = c.result_type(asked)
    return sql.Connection(asked.key, source, tuple(_part(c, part) for part in c.each(kind, asked.nodes)), wanted)


def _part(c: Compilation, asked: Asked) -> sql.ConnectionPart:
    if asked.name == "__typename":
        return sql.Literal(asked.key, asked.type_name)
    meaning = c.meaning(asked)
    assert isinstance(meaning, ConnectionPart)
    match meaning.part:
        case PartOf.NODES:
            return sql.Nodes(asked.key, c.below(meaning.type, asked.nodes))
        case PartOf.EDGES:
            return sql.Edges(asked.key, tuple(_edge(c, field) for field in c.each(meaning.type, asked.nodes)))
        case PartOf.PAGE_INFO:
            return sql.PageInfo(asked.key, tuple(_fact(c, field) for field in c.each(meaning.type, asked.nodes)))
        case PartOf.TOTAL_COUNT:
            return sql.TotalCount(asked.key)
        case PartOf.UNDATED_COUNT:
            return sql.UndatedCount(asked.key)
        case PartOf.GROUP_BY:
            return _groups(c, asked, meaning)
    raise AssertionError(f"{asked.type_name}.{asked.name} has no plan")


def _edge(c: Compilation, asked: Asked) -> sql.Cursor | sql.Node | sql.Literal:
    if asked.name == "__typename":
        return sql.Literal(asked.key, asked.type_name)
    meaning = c.meaning(asked)
    assert isinstance(meaning, ConnectionPart)
    if meaning.part is PartOf.CURSOR:
        return sql.Cursor(asked.key)
    return sql.Node(asked.key, c.below(meaning.type, asked.nodes))


def _fact(c: Compilation, asked: Asked) -> sql.Info | sql.Literal:
    if asked.name == "__typename":
        return sql.Literal(asked.key, asked.type_name)
    meaning = c.meaning(asked)
    assert isinstance(meaning, PageFact)
    assert isinstance(meaning.fact, Fact)
    return sql.Info(asked.key, meaning.fact)


def _groups(c: Compilation, asked: Asked, meaning: ConnectionPart) -> sql.ConnectionPart:
    arguments = c.arguments(asked)
    entity = c.scope.shapes.entity(meaning.entity)
    wanted = arguments["column"].value
    column = next((one for one in entity.columns if one.name == wanted and groupable(one.kind)), None)
    if column is None:
        can = ", ".join(upper(one.name) for one in entity.columns if groupable(one.kind))
        message = f"{entity.plural} cannot be grouped by {upper(str(wanted))}: use one of {can}."
        raise bad_input(message, asked.node)
    first = arguments["first"] if arguments["first"].given else constant(DEFAULT_GROUPS)
    fields = tuple(_group(c, column, field) for field in c.each(meaning.type, asked.nodes))
    return sql.GroupBy(asked.key, column.name, fields, _size(c, asked.node, "first", first.read))


def _group(c: Compilation, column: Column, asked: Asked) -> GroupField:
    if asked.name == "__typename":
        return sql.Literal(asked.key, asked.type_name)
    meaning = c.meaning(asked)
    assert isinstance(meaning, ConnectionPart)
    if meaning.part is PartOf.GROUP_COUNT:
        return sql.GroupCount(asked.key)
    if meaning.part is PartOf.GROUP_KEY:
        coded = column.kind is Kind.CODE and column.scheme in c.scope.vocabularies
        return sql.GroupKey(asked.key, Form.ENUM if coded else Form.STRING)
    if not isinstance(column, Link) or c.scope.shapes.is_family(column.target):
        return sql.Literal(asked.key, None)
    target = c.scope.shapes.entity(column.target)
    return sql.GroupRecord(asked.key, c.below(type_name(target), asked.nodes))
