"""What a record points at from elsewhere: current members, links in the other direction, shortcuts, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datasets.release.ddl import literal, quote
from datasets.release.layout import link_key, set_table_name
from datasets.shapes.model import Link
from linked_data.jsonld.sql import MENTION, Sql, opening
from linked_data.mapping import CLAIM, DERIVED, SOURCE, EntityPlan, plans, shortcut_end, shortcut_start
from linked_data.namespaces import Namespaces


@dataclass(frozen=True, slots=True)
class Pointed:
    """Rows that a record points at from elsewhere: the id and type of what is pointed at, and where to read them."""

    id: Sql
    type: Sql
    """An SQL expression: a field where the type varies, else a literal."""
    types: tuple[str, ...]
    origin: Sql
    where: Sql

    @property
    def varies(self) -> bool:
        """Whether the type stands in a field."""
        return not self.type.startswith("'")


class Pointing:
    """Finds what records point at."""

    def __init__(self, names: Namespaces, day: str) -> None:
        self.shapes = names.shapes
        self.plans = plans(names.shapes)
        self._day = day

    def listed(self, pointed: Pointed) -> Sql:
        """The IRIs of what a record points at, separated by commas, in order."""
        origin = f"FROM {pointed.origin} WHERE {pointed.where}"
        if pointed.varies:
            rows = f"SELECT DISTINCT {pointed.type} AS t, {pointed.id} AS x {origin} ORDER BY 2, 1"
            iri = f"{opening(MENTION)} || t || '/' || x || '\"'"
        else:
            rows = f"SELECT DISTINCT {pointed.id} AS x {origin} ORDER BY 1"
            iri = f"{opening(f'{MENTION}{pointed.types[0]}/')} || x || '\"'"
        return f"(SELECT group_concat({iri}, ',') FROM ({rows}))"

    def pointing(self, plan: EntityPlan, row: str) -> Iterator[tuple[tuple[str, ...], Pointed]]:
        """What a record points at from elsewhere, by the properties that say so."""
        for spans in plan.spans:
            where = (
                f"p.{quote(spans.own)} = {row}.id "
                f"AND p.to_latest >= {literal(self._day)} AND p.from_earliest <= {literal(self._day)}"
            )
            yield spans.terms, self._pointed(f"p.{quote(spans.other)}", spans.entity.name, spans.spans.name, where)
        for reverse in plan.reverses:
            entity, link = reverse.entity, reverse.link
            if link.many:
                table = set_table_name(entity, link)
                pointed = self._pointed(f"p.{quote(entity.name)}", entity.name, table, f"p.value = {row}.id")
            else:
                pointed = self._pointed("p.id", entity.name, entity.plural, self.points(plan, link, row, "p."))
            yield link.reverse_terms, pointed
        for other, cut in plan.shortcuts:
            start, end = shortcut_start(other, cut), shortcut_end(other, cut)
            key = link_key(self.shapes, end)
            where = self.points(plan, start, row, "p.")
            type_ = f"p.{quote(key[0])}" if len(key) > 1 else literal(end.target)
            types = tuple(e.name for e in self.shapes.targets(end.target))
            yield cut.terms, Pointed(f"p.{quote(end.name)}", type_, types, f"{quote(other.plural)} AS p", where)
        if plan.entity.name != CLAIM:
            typed = f"p.record_type = {literal(plan.entity.name)} AND p.record = {row}.id AND p.source IS NOT NULL"
            yield (DERIVED,), self._pointed("p.source", SOURCE, self.plans[CLAIM].entity.plural, typed)

    def _pointed(self, id_: Sql, type_: str, table: str, where: Sql) -> Pointed:
        return Pointed(id_, literal(type_), (type_,), f"{quote(table)} AS p", where)

    def points(self, plan: EntityPlan, link: Link, row: str, at: str) -> Sql:
        """Whether a link points at the row at hand."""
        key = link_key(self.shapes, link)
        typed = f"{at}{quote(key[0])} = {literal(plan.entity.name)} AND " if len(key) > 1 else ""
        return f"{typed}{at}{quote(link.name)} = {row}.id"
