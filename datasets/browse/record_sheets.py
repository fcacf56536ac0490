"""One sheet for every entity of which sources tell: its columns with names in place of ids, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.browse.sheet import (
    BETWEEN,
    KEY,
    Heading,
    Sheet,
    country_of,
    joined,
    label,
    locality_of,
    quoted,
    told,
    words,
    year,
)
from datasets.release.layout import LAST_DAY, label_field, set_table_name, sort_field
from datasets.shapes.model import Column, Entity, Kind, Link, Reverse, Shapes, Spans

MOST_FACETS = 3
"""Columns by which a sheet is counted at first: closed vocabularies, then countries."""


def record_sheets(shapes: Shapes) -> tuple[Sheet, ...]:
    """The sheets of the shapes' entities, in the order of the shapes."""
    return tuple(_Making(shapes, entity).sheet() for entity in told(shapes))


class _Making:
    """One sheet in the making: headings, and the tables that they need."""

    def __init__(self, shapes: Shapes, entity: Entity) -> None:
        self._shapes = shapes
        self._entity = entity
        self._joins = [f"{quoted(entity.plural)} e"]
        self._codes: list[str] = []
        self._places: list[str] = []
        self._ids: list[Heading] = []

    def sheet(self) -> Sheet:
        entity = self._entity
        headings = [heading for column in entity.columns if not column.many for heading in self._column(column)]
        headings += [self._set(column) for column in entity.columns if column.many]
        headings += [heading for spans in self._shapes.spans for heading in self._spans(spans)]
        headings += [h for reverse in self._shapes.reverses(entity) for h in self._parts(reverse)]
        headings += self._sources()
        headings += self._ids
        headings.append(Heading(KEY, f"Id of the {entity.name}: leads to its page, with sources and rivals.", "e.id"))
        unique = {heading.name: heading for heading in reversed(headings)}
        order = sort_field(entity, entity.orders[0])
        return Sheet(
            name=entity.plural,
            title=words(entity.plural),
            doc=entity.doc,
            headings=tuple(h for h in headings if unique[h.name] is h),
            source=" ".join(self._joins),
            order=f"e.{quoted(order)}, e.id",
            facets=(*self._codes, *self._places)[:MOST_FACETS],
            entity=entity.name,
        )

    def _join(self, table: str, on: str) -> str:
        alias = f"j{len(self._joins)}"
        self._joins.append(f"LEFT JOIN {quoted(table)} {alias} ON {on.format(alias=alias)}")
        return alias

    def _column(self, column: Column) -> Iterator[Heading]:
        field = f"e.{quoted(column.name)}"
        if isinstance(column, Link):
            yield from self._link(column)
        elif column.kind is Kind.CODE:
            alias = self._join("concepts", f"{{alias}}.id = '{column.scheme}.' || {field}")
            self._codes.append(column.name)
            yield Heading(column.name, column.doc, f"coalesce({alias}.label, {field})")
        elif column.kind is Kind.FLAG:
            yield Heading(column.name, column.doc, f"CASE {field} WHEN 1 THEN 'yes' END")
        elif column.kind is Kind.DATE:
            yield Heading(column.name, column.doc, field)
            if column.name in self._entity.orders:
                yield _year(column.name, words(column.name))
        elif column.kind is not Kind.LANGUAGE:
            kind = "INTEGER" if column.kind is Kind.INTEGER else "TEXT"
            own = column.name == label_field(self._entity)
            leads = (f"'{self._entity.name}'", KEY) if own else None
            yield Heading(column.name, column.doc, field, kind, leads=leads)

    def _link(self, link: Link) -> Iterator[Heading]:
        shapes, field = self._shapes, f"e.{quoted(link.name)}"
        id_column = f"{link.name}_id"
        targets = shapes.targets(link.target)
        if shapes.is_family(link.target):
            alias = self._join("subjects", f"{{alias}}.id = {field}")
            kind = f"{link.name}_type"
            yield Heading(link.name, link.doc, f"{alias}.label", leads=(kind, id_column))
            yield Heading(kind, f"What {link.name} is: {', '.join(t.name for t in targets)}.", f"e.{quoted(kind)}")
        else:
            alias = self._join(targets[0].plural, f"{{alias}}.id = {field}")
            yield Heading(link.name, link.doc, label(targets[0], alias), leads=(f"'{targets[0].name}'", id_column))
            if link == country_of(shapes, self._entity):
                self._places.append(link.name)
        for target in targets:
            yield from self._seat(link, target, field)
        self._ids.append(Heading(id_column, f"Id of {link.name}.", field, quiet=True))

    def _seat(self, link: Link, target: Entity, field: str) -> Iterator[Heading]:
        """Town and country of what the link leads to, where records of that entity have them."""
        seat = country_of(self._shapes, target)
        if not seat or seat.name == link.name:
            return
        if self._shapes.is_family(link.target):
            there = self._join(
                target.plural, f"{{alias}}.id = {field} AND e.{quoted(f'{link.name}_type')} = '{target.name}'"
            )
        else:
            there = self._join(target.plural, f"{{alias}}.id = {field}")
        country = self._shapes.entity(seat.target)
        name = f"{link.name}_{seat.name}"
        alias = self._join(country.plural, f"{{alias}}.id = {there}.{quoted(seat.name)}")
        if town := locality_of(target):
            yield Heading(f"{link.name}_{town}", target.column(town).doc, f"{there}.{quoted(town)}")
        yield Heading(name, f"{words(seat.name)} of {link.name}.", label(country, alias))
        if link.required:
            self._places.append(name)

    def _set(self, column: Column) -> Heading:
        entity, table = self._entity, quoted(set_table_name(self._entity, column))
        value, origin = "s.value", f"{table} s"
        if isinstance(column, Link) and not self._shapes.is_family(column.target):
            target = self._shapes.entity(column.target)
            value, origin = label(target, "t"), f"{table} s JOIN {quoted(target.plural)} t ON t.id = s.value"
        select = f"SELECT {value} AS v FROM {origin} WHERE s.{quoted(entity.name)} = e.id ORDER BY v"
        return Heading(column.name, f"{column.doc} Several are separated by “{BETWEEN.strip()}”.", joined(select))

    def _spans(self, spans: Spans) -> Iterator[Heading]:
        entity, shapes = self._entity, self._shapes
        if entity.name == spans.whole:
            part = shapes.entity(spans.part)
            now = f"FROM {quoted(spans.name)} s WHERE s.{quoted(entity.name)} = e.id AND s.to_latest = '{LAST_DAY}'"
            doc = f"{words(spans.forward)} recorded here that are so now; many lists are not complete."
            yield Heading(
                f"{spans.forward}_recorded", doc, f"(SELECT count(DISTINCT s.{quoted(part.name)}) {now})", "INTEGER"
            )
            if seat := country_of(shapes, part):
                there = now.replace("WHERE", f"JOIN {quoted(part.plural)} o ON o.id = s.{quoted(part.name)} WHERE")
                sql = f"(SELECT count(DISTINCT o.{quoted(seat.name)}) {there})"
                country = shapes.entity(seat.target).plural
                yield Heading(f"{country}_recorded", f"{words(country)} of these {spans.forward}.", sql, "INTEGER")
        if entity.name == spans.part:
            whole = shapes.entity(spans.whole)
            origin = (
                f"FROM {quoted(spans.name)} s JOIN {quoted(whole.plural)} w ON w.id = s.{quoted(whole.name)} "
                f"WHERE s.{quoted(entity.name)} = e.id AND s.to_latest = '{LAST_DAY}'"
            )
            doc = f"{spans.backward_doc} Several are separated by “{BETWEEN.strip()}”."
            yield Heading(spans.backward, doc, joined(f"SELECT DISTINCT {label(whole, 'w')} AS v {origin} ORDER BY v"))
            count = f"(SELECT count(DISTINCT w.id) {origin})"
            yield Heading(f"{spans.backward}_count", f"How many {spans.backward} these are.", count, "INTEGER")

    def _parts(self, reverse: Reverse) -> Iterator[Heading]:
        """Who takes part in a record: the other ends of ties that have no name of their own, with their roles."""
        tie, shapes = reverse.entity, self._shapes
        others = [other for other in tie.links if other.required and not other.many and other != reverse.link]
        spanned = any(spans.entity == tie.name for spans in shapes.spans)
        if not tie.templated or len(others) != 1 or spanned or shapes.is_family(reverse.link.target):
            return
        other = others[0]
        family = shapes.is_family(other.target)
        table = "subjects" if family else shapes.entity(other.target).plural
        name = "o.label" if family else label(shapes.entity(other.target), "o")
        role = next((c for c in tie.columns if c.kind is Kind.CODE), None)
        origin = f"{quoted(tie.plural)} t JOIN {quoted(table)} o ON o.id = t.{quoted(other.name)} "
        if role:
            origin += f"LEFT JOIN concepts r ON r.id = '{role.scheme}.' || t.{quoted(role.name)} "
            name += " || coalesce(' (' || lower(r.label) || ')', '')"
        where = f"WHERE t.{quoted(reverse.link.name)} = e.id"
        order = f"ORDER BY t.{quoted(sort_field(tie, tie.orders[0]))}, t.id"
        doc = f"{reverse.doc} Several are separated by “{BETWEEN.strip()}”."
        yield Heading(reverse.name, doc, joined(f"SELECT {name} AS v FROM {origin}{where} {order}"))
        count = f"(SELECT count(*) FROM {quoted(tie.plural)} t {where})"
        yield Heading(f"{reverse.name}_count", f"How many {reverse.name} are recorded.", count, "INTEGER")

    def _sources(self) -> Iterator[Heading]:
        claims = f"FROM claims c JOIN sources s ON s.id = c.source WHERE c.record_type = '{self._entity.name}'"
        select = f"SELECT DISTINCT s.title AS v, s.id {claims} AND c.record = e.id ORDER BY v, s.id"
        doc = (
            f"Who says so: the sources of the record, separated by “{BETWEEN.strip()}”. Its page tells which says what."
        )
        yield Heading("sources", doc, joined(select))


def _year(column: str, title: str) -> Heading:
    earliest, latest = f"e.{quoted(f'{column}_earliest')}", f"e.{quoted(f'{column}_latest')}"
    doc = f"Year of {column}; empty where the date can lie in more than one."
    return Heading(f"{column}_year", doc, year(earliest, latest), "INTEGER", title=f"{title} (year)")
