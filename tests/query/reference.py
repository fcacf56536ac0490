"""What a selection means, slow and obvious: plain Python over all rows of a release.

No index, no limit that is not a slice, no SQL beyond reading whole tables. Numbers come out as `Number` with their
digits; cursors as `Cursor` of their keys, since the tag before them is the planner's own.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets.query import selection as s
from datasets.release import layout
from datasets.shapes import Column, Entity, Kind, Link, Shapes, Spans
from datasets.text import fold, tokens


class Number(str):
    """The digits of a JSON number."""

    __slots__ = ()


class CursorText(str):
    """The keys of a cursor in hexadecimal, without its tag."""

    __slots__ = ()


Fields = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A row of a table. `entity` is set for records; `rank` for search results."""

    table: str
    fields: Fields
    entity: Entity | None = None
    rank: int = 0

    @property
    def id(self) -> str:
        return str(self.fields["id"])


class World:
    """All rows of a release."""

    def __init__(self, path: Path, shapes: Shapes) -> None:
        self.shapes = shapes
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        names = [table.name for table in layout.tables(shapes)]
        self.tables: dict[str, list[Fields]] = {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names
        }
        connection.close()
        self.records = {
            entity.name: [Row(entity.plural, fields, entity) for fields in self.tables[entity.plural]]
            for entity in shapes.entities
        }
        self.by_id = {(name, row.id): row for name, rows in self.records.items() for row in rows}
        self.released = next(row["value"] for row in self.tables["release"] if row["key"] == "date")

    def record(self, entity: str, id: str) -> Row | None:
        for row in self.tables["redirects"]:
            if row["type"] == entity and row["id"] == id:
                return self.by_id.get((entity, row["target"]))
        return self.by_id.get((entity, id))

    def members_of_set(self, row: Row, column: Column) -> list[str]:
        assert row.entity is not None
        table = layout.set_table_name(row.entity, column)
        return sorted((one["value"] for one in self.tables[table] if one[row.entity.name] == row.id), key=order)


def order(value: str | int | None) -> tuple[int, int, bytes]:
    """The order of both databases: numbers, then text by its UTF-8 bytes."""
    return (0, value, b"") if isinstance(value, int) else (1, 0, str(value).encode())


class Backwards:
    """Turns an order around."""

    def __init__(self, key: tuple[int, int, bytes]) -> None:
        self.key = key

    def __lt__(self, other: Backwards) -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Backwards) and self.key == other.key

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Rows:
    """The rows of a source in order, each with the keys of its place."""

    rows: Sequence[tuple[Row, tuple[str | int, ...]]]
    descending: tuple[bool, ...]

    def place(self, keys: tuple[str | int, ...]) -> tuple[Any, ...]:
        return tuple(
            Backwards(order(key)) if down else order(key) for key, down in zip(keys, self.descending, strict=True)
        )

    def sorted(self) -> Rows:
        return Rows(sorted(self.rows, key=lambda one: self.place(one[1])), self.descending)


class Reference:
    """Answers selections."""

    def __init__(self, world: World, values: Mapping[str, object]) -> None:
        self.world = world
        self.shapes = world.shapes
        self.values: Mapping[str, Any] = values

    # --- objects

    def answer(self, selection: s.Selection) -> dict[str, Any]:
        return self.sparse({part.key: self.root(part) for part in selection.parts}, selection.sparse)

    def stream(self, stream: s.Stream) -> list[dict[str, Any]]:
        rows = self.ordered(s.Records(stream.entity), s.Page(stream.where, stream.order), None)
        return [self.object(row, stream.parts, stream.sparse) for row, _ in rows.rows]

    def sparse(self, found: dict[str, Any], sparse: bool) -> dict[str, Any]:
        return {key: value for key, value in found.items() if value is not None} if sparse else found

    def root(self, part: s.Part) -> Any:
        if isinstance(part, s.Record):
            row = self.world.record(part.entity, self.values[part.id.name])
            return None if row is None else self.object(row, part.parts, part.sparse)
        if isinstance(part, s.AnyRecord):
            return self.any_record(self.values[part.type.name], self.values[part.id.name], part.types)
        if isinstance(part, s.AnyRecords):
            return [self.any_record(type, id, part.types) for type, id in self.values[part.pairs.name]]
        return self.part(None, part)

    def any_record(self, type: str, id: str, types: s.Types) -> Any:
        if not type:
            there = [name for name, _ in types if (name, id) in self.world.by_id]
            former = sorted(row["type"] for row in self.world.tables["redirects"] if row["id"] == id)
            type = next(iter((*there, *former)), "")
        row = self.world.record(type, id)
        parts = dict(types).get(type)
        return None if row is None or parts is None else self.object(row, parts, False)

    def object(self, row: Row, parts: s.Parts, sparse: bool) -> dict[str, Any]:
        return self.sparse({part.key: self.part(row, part) for part in parts}, sparse)

    def part(self, row: Row | None, part: s.Part) -> Any:
        if isinstance(part, s.Literal):
            return Number(part.value) if type(part.value) is int else part.value
        if isinstance(part, s.List):
            rows, _ = self.page(part.source, part.page, row)
            return [self.object(one, part.parts, part.sparse) for one, _ in rows]
        if isinstance(part, s.Connection):
            return {field.key: self.connection(field, part, row) for field in part.fields}
        assert row is not None
        return self.of_row(row, part)

    def of_row(self, row: Row, part: s.Part) -> Any:
        if isinstance(part, s.Scalar):
            return self.scalar(row, part.column, part.form)
        if isinstance(part, s.Pattern):
            pieces = [piece if isinstance(piece, str) else self.raw(row, piece) for piece in part.pieces]
            return None if None in pieces else "".join(piece for piece in pieces if piece is not None)
        if isinstance(part, s.Switch):
            case = dict(part.cases).get(self.field(row, part.column))
            return None if case is None else self.part(row, case)
        if isinstance(part, s.ByPrecision):
            branch = self.branch(row, part)
            return None if branch is None else self.part(row, branch)
        if isinstance(part, s.Nested):
            missing = any(self.field(row, name) is None for name in part.needs)
            return None if missing else self.object(row, part.parts, part.sparse)
        if isinstance(part, s.LinkTo):
            return self.linked(row, part)
        if isinstance(part, s.Texts):
            assert row.entity is not None
            texts = self.world.members_of_set(row, row.entity.column(part.column))
            texts = texts if part.limit is None else texts[: self.values[part.limit.name]]
            return [text.upper().replace("-", "_") if part.form is s.Form.ENUM else text for text in texts]
        if isinstance(part, s.FormerIds):
            assert row.entity is not None
            former = [
                r["id"] for r in self.world.tables["redirects"] if (r["type"], r["target"]) == (row.entity.name, row.id)
            ]
            return sorted(former, key=order)
        if isinstance(part, s.Rank):
            return Number(row.rank)
        raise AssertionError(part)

    def linked(self, row: Row, part: s.LinkTo) -> Any:
        type, id = self.target(row, part.column)
        parts = dict(part.types).get(type)
        if id is None or parts is None:
            return None
        return self.object(self.world.by_id[type, id], parts, part.sparse)

    def target(self, row: Row, name: str) -> tuple[str, str | None]:
        """The type and the id that a link of a row points at."""
        if row.table == layout.SEARCH:
            return row.fields["type"], row.fields["id"]
        if row.entity is None:
            return name, row.fields[name]
        link = row.entity.column(name)
        assert isinstance(link, Link)
        if self.shapes.is_family(link.target):
            return row.fields[f"{name}_type"], row.fields[name]
        return link.target, row.fields[name]

    def branch(self, row: Row, part: s.ByPrecision) -> s.Part | None:
        text = self.field(row, part.column)
        if text is None:
            return None
        digits = bare(text).split("-")
        if all(one.isdigit() for one in digits) and len(digits[0]) == 4 and (len(digits) == 1 or int(digits[1]) < 20):
            return (part.year, part.month, part.day)[len(digits) - 1]
        return part.other

    # --- columns

    def column(self, row: Row, name: str) -> Column:
        if row.entity is not None and name in {column.name for column in row.entity.columns}:
            return row.entity.column(name)
        for values in self.shapes.values:
            if values.name == row.table and name != "position":
                return values.column(name)
        kind = Kind.INTEGER if isinstance(row.fields.get(name), int) else Kind.TEXT
        return Column(name=name, kind=Kind.FLAG if name == "undated" else kind, doc="")

    def field(self, row: Row, name: str) -> Any:
        if name == "label" and row.entity is not None and "label" not in row.fields:
            return row.fields[row.entity.label]
        return row.fields[name]

    def scalar(self, row: Row, name: str, form: s.Form) -> Any:
        return self.written(self.column(row, name), self.formed(row, name, form), form)

    def formed(self, row: Row, name: str, form: s.Form) -> Any:
        if form in (s.Form.EARLIEST, s.Form.LATEST):
            return row.fields[f"{name}_{form.value}"]
        value = self.field(row, name)
        return bare(value) if form is s.Form.BARE and value is not None else value

    def written(self, column: Column, value: Any, form: s.Form) -> Any:
        if value is None:
            return None
        if column.kind is Kind.FLAG:
            return bool(value) if form is s.Form.PLAIN else self.written(TEXT, ("false", "true")[value], form)
        if form is s.Form.ENUM:
            return str(value).upper().replace("-", "_")
        if column.kind in (Kind.INTEGER, Kind.DECIMAL) and form is s.Form.PLAIN:
            return Number(value)
        return str(value)

    def raw(self, row: Row, ref: s.Ref) -> str | None:
        value = self.formed(row, ref.column, ref.form)
        return (
            None if value is None else str(value).upper().replace("-", "_") if ref.form is s.Form.ENUM else str(value)
        )

    # --- lists

    def page(self, source: s.Source, page: s.Page, parent: Row | None) -> tuple[Sequence[Any], dict[s.Fact, Any]]:
        rows = self.ordered(source, page, parent)
        every, start, end = rows.rows, 0, len(rows.rows)
        if page.after is not None and self.values[page.after.name] is not None:
            place = rows.place(self.keys(page.after, every))
            start = sum(not place < rows.place(keys) for _, keys in every)
        if page.before is not None and self.values[page.before.name] is not None:
            place = rows.place(self.keys(page.before, every))
            end = sum(rows.place(keys) < place for _, keys in every)
        first, last = start, max(start, end)
        if page.first is not None:
            last = min(last, start + self.values[page.first.name])
        if page.last is not None:
            first = max(first, last - self.values[page.last.name])
        shown = every[first:last]
        facts = {
            s.Fact.HAS_NEXT: last < len(every) and (page.first is not None or end < len(every)),
            s.Fact.HAS_PREVIOUS: first > 0 and (page.last is not None or start > 0),
            s.Fact.START_CURSOR: cursor(shown[0][1]) if shown else None,
            s.Fact.END_CURSOR: cursor(shown[-1][1]) if shown else None,
        }
        return shown, facts

    def keys(self, slot: s.Slot, rows: Sequence[Any]) -> tuple[str | int, ...]:
        """The keys in a cursor: those of the row that has it."""
        text = self.values[slot.name][8:]
        return next(keys for _, keys in rows if cursor(keys) == text)

    def ordered(self, source: s.Source, page: s.Page, parent: Row | None) -> Rows:
        rows = self.rows(source, parent)
        if page.where is not None:
            where = page.where
            rows = Rows([one for one in rows.rows if self.holds(one[0], where)], rows.descending)
        if page.order:
            entity = rows.rows[0][0].entity if rows.rows else None
            if entity is None:
                return rows
            keyed = [
                (
                    row,
                    tuple(
                        row.fields["id" if o.column == "id" else layout.sort_field(entity, o.column)]
                        for o in page.order
                    ),
                )
                for row, _ in rows.rows
            ]
            down = tuple(o.descending for o in page.order)
            if page.order[-1].column != "id":
                keyed = [(row, (*keys, row.id)) for row, keys in keyed]
                down = (*down, down[-1])
            rows = Rows(keyed, down)
        return rows.sorted()

    def rows(self, source: s.Source, parent: Row | None) -> Rows:
        if isinstance(source, s.Search):
            return self.search(source)
        if isinstance(source, s.Records):
            return by_default(self.world.records[source.entity], "")
        assert parent is not None
        if isinstance(source, s.Reverse):
            return self.reverse(source, parent)
        if isinstance(source, s.SetOf):
            assert parent.entity is not None
            link = parent.entity.column(source.column)
            assert isinstance(link, Link)
            ids = self.world.members_of_set(parent, link)
            return Rows([(self.world.by_id[link.target, id], (id,)) for id in ids], (False,))
        if isinstance(source, s.ValuesOf):
            found = [one for one in self.world.tables[source.values] if one["subject"] == parent.id]
            return Rows([(Row(source.values, one), (one["position"],)) for one in found], (False,))
        return self.spans(source, parent)

    def reverse(self, source: s.Reverse, parent: Row) -> Rows:
        entity = self.shapes.entity(source.entity)
        link = entity.column(source.link)
        rows = self.world.records[source.entity]
        if link.many:
            found = [row for row in rows if parent.id in self.world.members_of_set(row, link)]
            return Rows([(row, (row.id,)) for row in found], (False,))
        assert parent.entity is not None
        return by_default(
            [row for row in rows if self.target(row, source.link) == (parent.entity.name, parent.id)], source.link
        )

    def spans(self, source: s.Members | s.Spells, parent: Row) -> Rows:
        spans = next(one for one in self.shapes.spans if one.name == source.spans)
        near, far = (spans.whole, spans.part) if source.forward else (spans.part, spans.whole)
        own = [one for one in self.world.tables[spans.name] if one[near] == parent.id]
        own = [one for one in own if source.at is None or self.open(one, source.at)]
        if isinstance(source, s.Spells):
            return Rows(
                [(Row(spans.name, one), (one[f"{far}_sort"], one[far], one["spell"])) for one in own], (False,) * 3
            )
        ends = {one[far]: one[f"{far}_sort"] for one in own}
        return Rows([(self.world.by_id[far, id], (sort, id)) for id, sort in ends.items()], (False, False))

    def open(self, span: Fields, at: s.At) -> bool:
        return self.covers(span, at) and (not span["undated"] or self.undated_asked(at))

    def undated_asked(self, at: s.At) -> bool:
        return at.undated is not None and bool(self.values[at.undated.name])

    def covers(self, span: Fields, at: s.At) -> bool:
        earliest, latest = self.values[at.earliest.name], self.values[at.latest.name]
        return bool(span["from_earliest"] <= latest and earliest <= span["to_latest"])

    def search(self, source: s.Search) -> Rows:
        words = [word for word in (tokens(part) for part in self.values[source.text.name].split()) if word]
        types = self.values[source.types.name] if source.types is not None else None
        found = []
        for entry in self.world.tables[layout.SEARCH]:
            name, alias, summary = (entry[field].split() for field in ("name", "alias", "summary"))
            if (
                not words
                or not occur(words, [name, alias, summary])
                or (types is not None and entry["type"] not in types)
            ):
                continue
            sought = [token for word in words for token in word]
            exact = any(sought == whole.split() for whole in " ".join([*name, "|", *alias]).split("|"))
            rank = 1 if exact else 2 if occur(words, [name]) else 3 if occur(words, [name, alias]) else 4
            found.append((Row(layout.SEARCH, entry, None, rank), (rank, entry["sort"], entry["type"], entry["id"])))
        return Rows(found, (False,) * 4).sorted()

    # --- connections

    def connection(self, field: s.ConnectionPart, part: s.Connection, parent: Row | None) -> Any:
        if isinstance(field, s.Literal):
            return self.part(None, field)
        rows, facts = self.page(part.source, part.page, parent)
        if isinstance(field, s.Nodes):
            return [self.object(row, field.parts, False) for row, _ in rows]
        if isinstance(field, s.Edges):
            return [{one.key: self.edge(one, row, keys) for one in field.fields} for row, keys in rows]
        if isinstance(field, s.PageInfo):
            return {
                one.key: facts[one.fact] if isinstance(one, s.Info) else self.part(None, one) for one in field.fields
            }
        if isinstance(field, s.TotalCount):
            return Number(len(self.ordered(part.source, part.page, parent).rows))
        if isinstance(field, s.UndatedCount):
            return Number(self.undated(part, parent))
        assert isinstance(field, s.GroupBy)
        return self.groups(field, part, parent)

    def edge(self, field: s.Cursor | s.Node | s.Literal, row: Row, keys: tuple[str | int, ...]) -> Any:
        if isinstance(field, s.Cursor):
            return cursor(keys)
        return self.object(row, field.parts, False) if isinstance(field, s.Node) else self.part(None, field)

    def undated(self, part: s.Connection, parent: Row | None) -> int:
        """The rows with `undated` let in that are not there with it left out."""
        source, page = part.source, part.page
        counts = []
        for let_in in (True, False):
            asked = Reference(self.world, {**self.values, "let in": let_in})
            if isinstance(source, s.Members | s.Spells) and source.at is not None:
                at = s.At(source.at.earliest, source.at.latest, s.Slot("let in"))
                counts.append(len(asked.ordered(type(source)(source.spans, source.forward, at), page, parent).rows))
            else:
                counts.append(len(asked.ordered(source, s.Page(let(page.where)), parent).rows))
        return counts[0] - counts[1]

    def groups(self, field: s.GroupBy, part: s.Connection, parent: Row | None) -> list[Any]:
        rows = [row for row, _ in self.ordered(part.source, part.page, parent).rows]
        if not rows:
            return []
        column = self.column(rows[0], field.column)
        counts: Counter[Any] = Counter()
        for row in rows:
            keys: Sequence[Any] = (
                self.world.members_of_set(row, column) if column.many else [self.field(row, column.name)]
            )
            counts.update(keys or [None])
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0] is None, order(one[0])))
        limit = None if field.first is None else self.values[field.first.name]
        return [{one.key: self.group(one, column, key, count) for one in field.fields} for key, count in ranked[:limit]]

    def group(self, field: Any, column: Column, key: Any, count: int) -> Any:
        if isinstance(field, s.GroupKey):
            return self.written(column, key, field.form)
        if isinstance(field, s.GroupCount):
            return Number(count)
        if isinstance(field, s.Literal):
            return self.part(None, field)
        assert isinstance(column, Link)
        return None if key is None else self.object(self.world.by_id[column.target, key], field.parts, False)

    # --- filters

    def holds(self, row: Row, test: s.Filter) -> bool:
        if isinstance(test, s.All):
            return all(self.holds(row, one) for one in test.filters)
        if isinstance(test, s.AnyOf):
            return any(self.holds(row, one) for one in test.filters)
        if isinstance(test, s.Not):
            return not self.holds(row, test.filter)
        if isinstance(test, s.Compare):
            return self.compare(self.field(row, test.column), test.op, test.value)
        if isinstance(test, s.IsNull):
            return (self.field(row, test.column) is None) is self.values[test.value.name]
        if isinstance(test, s.Linked):
            type, id = self.target(row, test.column)
            return id is not None and type == test.entity and self.holds(self.world.by_id[type, id], test.filter)
        if isinstance(test, s.Related):
            related = [one for one, _ in self.rows(test.source, row).rows]
            return quantified(test.quantifier, (self.holds(one, test.filter) for one in related))
        if isinstance(test, s.TextSet):
            assert row.entity is not None
            texts = self.world.members_of_set(row, row.entity.column(test.column))
            return quantified(
                test.quantifier, (all(self.compare(text, op, value) for op, value in test.tests) for text in texts)
            )
        return self.of_time(row, test)

    def of_time(self, row: Row, test: s.Within | s.Overlaps | s.OpenAt) -> bool:
        if isinstance(test, s.OpenAt):
            span = self.span(row, next(one for one in self.shapes.spans if one.name == test.spans))
            return self.open(span, test.at)
        low, high = row.fields[f"{test.column}_earliest"], row.fields[f"{test.column}_latest"]
        earliest, latest = self.values[test.earliest.name], self.values[test.latest.name]
        if low is None:
            return False
        within = earliest <= low and high <= latest
        return bool(within if isinstance(test, s.Within) else low <= latest and earliest <= high)

    def span(self, row: Row, spans: Spans) -> Fields:
        fields = row.fields
        founding = self.world.by_id[spans.whole, fields[spans.whole]].fields[f"{spans.founding}_earliest"]
        since = fields[f"{spans.since}_earliest"]
        start = since or founding or layout.FIRST_DAY
        end = fields[f"{spans.until}_latest"] or layout.LAST_DAY
        if fields[spans.until] is None and fields[spans.ended]:
            end = max(day_before(self.world.released), start)
        undated = since is None and not (fields[spans.role] == spans.founding_role and founding is not None)
        return {"from_earliest": start, "to_latest": end, "undated": undated}

    def compare(self, value: Any, op: s.Op, slot: s.Slot) -> bool:
        wanted = self.values[slot.name]
        if op in (s.Op.NE, s.Op.NOT_IN):
            return not self.compare(value, s.Op.EQ if op is s.Op.NE else s.Op.IN, slot)
        if value is None:
            return False
        tests: dict[s.Op, Callable[[], Any]] = {
            s.Op.EQ: lambda: value == wanted,
            s.Op.IN: lambda: value in wanted,
            s.Op.LT: lambda: value < wanted,
            s.Op.LE: lambda: value <= wanted,
            s.Op.GT: lambda: value > wanted,
            s.Op.GE: lambda: value >= wanted,
            s.Op.CONTAINS: lambda: fold(wanted) in fold(value),
            s.Op.STARTS: lambda: fold(value).startswith(fold(wanted)),
        }
        return bool(tests[op]())


TEXT = Column(name="", kind=Kind.TEXT, doc="")


def let(where: s.Filter | None) -> s.Filter | None:
    """The filter with its test of being open asking the slot `let in` for the undated."""
    if isinstance(where, s.OpenAt):
        return s.OpenAt(where.spans, s.At(where.at.earliest, where.at.latest, s.Slot("let in")))
    if isinstance(where, s.All):
        return s.All(tuple(one for one in map(let, where.filters) if one is not None))
    return where


def day_before(day: str) -> str:
    from datetime import date, timedelta

    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def by_default(rows: list[Row], without: str) -> Rows:
    entity = rows[0].entity if rows else None
    if entity is None:
        return Rows([], ())
    first = next((o for o in entity.orders if o != without), None)
    if first is None:
        return Rows([(row, (row.id,)) for row in rows], (False,))
    field = layout.sort_field(entity, first)
    return Rows([(row, (row.fields[field], row.id)) for row in rows], (False, False))


def bare(date: str) -> str:
    day, _, time = date.partition("T")
    return day if time and "/" not in date else date.rstrip("?~%")


def cursor(keys: tuple[str | int, ...]) -> CursorText:
    return CursorText("\x1f".join(map(str, keys)).encode().hex().upper())


def quantified(quantifier: s.Quantifier, found: Iterable[bool]) -> bool:
    if quantifier is s.Quantifier.EVERY:
        return all(found)
    return any(found) is (quantifier is s.Quantifier.SOME)


def occur(words: list[list[str]], fields: list[list[str]]) -> bool:
    """Whether the tokens of each word stand side by side in one of the fields; the very last may be a beginning."""
    return all(
        any(
            field[at : at + len(word) - 1] == word[:-1]
            and fits(field[at + len(word) - 1], word[-1], n == len(words) - 1)
            for field in fields
            for at in range(len(field) - len(word) + 1)
        )
        for n, word in enumerate(words)
    )


def fits(token: str, wanted: str, last: bool) -> bool:
    return token.startswith(wanted) if last else token == wanted
