"""Lists as the oracle knows them: all rows, filtered, sorted, and only then cut to a page."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets.query.selection import At, Search, Slot
from datasets.release import layout
from datasets.shapes import Column, Entity, Link, Spans
from graph_schema.words import camel, upper
from tests.graphql.oracle.filters import holds
from tests.query.reference import CursorText, Reference, Row, Rows, by_default, cursor, order

if TYPE_CHECKING:
    from tests.graphql.oracle.resolving import Oracle

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Edge:
    node: Any
    cursor: CursorText


@dataclass(frozen=True)
class Group:
    column: Column
    value: Any
    count: int


@dataclass(frozen=True)
class Found:
    record: Row
    rank: int
    highlight: str


class Highlighted(str):  # noqa: SLOT000 - the texts go with it
    """Stands for a marked text of one of the texts given."""

    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Sequence[str]) -> Highlighted:
        made = cls("highlight")
        made.texts = tuple(texts)
        return made

    def fits(self, shown: object) -> bool:
        """Whether a highlight is a part of one of the texts, escaped and marked."""
        if not isinstance(shown, str):
            return False
        bare = html.unescape(re.sub("</?mark>", "", shown.removeprefix("… ").removesuffix(" …")))
        return any(bare in text for text in self.texts)


@dataclass
class Pages:
    """Rows in order with the keys of their places, and a page of them. Cursors are known by their keys."""

    rows: Rows
    arguments: Arguments

    def window(self) -> tuple[int, int]:
        every = self.rows.rows
        start, end = 0, len(every)
        if self.arguments.get("after") is not None:
            place = self.rows.place(self.keys("after"))
            start = sum(not place < self.rows.place(keys) for _, keys in every)
        if self.arguments.get("before") is not None:
            place = self.rows.place(self.keys("before"))
            end = sum(self.rows.place(keys) < place for _, keys in every)
        first, last = self.arguments.get("first"), self.arguments.get("last")
        if first is None and last is None:
            first = 20
        end = max(start, end)
        if first is not None:
            return start, min(end, start + first)
        assert last is not None
        return max(start, end - last), end

    def keys(self, name: str) -> tuple[str | int, ...]:
        texts = bytes.fromhex(self.arguments[name][8:]).decode().split("\x1f")
        if not self.rows.rows:
            return tuple(texts)
        example = self.rows.rows[0][1]
        return tuple(int(t) if isinstance(e, int) else t for t, e in zip(texts, example, strict=True))

    def page(self) -> Sequence[Any]:
        start, end = self.window()
        return self.rows.rows[start:end]

    def nodes(self) -> list[Any]:
        return [row for row, _ in self.page()]

    def edges(self) -> list[Edge]:
        return [Edge(row, cursor(keys)) for row, keys in self.page()]

    def page_info(self) -> dict[str, Any]:
        start, end = self.window()
        shown = self.page()
        return {
            "hasNextPage": end < len(self.rows.rows),
            "hasPreviousPage": start > 0,
            "startCursor": cursor(shown[0][1]) if shown else None,
            "endCursor": cursor(shown[-1][1]) if shown else None,
        }

    def total_count(self) -> int:
        return len(self.rows.rows)


@dataclass
class Listed(Pages):
    """A list of records of one entity."""

    oracle: Oracle
    entity: Entity
    undated: int = field(default=0)

    @classmethod
    def everything(cls, oracle: Oracle, entity: Entity, arguments: Arguments) -> Listed:
        return cls.made(oracle, entity, by_default(oracle.world.records[entity.name], ""), arguments)

    @classmethod
    def reverse(cls, oracle: Oracle, entity: Entity, link: Link, row: Row, arguments: Arguments) -> Listed:
        every = oracle.world.records[entity.name]
        if link.many:
            own = [(one, (one.id,)) for one in every if row.id in oracle.world.members_of_set(one, link)]
            return cls.made(oracle, entity, Rows(own, (False,)), arguments)
        own_rows = [one for one in every if oracle.target(one, link) is row]
        return cls.made(oracle, entity, by_default(own_rows, link.name), arguments)

    @classmethod
    def members(cls, oracle: Oracle, spans: Spans, row: Row, arguments: Arguments, *, forward: bool) -> Listed:
        near, far = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
        at = arguments.get("at")
        earliest, latest = (at.earliest, at.latest) if at else (oracle.release.date, oracle.release.date)
        undated = bool(arguments.get("undated")) if at else True
        entity = oracle.shapes.entity(far)
        found: dict[bool, dict[str, str]] = {True: {}, False: {}}
        for span in oracle.world.tables[spans.name]:
            if span[near] == row.id and span["from_earliest"] <= latest and earliest <= span["to_latest"]:
                for let_in in (True, False) if not span["undated"] else (True,):
                    found[let_in][span[far]] = span[f"{far}_sort"]
        made = {
            let_in: Rows([(oracle.world.by_id[far, i], (sort, i)) for i, sort in ends.items()], (False, False))
            for let_in, ends in found.items()
        }
        listed = cls.made(oracle, entity, made[undated], arguments)
        both = [len(cls.made(oracle, entity, made[let_in], arguments).rows.rows) for let_in in (True, False)]
        listed.undated = both[0] - both[1]
        return listed

    @classmethod
    def made(cls, oracle: Oracle, entity: Entity, rows: Rows, arguments: Arguments) -> Listed:
        spans = next((s for s in oracle.shapes.spans if s.entity == entity.name), None)
        kept = [
            one
            for one in rows.rows
            if (spans is None or then(oracle, spans, one[0], arguments))
            and holds(oracle, entity, one[0], arguments.get("filter") or {})
        ]
        rows = Rows(kept, rows.descending)
        keys = [next((name, way) for name, way in one.items() if way) for one in arguments.get("orderBy") or ()]
        if keys and kept:
            names = {camel(name): name for name in entity.orders}
            fields = [layout.sort_field(entity, names[name]) for name, _ in keys]
            down = tuple(way == "DESC" for _, way in keys)
            rows = Rows(
                [(row, (*(row.fields[f] for f in fields), row.id)) for row, _ in kept],
                (*down, down[-1]),
            )
        return cls(rows.sorted(), arguments, oracle, entity)

    def undated_count(self) -> int:
        return self.undated

    def group_by(self, column: str, first: int | None) -> list[Group]:
        (chosen,) = (c for c in self.entity.columns if upper(c.name) == column)
        counts: Counter[Any] = Counter()
        for row, _ in self.rows.rows:
            values = self.oracle.world.members_of_set(row, chosen) if chosen.many else [row.fields[chosen.name]]
            counts.update(values or [None])
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0] is None, order(one[0])))
        return [Group(chosen, value, count) for value, count in ranked[: 10 if first is None else first]]


def then(oracle: Oracle, spans: Spans, row: Row, arguments: Arguments) -> bool:
    """Whether a row has one of the roles asked for and is open at the time asked about."""
    roles = arguments.get("role")
    if roles is not None and upper(row.fields[spans.role]) not in roles:
        return False
    at = arguments.get("at")
    if at is None:
        return True
    values = {"from": at.earliest, "to": at.latest, "undated": bool(arguments.get("undated"))}
    reference = Reference(oracle.world, values)
    return reference.open(reference.span(row, spans), At(Slot("from"), Slot("to"), Slot("undated")))


def search(oracle: Oracle, arguments: Arguments) -> Pages:
    """Search results."""
    types = arguments.get("types")
    names = {upper(entity.name): entity.name for entity in oracle.shapes.entities}
    values = {"text": arguments["text"], "types": [names[one] for one in types] if types is not None else None}
    asked = Search(Slot("text"), Slot("types") if types is not None else None)
    found = Reference(oracle.world, values).search(asked)
    rows = []
    for row, keys in found.rows:
        record = oracle.world.by_id[row.fields["type"], row.id]
        rows.append((Found(record, row.rank, Highlighted.of(texts(oracle, record, row.fields["label"]))), keys))
    return Pages(Rows(rows, found.descending), arguments)  # type: ignore[arg-type]


def texts(oracle: Oracle, record: Row, label: str) -> list[str]:
    """All texts of a record."""
    assert record.entity is not None
    found = [label, *(value for value in record.fields.values() if isinstance(value, str))]
    for column in record.entity.columns:
        if column.many:
            found += oracle.world.members_of_set(record, column)
    for values in oracle.shapes.values_of(record.entity):
        for one in oracle.compound(values.name, record):
            found += [value for value in one.values() if isinstance(value, str)]
    return found


@dataclass
class Known:
    """A list of documents, paged by place."""

    every: list[dict[str, Any]]
    arguments: Arguments

    def __post_init__(self) -> None:
        since = self.arguments.get("since")
        self.every = [one for one in self.every if since is None or one["date"] >= since.earliest]

    def window(self) -> tuple[int, int]:
        first, last = self.arguments.get("first"), self.arguments.get("last")
        if last is None:
            return 0, min(len(self.every), 20 if first is None else first)
        return max(0, len(self.every) - last), len(self.every)

    def nodes(self) -> list[Any]:
        start, end = self.window()
        return self.every[start:end]

    def edges(self) -> list[Edge]:
        return [Edge(one, CursorText("")) for one in self.nodes()]

    def page_info(self) -> dict[str, Any]:
        start, end = self.window()
        mark = CursorText("") if start < end else None
        return {
            "hasNextPage": end < len(self.every),
            "hasPreviousPage": start > 0,
            "startCursor": mark,
            "endCursor": mark,
        }

    def total_count(self) -> int:
        return len(self.every)
