"""The records of a release file, read as blocks of triples: one by id, or all of an entity in order.

What stands beside a row (sets, compound values, current members, links from elsewhere, sources) is asked by key for
one record and merged from ordered scans for all of them, so memory stays flat however large the release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import apsw

from datasets.release.layout import link_key, set_table_name
from datasets.shapes.model import Link
from linked_data.mapping import CLAIM, EntityPlan, shortcut_end, shortcut_start
from linked_data.saying import Block, Row, derived
from linked_data.triples import Content, Writer, Writers


@dataclass(frozen=True)
class Beside:
    """Rows that belong to a record: the table and condition, the field that holds the record, what to read."""

    fields: str
    origin: str
    """What follows FROM, up to and without the condition on the key; `{}` where further conditions go."""
    key: str
    order: str
    distinct: bool = False

    @cached_property
    def one(self) -> str:
        """The statement for one record, its id bound."""
        return f"{self._select} {self.fields} FROM {self.origin.format(f'{self.key} = ?')} ORDER BY {self.order}"

    def among(self, plural: str, field: str) -> str:
        """The statement for all records of a table whose field holds a value, which is bound; the key first."""
        wanted = f'{self.key} IN (SELECT id FROM {plural} WHERE "{field}" = ?)'
        return f"{self._select} {self.key}, {self.fields} FROM {self.origin.format(wanted)} ORDER BY {self.order}"

    @cached_property
    def all(self) -> str:
        """The statement for all records, the key first, ordered by it."""
        return (
            f"{self._select} {self.key}, {self.fields} FROM {self.origin.format('1')} ORDER BY {self.key}, {self.order}"
        )

    @property
    def _select(self) -> str:
        return "SELECT DISTINCT" if self.distinct else "SELECT"


@dataclass(frozen=True, slots=True)
class Further:
    """Rows beside a record that are said as predicates of it."""

    rows: Beside
    say: Callable[[list[Row]], list[str]]


@dataclass(frozen=True)
class _Entity:
    writer: Writer
    select: str
    """The statement that reads rows for the writer, up to its conditions."""
    sets: tuple[tuple[str, Beside], ...]
    values: tuple[tuple[str, Beside], ...]
    further: tuple[Further, ...]

    @cached_property
    def besides(self) -> tuple[Beside, ...]:
        return (*(b for _, b in self.sets), *(b for _, b in self.values), *(f.rows for f in self.further))

    def content(self, found: Iterator[list[Row]]) -> Content:
        """What stands beside a record, from the rows of `besides` in order."""
        sets = {name: [str(row[0]) for row in next(found)] for name, _ in self.sets}
        values = {name: next(found) for name, _ in self.values}
        return Content(sets, values, [said for f in self.further for said in f.say(next(found))])


class Merge:
    """Rows of an ordered scan, given out by key in ascending order; keys that nobody asks for are passed over."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def take(self, key: str) -> list[Row]:
        """The rows of a key, without the key."""
        taken: list[Row] = []
        while self._next is not None and str(self._next[0]) <= key:
            if self._next[0] == key:
                taken.append(self._next[1:])
            self._next = next(self._rows, None)
        return taken


class Records:
    """Reads one release file through one connection. Not to be shared between threads."""

    def __init__(self, connection: apsw.Connection, writers: Writers, day: str) -> None:
        """`day` is the date of the release: whoever is a member on it counts as a current member."""
        self._connection = connection
        self.writers = writers
        self._day = day
        self._entities = {name: self._entity(plan) for name, plan in writers.plans.items()}

    def _rows(self, sql: str, *parameters: str) -> list[Row]:
        return list(self._connection.execute(sql, parameters))

    def record(self, entity: str, id_: str) -> list[Block] | None:
        """All triples with the record as subject and its helper nodes; None when there is no such record."""
        found = self.rows(entity, "id", id_)
        return self.blocks(entity, found[0]) if found else None

    def rows(self, entity: str, key: str, value: str, order: str = "id") -> list[Row]:
        """The rows of an entity whose field `key` holds a value."""
        return self._rows(f'{self._entities[entity].select} WHERE "{key}" = ? ORDER BY "{order}", id', value)

    def related(self, entity: str, field: str, value: str, order: str) -> Iterator[list[Block]]:
        """All records of an entity whose field holds a value, with all that stands beside them: one read for each."""
        known = self._entities[entity]
        found = self.rows(entity, field, value, order)
        if not found:
            return
        groups: list[dict[str, list[Row]]] = []
        for beside in known.besides:
            group: dict[str, list[Row]] = {}
            for key, *row in self._connection.execute(beside.among(known.writer.entity.plural, field), (value,)):
                group.setdefault(str(key), []).append(row)
            groups.append(group)
        for row in found:
            id_ = str(row[0])
            yield known.writer.blocks(row, known.content(group.get(id_, []) for group in groups))

    def blocks(self, entity: str, row: Row) -> list[Block]:
        """A row with all that stands beside it."""
        known = self._entities[entity]
        id_ = str(row[0])
        return known.writer.blocks(row, known.content(self._rows(b.one, id_) for b in known.besides))

    def all(self, entity: str) -> Iterator[list[Block]]:
        """Every record of an entity with all that stands beside it, by id."""
        known = self._entities[entity]
        merges = [Merge(iter(self._connection.execute(b.all))) for b in known.besides]
        for row in self._connection.execute(f"{known.select} ORDER BY id"):
            id_ = str(row[0])
            yield known.writer.blocks(row, known.content(merge.take(id_) for merge in merges))

    def _entity(self, plan: EntityPlan) -> _Entity:
        entity = plan.entity
        sets = [
            (name, Beside("value", f"{table} WHERE {{}}", entity.name, "value"))
            for name in dict.fromkeys(f.column.name for f in plan.sets)
            for table in [set_table_name(entity, entity.column(name))]
        ]
        values = [
            (
                v.values.name,
                Beside(
                    ", ".join(f'"{c.name}"' for c in v.values.columns),
                    f"{v.values.name} WHERE {{}}",
                    "subject",
                    "position",
                ),
            )
            for v in plan.values
        ]
        further = [*self._members(plan), *self._reverses(plan), *self._shortcuts(plan), *self._sources(plan)]
        writer = self.writers[entity.name]
        fields = ", ".join(f'"{field}"' for field in writer.fields)
        select = f"SELECT {fields} FROM {entity.plural}"
        return _Entity(writer, select, tuple(sets), tuple(values), tuple(further))

    def _pointing(self, terms: Iterable[str], entity: str) -> Callable[[list[Row]], list[str]]:
        names = self.writers.names
        starts = [f"<{names.expand(term)}> <{names.thing(entity, '')}" for term in terms]
        return lambda rows: [f"{start}{row[0]}>" for start in starts for row in rows]

    def _members(self, plan: EntityPlan) -> Iterator[Further]:
        for spans in plan.spans:
            origin = f"{spans.spans.name} WHERE {{}} AND to_latest >= '{self._day}' AND from_earliest <= '{self._day}'"
            rows = Beside(f'"{spans.other}"', origin, f'"{spans.own}"', f'"{spans.other}"', distinct=True)
            yield Further(rows, self._pointing(spans.terms, spans.entity.name))

    def _reverses(self, plan: EntityPlan) -> Iterator[Further]:
        shapes = self.writers.shapes
        for reverse in plan.reverses:
            link, other = reverse.link, reverse.entity
            if link.many:
                table, key, field = set_table_name(other, link), "value", other.name
                rows = Beside(f'"{field}"', f"{table} WHERE {{}}", key, f'"{field}"')
            else:
                rows = Beside(
                    "id", f"{other.plural} WHERE {_typed(link_key(shapes, link), plan)}", f'"{link.name}"', "id"
                )
            yield Further(rows, self._pointing(link.reverse_terms, other.name))

    def _shortcuts(self, plan: EntityPlan) -> Iterator[Further]:
        shapes, names = self.writers.shapes, self.writers.names
        for other, cut in plan.shortcuts:
            start, end = shortcut_start(other, cut), shortcut_end(other, cut)
            fields = ", ".join(f'"{f}"' for f in reversed(link_key(shapes, end)))
            origin = f"{other.plural} WHERE {_typed(link_key(shapes, start), plan)}"
            rows = Beside(fields, origin, f'"{start.name}"', f'"{end.name}"', distinct=True)
            yield Further(rows, _towards([f"<{names.expand(term)}> <{names.things}" for term in cut.terms], end))

    def _sources(self, plan: EntityPlan) -> Iterator[Further]:
        if plan.entity.name == CLAIM:
            return
        claims = self.writers[CLAIM].entity.plural
        origin = f"{claims} WHERE {{}} AND record_type = '{plan.entity.name}' AND source IS NOT NULL"
        names = self.writers.names
        yield Further(
            Beside("source", origin, "record", "source", distinct=True),
            lambda rows: derived(names, (str(row[0]) for row in rows)),
        )


def _typed(key: tuple[str, ...], plan: EntityPlan) -> str:
    """The condition that a link points at a record of this plan's entity."""
    return f"{{}} AND \"{key[0]}\" = '{plan.entity.name}'" if len(key) > 1 else "{}"


def _towards(starts: list[str], link: Link) -> Callable[[list[Row]], list[str]]:
    """What says predicates of the records that a link points at: of one type, or of the type in the second field."""

    def say(rows: list[Row]) -> list[str]:
        return [f"{start}{row[1] if len(row) > 1 else link.target}/{row[0]}>" for start in starts for row in rows]

    return say
