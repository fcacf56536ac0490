"""The types of records, one per entity, and the interfaces of families, read off the shapes."""

from __future__ import annotations

from dataclasses import replace

from datasets.query.selection import Form
from datasets.shapes.model import Column, Entity, Family, Kind, Link, Spans, Values
from graph_schema.connections import AT_ARGUMENTS, COLUMN, PAGE_ARGUMENTS, list_arguments, members_connection
from graph_schema.declare import Argument, DeclarationError, Field, Registry, listed, nullable
from graph_schema.leaves import DAY, column_type, leaf_form, leaf_type
from graph_schema.meaning import (
    Address,
    ClaimList,
    CompoundList,
    FormerIdList,
    Leaf,
    Listing,
    Many,
    One,
    RegistryAddress,
    TextList,
    Together,
)
from graph_schema.scope import CLAIM_COLUMN, PLAIN_LIST, Scope, type_name
from graph_schema.words import camel, pascal

NODE = "Node"


def declare_records(registry: Registry, scope: Scope) -> None:
    """Interfaces, compound values, groups of columns and one type per entity."""
    fields = {entity.name: record_fields(scope, entity) for entity in scope.shapes.entities}
    _declare_interfaces(registry, scope, fields)
    for values in scope.shapes.values:
        registry.object(pascal(values.singular), f"One of {values.name}. {values.doc}", _value_fields(scope, values))
    for entity in scope.shapes.entities:
        for group in entity.groups:
            columns = [entity.column(name) for name in group.columns]
            parts = [Field(camel(c.name), leaf_type(c, scope.vocabularies), c.doc, Leaf(c.name)) for c in columns]
            if pascal(group.name) not in registry:
                registry.object(pascal(group.name), group.doc, parts)
        interfaces = (*(pascal(f.name) for f in scope.families_of(entity)), NODE)
        registry.object(type_name(entity), entity.doc, fields[entity.name], interfaces)


def record_fields(scope: Scope, entity: Entity) -> tuple[Field, ...]:
    """All fields of an entity's type, in the order of the shapes."""
    name = entity.name
    found = [
        Field("id", "ID", f"Id of the {name}, unique among the records of its type.", Leaf("id")),
        Field("iri", "ID", "Global id: the address of the record, the same on every face.", Address(name)),
    ]
    if "label" not in {c.name for c in entity.columns}:
        found.append(Field("label", "str", f"What the {name} is called in one line.", Leaf("label")))
    grouped = {column: group for group in entity.groups for column in group.columns}
    for column in entity.columns:
        group = grouped.get(column.name)
        if group is None:
            found.extend(_column_fields(scope, entity, column))
        elif column.name == group.columns[0]:
            meaning = Together(group.columns, pascal(group.name))
            found.append(Field(camel(group.name), nullable(pascal(group.name)), group.doc, meaning))
    for values in scope.shapes.values_of(entity):
        kind = pascal(values.singular)
        doc = f"{values.doc} At most {PLAIN_LIST}."
        found.append(Field(camel(values.name), listed(kind), doc, CompoundList(values.name, kind)))
    for spans in scope.shapes.spans:
        found.extend(_span_fields(spans, entity))
    found.extend(_reverse_fields(scope, entity))
    if entity is not scope.claims:
        found.extend(_statement_fields(scope, entity))
    _refuse_twins(entity, found)
    return tuple(found)


def _column_fields(scope: Scope, entity: Entity, column: Column) -> list[Field]:
    return [replace(field, deprecated=column.deprecated) for field in _fields_of(scope, entity, column)]


def _fields_of(scope: Scope, entity: Entity, column: Column) -> list[Field]:
    name = camel(column.name)
    if isinstance(column, Link):
        target = pascal(column.target)
        if column.many:
            return [Field(name, listed(target), f"{column.doc} At most {PLAIN_LIST}.", Many(column.name, target))]
        kind = target if column.required else nullable(target)
        return [Field(name, kind, column.doc, One(column.name, scope.types(column.target)))]
    if column.many:
        return [Field(name, listed("str"), f"{column.doc} At most {PLAIN_LIST}.", TextList(column.name))]
    if entity is scope.claims and column.name == CLAIM_COLUMN:
        return [Field(name, COLUMN, column.doc, Leaf(column.name, Form.ENUM))]
    kind = column_type(column, scope.vocabularies)
    found = [Field(name, kind, column.doc, Leaf(column.name, leaf_form(column, scope.vocabularies)))]
    if column.kind is Kind.DATE:
        day = DAY if column.required else nullable(DAY)
        found += [
            Field(f"{name}Earliest", day, f"First day that `{name}` can mean.", Leaf(column.name, Form.EARLIEST)),
            Field(f"{name}Latest", day, f"Last day that `{name}` can mean.", Leaf(column.name, Form.LATEST)),
        ]
    return found


def _span_fields(spans: Spans, entity: Entity) -> list[Field]:
    found = []
    for owner, field, doc, end, forward in (
        (spans.whole, spans.forward, spans.forward_doc, spans.part, True),
        (spans.part, spans.backward, spans.backward_doc, spans.whole, False),
    ):
        if entity.name == owner:
            meaning = Listing(end, members=spans.name, forward=forward, spans=spans.name)
            arguments = (
                *AT_ARGUMENTS,
                Argument("filter", nullable(f"{pascal(end)}Filter"), "Which records; all when nothing is said."),
                *PAGE_ARGUMENTS,
            )
            text = f"{doc} Sorted by name. Without `at`: at the date of the release, undated ones included."
            found.append(Field(camel(field), members_connection(owner, field), text, meaning, arguments))
    return found


def _reverse_fields(scope: Scope, entity: Entity) -> list[Field]:
    found = []
    for reverse in scope.shapes.reverses(entity):
        other = type_name(reverse.entity)
        spans = scope.spans_of(reverse.entity)
        meaning = Listing(
            reverse.entity.name,
            link=reverse.link.name,
            spans=spans.name if spans else "",
            role=spans.role if spans else "",
        )
        arguments = (*span_arguments(scope, reverse.entity), *list_arguments(other))
        found.append(Field(camel(reverse.name), f"{other}Connection", reverse.doc, meaning, arguments))
    return found


def span_arguments(scope: Scope, entity: Entity) -> tuple[Argument, ...]:
    """Time and role, for lists of records that spans are computed from."""
    spans = scope.spans_of(entity)
    if spans is None:
        return ()
    role = entity.column(spans.role)
    kind = leaf_type(role, scope.vocabularies)
    return (*AT_ARGUMENTS, Argument(camel(spans.role), nullable(listed(kind)), "Only rows of one of these roles."))


def _statement_fields(scope: Scope, entity: Entity) -> list[Field]:
    claim = type_name(scope.claims)
    meaning = ClaimList(scope.claims.name, scope.claim_link.name, CLAIM_COLUMN, claim)
    argument = Argument("column", nullable(COLUMN), "Only claims about this column; all when nothing is said.")
    doc = f"What sources say of this {entity.name}, column by column, rivals included. At most {PLAIN_LIST}."
    return [
        Field("claims", listed(claim), doc, meaning, (argument,)),
        Field("formerIds", listed("ID"), "Ids that the record had before; they still find it.", FormerIdList()),
    ]


def _value_fields(scope: Scope, values: Values) -> list[Field]:
    found = []
    for column in values.columns:
        kind = column_type(column, scope.vocabularies)
        found.append(
            Field(
                camel(column.name),
                kind,
                column.doc,
                Leaf(column.name, leaf_form(column, scope.vocabularies)),
                deprecated=column.deprecated,
            )
        )
    codes = [c.name for c in values.columns if c.kind is Kind.CODE]
    others = [c.name for c in values.columns if c.kind is not Kind.CODE]
    if values.registries and codes and others:
        templates = tuple((r.code, r.address) for r in values.registries if r.address)
        meaning = RegistryAddress(codes[0], others[0], templates)
        found.append(
            Field("url", nullable("str"), "Page of the registry for it, where the registry has pages.", meaning)
        )
    return found


def _declare_interfaces(registry: Registry, scope: Scope, fields: dict[str, tuple[Field, ...]]) -> None:
    everything = [f for f in next(iter(fields.values())) if f.name in ("id", "iri")]
    node_doc = "Whatever has a global id, its IRI (Relay object identification, with the field `iri` as the id)."
    registry.interface(NODE, node_doc, everything)
    families = sorted(scope.shapes.families, key=lambda family: -len(family.members))
    for position, family in enumerate(families):
        wider = [other for other in families[:position] if set(family.members) <= set(other.members)]
        shared = _shared_fields(scope, family, fields)
        registry.interface(pascal(family.name), family.doc, shared, (*(pascal(w.name) for w in wider), NODE))


def _shared_fields(scope: Scope, family: Family, fields: dict[str, tuple[Field, ...]]) -> list[Field]:
    members = {member: {f.name: f for f in fields[member]} for member in family.members}
    first = members[family.members[0]]
    found = []
    for name, field in first.items():
        if all(name in other and other[name].signature == field.signature for other in members.values()):
            docs = {type_name(scope.shapes.entity(member)): other[name].doc for member, other in members.items()}
            found.append(replace(field, doc=_shared_doc(family, name, docs)))
    return found


def _shared_doc(family: Family, name: str, docs: dict[str, str]) -> str:
    if len(set(docs.values())) == 1:
        return next(iter(docs.values()))
    if name in ("id", "label", "claims"):
        sample_type, sample = next(iter(docs.items()))
        return sample.replace(f" {sample_type.lower()},", f" {family.name},").replace(
            f"the {sample_type.lower()} ", f"the {family.name} "
        )
    return " ".join(f"{kind}: {doc}" for kind, doc in docs.items())


def _refuse_twins(entity: Entity, fields: list[Field]) -> None:
    seen: set[str] = set()
    for field in fields:
        if field.name in seen:
            raise DeclarationError(
                f"{entity.name} would have two GraphQL fields {field.name}: rename a column or the reverse of a link"
            )
        seen.add(field.name)
