"""Resolvers over the rows of a release in memory, put into the published SDL and executed by graphql-core.

Nothing here knows the planner, nor what its fields mean to it: types and fields are those of the SDL, and what they
stand for is read off the shapes once more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLResolveInfo, GraphQLScalarType, build_schema, execute_sync, parse, validate

from datasets.intake.partial_date import PartialDate
from datasets.release.files import DELTA, MANIFEST
from datasets.release.open import Release
from datasets.shapes import Column, Entity, Kind, Link, Values
from graph_schema.words import camel, pascal, upper
from tests.graphql.oracle.lists import Group, Known, Listed, search
from tests.query.reference import Fields, Row, World, by_default, order

Resolver = Callable[..., Any]


class Oracle:
    """Answers operations over one release."""

    def __init__(self, release: Release, sdl: str) -> None:
        self.release = release
        self.shapes = release.shapes
        self.world = World(release.database, release.shapes)
        self.manifest: dict[str, Any] = json.loads((release.path / MANIFEST).read_bytes())
        self.closed = {row["scheme"] for row in self.world.tables["concepts"]} & {
            scheme.name for scheme in self.shapes.schemes if scheme.closed
        }
        self.schema = build_schema(sdl)
        for scalar in self.schema.type_map.values():
            if isinstance(scalar, GraphQLScalarType) and scalar.name in ("PartialDate", "Date"):
                scalar.coerce_input_value = PartialDate.parse
        self.resolvers: dict[tuple[str, str], Resolver] = {}
        for entity in self.shapes.entities:
            self._entity(entity)
        for values in self.shapes.values:
            self._values(values)
        self._lists()
        self._roots()

    def answer(self, text: str, variables: Mapping[str, Any]) -> ExecutionResult:
        """The answer of graphql-core. The document must be valid."""
        document = parse(text)
        assert not validate(self.schema, document), text
        result = execute_sync(
            self.schema,
            document,
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=self._type,
        )
        assert isinstance(result, ExecutionResult)
        return result

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return self.resolvers[info.parent_type.name, info.field_name](source, **arguments)

    def _type(self, value: Row, *_: object) -> str:
        assert value.entity is not None
        return pascal(value.entity.name)

    # --- records

    def _entity(self, entity: Entity) -> None:
        kind = pascal(entity.name)
        claims = next(e for e in self.shapes.entities if e.name == "claim")

        def add(name: str, resolver: Resolver) -> None:
            assert (kind, name) not in self.resolvers, name
            self.resolvers[kind, name] = resolver

        add("id", lambda row: row.id)
        add("iri", lambda row: f"{self.release.base_iri}/id/{entity.name}/{row.id}")
        if "label" not in {column.name for column in entity.columns}:
            add("label", lambda row: row.fields["label" if entity.templated else entity.label])
        grouped = {name for group in entity.groups for name in group.columns}
        for column in entity.columns:
            if column.name not in grouped:
                self._column(add, entity, column)
        for group in entity.groups:
            names = group.columns
            add(camel(group.name), lambda row, names=names: row if all_known(row, names) else None)
            for name in names:
                column = entity.column(name)
                self.resolvers[pascal(group.name), camel(name)] = lambda row, c=column: self.shown(c, row.fields)
        self._related(add, entity)
        if entity is not claims:
            add("claims", lambda row, column=None: self.claims(entity, row, column))
            add("formerIds", lambda row: self.former(entity, row))

    def _related(self, add: Callable[[str, Resolver], None], entity: Entity) -> None:
        for values in self.shapes.values_of(entity):
            table = values.name
            add(camel(table), lambda row, table=table: [Row(table, one) for one in self.compound(table, row)])
        for spans in self.shapes.spans:
            for owner, field, forward in ((spans.whole, spans.forward, True), (spans.part, spans.backward, False)):
                if owner == entity.name:
                    add(
                        camel(field),
                        lambda row, s=spans, f=forward, **a: Listed.members(self, s, row, a, forward=f),
                    )
        for reverse in self.shapes.reverses(entity):
            add(camel(reverse.name), lambda row, r=reverse, **a: Listed.reverse(self, r.entity, r.link, row, a))

    def _column(self, add: Callable[[str, Resolver], None], entity: Entity, column: Column) -> None:
        name = camel(column.name)
        if isinstance(column, Link) and column.many:
            add(name, lambda row: [self.world.by_id[column.target, i] for i in self.world.members_of_set(row, column)])
        elif isinstance(column, Link):
            add(name, lambda row: self.target(row, column))
        elif column.many:
            add(name, lambda row: self.world.members_of_set(row, column))
        elif entity.name == "claim" and column.name == "column":
            add(name, lambda row: upper(row.fields["column"]))
        else:
            add(name, lambda row: self.shown(column, row.fields))
            if column.kind is Kind.DATE:
                add(f"{name}Earliest", lambda row: row.fields[f"{column.name}_earliest"])
                add(f"{name}Latest", lambda row: row.fields[f"{column.name}_latest"])

    def shown(self, column: Column, fields: Fields) -> Any:
        """A single value as the answer has it."""
        value = fields[column.name]
        if value is None:
            return None
        if column.kind is Kind.FLAG:
            return bool(value)
        if column.kind is Kind.DECIMAL:
            return float(value)
        return upper(value) if column.kind is Kind.CODE and column.scheme in self.closed else value

    def target(self, row: Row, link: Link) -> Row | None:
        """The record that a single link points at."""
        kind = row.fields[f"{link.name}_type"] if self.shapes.is_family(link.target) else link.target
        return None if row.fields[link.name] is None else self.world.by_id[kind, row.fields[link.name]]

    def compound(self, table: str, row: Row) -> list[Fields]:
        """The compound values of a record in their order."""
        found = [one for one in self.world.tables[table] if one["subject"] == row.id]
        return sorted(found, key=lambda one: int(one["position"]))

    def claims(self, entity: Entity, row: Row, column: str | None) -> list[Row]:
        """The claims about a record in their first order."""
        every = self.world.records["claim"]
        own = [c for c in every if (c.fields["record_type"], c.fields["record"]) == (entity.name, row.id)]
        rows = by_default(own, "record").sorted()
        return [c for c, _ in rows.rows if column is None or upper(c.fields["column"]) == column]

    def former(self, entity: Entity, row: Row) -> list[str]:
        """The ids that lead to a record."""
        redirects = self.world.tables["redirects"]
        return sorted((r["id"] for r in redirects if (r["type"], r["target"]) == (entity.name, row.id)), key=order)

    def _values(self, values: Values) -> None:
        kind = pascal(values.singular)
        for column in values.columns:
            self.resolvers[kind, camel(column.name)] = lambda row, c=column: self.shown(c, row.fields)
        addresses = {registry.code: registry.address for registry in values.registries if registry.address}
        code, value = values.columns[0].name, values.columns[1].name
        self.resolvers[kind, "url"] = lambda row: (
            addresses[row.fields[code]].replace("{value}", row.fields[value]) if row.fields[code] in addresses else None
        )

    # --- lists

    def _lists(self) -> None:
        for name in self.schema.type_map:
            if name.endswith("Connection"):
                for field in ("nodes", "edges", "pageInfo", "totalCount", "groupBy", "undatedCount"):
                    self.resolvers[name, field] = lambda listed, f=field, **a: getattr(listed, snake(f))(**a)
            elif name.endswith("Edge"):
                self.resolvers[name, "cursor"] = lambda edge: edge.cursor
                self.resolvers[name, "node"] = lambda edge: edge.node
        for field in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"):
            self.resolvers["PageInfo", field] = lambda facts, f=field: facts[f]
        self.resolvers["Group", "key"] = self.group_key
        self.resolvers["Group", "count"] = lambda group: group.count
        self.resolvers["Group", "record"] = self.group_record
        self.resolvers["SearchResult", "record"] = lambda found: found.record
        self.resolvers["SearchResult", "rank"] = lambda found: found.rank
        self.resolvers["SearchResult", "highlight"] = lambda found: found.highlight

    def group_key(self, group: Group) -> str | None:
        """The value of a group as text."""
        if group.value is None:
            return None
        if group.column.kind is Kind.FLAG:
            return "true" if group.value else "false"
        return str(self.shown(group.column, {group.column.name: group.value}))

    def group_record(self, group: Group) -> Row | None:
        """The record that a group's value is the id of, where all values are of one entity."""
        column = group.column
        if not isinstance(column, Link) or self.shapes.is_family(column.target) or group.value is None:
            return None
        return self.world.by_id[column.target, group.value]

    # --- the root

    def _roots(self) -> None:
        query = self.resolvers
        query["Query", "node"] = lambda _, **a: self.node(a["id"])
        query["Query", "nodes"] = lambda _, ids: [self.node(one) for one in ids]
        for entity in self.shapes.entities:
            query["Query", camel(entity.name)] = lambda _, e=entity, **a: self.world.record(e.name, a["id"])
            query["Query", camel(entity.plural)] = lambda _, e=entity, **a: Listed.everything(self, e, a)
        query["Query", "search"] = lambda _, **a: search(self, a)
        query["Query", "release"] = lambda _: self.known_release()
        query["Query", "releases"] = lambda _, **a: Known([self.known_release()], a)
        query["Query", "changes"] = lambda _, **a: Known(self.known_changes(), a)
        for kind, fields in (
            ("Release", ("id", "date", "title", "licence", "baseIri", "counts")),
            ("RecordCount", ("type", "records")),
            ("Change", ("kind", "type", "id", "movedTo", "release", "date")),
        ):
            for field in fields:
                query[kind, field] = lambda known, f=field: known[f]

    def node(self, id: str) -> Row | None:
        """The record by its global id: an IRI, a type and an id, or an id alone."""
        kind, slash, rest = id.removeprefix(f"{self.release.base_iri}/id/").partition("/")
        if slash and kind in self.world.records:
            return self.world.record(kind, rest)
        spaces = Counter(entity.space for entity in self.shapes.entities if entity.space)
        entities = sorted(self.shapes.entities, key=lambda entity: -spaces[entity.space])
        now = [entity.name for entity in entities if (entity.name, id) in self.world.by_id]
        before = sorted(r["type"] for r in self.world.tables["redirects"] if r["id"] == id)
        return self.world.record((now or before)[0], id) if now or before else None

    def known_release(self) -> dict[str, Any]:
        """The release as the schema shows it."""
        counts = self.manifest["counts"]
        return {
            "id": self.release.id,
            "date": self.release.date,
            "title": self.release.title,
            "licence": self.release.licence,
            "baseIri": self.release.base_iri,
            "counts": [{"type": upper(e.name), "records": counts[e.plural]} for e in self.shapes.entities],
        }

    def known_changes(self) -> list[dict[str, Any]]:
        """The changes that the release made, in the order of its delta."""
        delta = json.loads((self.release.path / DELTA).read_bytes())
        return [
            {
                "kind": change["op"],
                "type": upper(change["type"]),
                "id": change["id"],
                "movedTo": change.get("target"),
                "release": self.release.id,
                "date": self.release.date,
            }
            for change in delta["changes"]
        ]


def all_known(row: Row, names: tuple[str, ...]) -> bool:
    """Whether none of the columns is missing."""
    return all(row.fields[name] is not None for name in names)


def snake(name: str) -> str:
    """`pageInfo` as a name of Python."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
