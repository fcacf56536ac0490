"""An operation as a selection: what its fields mean, with all that the planner cannot know resolved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNonNull, OperationDefinitionNode

from datasets.query import selection as sql
from datasets.query.selection import Page, Part, Selection
from graph_schema import meaning as means
from graph_schema.arguments import Read, Variables
from graph_schema.compilation import Asked, Compilation, FieldError, Question
from graph_schema.knowing import known_document, known_page
from graph_schema.listing import listing, search
from graph_schema.refusal import over_limit
from graph_schema.schema import Built, UnservedField

INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A selection with what it is bound to, and the errors of fields that are null because of an argument."""

    selection: Selection
    reads: Mapping[str, Read]
    errors: tuple[Mapping[str, object], ...]
    fields: int
    depth: int
    nothing: bool = False
    """Whether an error reaches the root, so that there is no data at all."""


def compile_operation(question: Question, operation: OperationDefinitionNode) -> Compiled:
    """The selection of a validated operation. Raises Refusal when a limit is passed or an argument cannot be used."""
    c = Compilation(question, _part)
    query = question.built.schema.query_type
    assert query is not None
    root = len(c.collected(query.name, [operation.selection_set]))
    if root > c.limits.root_fields:
        raise over_limit("root_fields", root, c.limits.root_fields, "ask several questions")
    try:
        parts = c.parts(query.name, [operation.selection_set])
    except FieldError:
        return Compiled(Selection(()), {}, tuple(c.errors), c.fields, c.depth, nothing=True)
    return Compiled(Selection(parts), c.reads, tuple(c.errors), c.fields, c.depth)


def _part(c: Compilation, asked: Asked) -> Part:
    with c.entered(asked):
        if asked.name == "__typename":
            return sql.Literal(asked.key, asked.type_name)
        if asked.name in INTROSPECTION:
            text = json.dumps(c.question.introspected[asked.key], ensure_ascii=False, separators=(",", ":"))
            return sql.Json(asked.key, c.slot(lambda _: text))
        found = c.meaning(asked)
        try:
            return _WRITERS[type(found)](c, asked, found)
        except FieldError:
            required = isinstance(c.type(asked.type_name).fields[asked.name].type, GraphQLNonNull)
            if required:
                raise
            return sql.Literal(asked.key, None)


def _leaf(c: Compilation, asked: Asked, found: means.Leaf) -> Part:
    return sql.Scalar(asked.key, found.column, found.form)


def _address(c: Compilation, asked: Asked, found: means.Address) -> Part:
    return sql.Pattern(asked.key, (f"{c.scope.base_iri}/id/{found.entity}/", sql.Ref("id")))


def _former_ids(c: Compilation, asked: Asked, found: means.FormerIdList) -> Part:
    return sql.FormerIds(asked.key)


def _together(c: Compilation, asked: Asked, found: means.Together) -> Part:
    return sql.Nested(asked.key, c.below(found.type, asked.nodes), found.needs)


def _one(c: Compilation, asked: Asked, found: means.One) -> Part:
    return sql.LinkTo(asked.key, found.column, c.by_type(found.types, asked.nodes))


def _many(c: Compilation, asked: Asked, found: means.Many) -> Part:
    return sql.List(asked.key, sql.SetOf(found.column), c.below(found.type, asked.nodes), _plain_page(c))


def _texts(c: Compilation, asked: Asked, found: means.TextList) -> Part:
    return sql.Texts(asked.key, found.column, limit=_plain_page(c).first)


def _compounds(c: Compilation, asked: Asked, found: means.CompoundList) -> Part:
    return sql.List(asked.key, sql.ValuesOf(found.values), c.below(found.type, asked.nodes), _plain_page(c))


def _registry(c: Compilation, asked: Asked, found: means.RegistryAddress) -> Part:
    cases: list[tuple[str, Part]] = []
    for code, template in found.templates:
        before, _, after = template.partition("{value}")
        cases.append((code, sql.Pattern(asked.key, (before, sql.Ref(found.value), after))))
    return sql.Switch(asked.key, found.code, tuple(cases))


def _claims(c: Compilation, asked: Asked, found: means.ClaimList) -> Part:
    column = c.arguments(asked)["column"]
    where = sql.Compare(found.column, sql.Op.EQ, c.slot(column.read)) if column.given else None
    source = sql.Reverse(found.entity, found.link)
    return sql.List(asked.key, source, c.below(found.type, asked.nodes), _plain_page(c, where))


def _plain_page(c: Compilation, where: sql.Filter | None = None) -> Page:
    limit = c.limits.plain_list
    return Page(where=where, first=c.slot(lambda _: limit))


def _found(c: Compilation, asked: Asked, found: means.Found) -> Part:
    return sql.LinkTo(asked.key, "record", c.by_type(found.types, asked.nodes))


def _rank(c: Compilation, asked: Asked, found: means.FoundRank) -> Part:
    return sql.Rank(asked.key)


def _highlight(c: Compilation, asked: Asked, found: means.FoundText) -> Part:
    return sql.Highlight(asked.key, markup=True)


def _by_id(c: Compilation, asked: Asked, found: means.ById) -> Part:
    read = c.arguments(asked)["id"].read
    return sql.Record(asked.key, found.entity, c.slot(read), c.below(found.type, asked.nodes))


def _any_by_id(c: Compilation, asked: Asked, found: means.AnyById) -> Part:
    arguments = c.arguments(asked)
    types = c.by_type(found.types, asked.nodes)
    names = frozenset(entity for entity, _ in found.types)
    base = f"{c.scope.base_iri}/id/"
    if not found.several:
        read = arguments["id"].read
        type_slot = c.slot(lambda values: global_id(str(read(values)), base, names)[0])
        id_slot = c.slot(lambda values: global_id(str(read(values)), base, names)[1])
        return sql.AnyRecord(asked.key, type_slot, id_slot, types)
    read_ids, limit = arguments["ids"].read, c.limits.ids

    def pairs(values: Variables) -> object:
        ids = read_ids(values)
        assert isinstance(ids, list)
        if len(ids) > limit:
            raise over_limit("ids", len(ids), limit, "ask several questions", asked.node)
        return [global_id(str(text), base, names) for text in ids]

    return sql.AnyRecords(asked.key, c.slot(pairs), types)


def global_id(text: str, base: str, names: frozenset[str]) -> tuple[str, str]:
    """Type and id of a global id: an IRI, or `type/id`; the type is empty where the text is an id alone."""
    kind, slash, record = text.removeprefix(base).partition("/")
    return (kind, record) if slash and kind in names else ("", text)


# The key decides which meaning a writer is given; no type says so.
_WRITERS: Mapping[type, Callable[[Compilation, Asked, Any], Part]] = {
    means.Leaf: _leaf,
    means.Address: _address,
    means.FormerIdList: _former_ids,
    means.Together: _together,
    means.One: _one,
    means.Many: _many,
    means.TextList: _texts,
    means.CompoundList: _compounds,
    means.RegistryAddress: _registry,
    means.ClaimList: _claims,
    means.Listing: listing,
    means.Found: _found,
    means.FoundRank: _rank,
    means.FoundText: _highlight,
    means.ById: _by_id,
    means.AnyById: _any_by_id,
    means.SearchList: search,
    means.Known: known_document,
    means.KnownPage: known_page,
}
_PARTS = (means.ConnectionPart, means.PageFact)
_FILTERS = (
    means.Junction,
    means.ColumnFilter,
    means.LinkFilter,
    means.MemberFilter,
    means.SetFilter,
    means.RelationFilter,
    means.Comparison,
    means.OrderKey,
)


def refuse_unserved(built: Built) -> None:
    """The check at start-up: every field means something that a plan can serve. Raises UnservedField."""
    for type_name, fields in built.meanings.items():
        served = (
            _FILTERS if isinstance(built.schema.type_map[type_name], GraphQLInputObjectType) else (*_WRITERS, *_PARTS)
        )
        for name, found in fields.items():
            if not isinstance(found, served):
                raise UnservedField(f"no plan serves {type_name}.{name} ({found!r})")
