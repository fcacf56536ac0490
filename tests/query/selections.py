"""Hypothesis strategies for selections over the shapes, with values drawn from a release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from datasets.query import selection as s
from datasets.release import layout
from datasets.shapes import Column, Entity, Kind, Link, Shapes, Spans
from tests.query.reference import World

FOLDABLE = (Kind.TEXT, Kind.NAME, Kind.URL)
_NEEDLES = ("university", "清", "a", "", "O'", "100%", "_", "é", "École", "U15", "zzz", "\U0010ffff", '"')


@dataclass(frozen=True)
class Ask:
    """A selection and the values of its slots."""

    selection: s.Selection
    values: dict[str, object]


class Drawing:
    """One selection being drawn: by Hypothesis, which shrinks it, or evenly from a seed, which reaches rare corners."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], shapes: Shapes, world: World) -> None:
        self.draw = draw
        self.shapes = shapes
        self.world = world
        self.values: dict[str, object] = {}
        self.keys = 0
        self.random = Random(draw(st.integers(0, 2**32))) if draw(st.integers(0, 3)) else None

    def slot(self, value: object) -> s.Slot:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return s.Slot(name)

    def key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    def pick(self, items: Any) -> Any:
        found = list(items)
        return self.random.choice(found) if self.random else self.draw(st.sampled_from(found))

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high) if self.random else int(self.draw(st.integers(low, high)))

    def several_of(self, items: Any, least: int, most: int) -> list[Any]:
        """Different items."""
        found = list(items)
        if self.random:
            return self.random.sample(found, min(len(found), self.random.randint(least, most)))
        return list(self.draw(st.lists(st.sampled_from(found), min_size=least, max_size=most, unique=True)))

    def chance(self, percent: int) -> bool:
        return self.whole(0, 99) < percent

    def count(self) -> s.Slot:
        return self.slot(self.pick((0, 1, 2, 3, 5, 100)))

    # --- values

    def sample(self, entity: Entity, column: str) -> Any:
        """A value that some record has, or hardly any."""
        rows = self.world.records[entity.name]
        name = entity.label if column == "label" and not entity.templated else column
        found = [row.fields[name] for row in rows if row.fields[name] is not None]
        if not found:
            return 0 if name != column or entity.column(name).kind in (Kind.INTEGER, Kind.FLAG) else "none"
        return self.pick(found)

    def days(self) -> tuple[s.Slot, s.Slot]:
        low = self.whole(1985, 2026)
        high = low + self.pick((0, 0, 1, 3, 12))
        months = sorted((self.whole(1, 12), self.whole(1, 12)))
        return self.slot(f"{low}-{months[0]:02}-{self.pick(('01', '15'))}"), self.slot(f"{high}-{months[1]:02}-28")

    def at(self) -> s.At:
        earliest, latest = self.days()
        return s.At(earliest, latest, self.slot(self.chance(50)) if self.chance(40) else None)

    # --- parts of rows

    def parts(self, entity: Entity, depth: int) -> s.Parts:
        makers: list[Callable[[Entity, int], s.Part]] = [*[self.scalar] * 4, self.little]
        if depth:
            makers += [self.link, self.list, self.connection, self.list]
        return tuple(self.pick(makers)(entity, depth) for _ in range(self.whole(1, 4)))

    def singles(self, entity: Entity) -> list[Column]:
        return [column for column in entity.columns if not column.many]

    def scalar(self, entity: Entity, depth: int) -> s.Part:
        if self.chance(20):
            return s.Scalar(self.key(), self.pick(("id", "label")))
        column = self.pick(self.singles(entity))
        forms = [s.Form.PLAIN, s.Form.STRING, s.Form.ENUM]
        if column.kind is Kind.DATE:
            forms = [s.Form.PLAIN, s.Form.EARLIEST, s.Form.LATEST, s.Form.BARE]
        if column.kind not in (Kind.CODE, Kind.FLAG, Kind.LINK) and column.name != "column":
            forms = [form for form in forms if form is not s.Form.ENUM]
        return s.Scalar(self.key(), column.name, self.pick(forms))

    def little(self, entity: Entity, depth: int) -> s.Part:
        dates = [c.name for c in entity.columns if c.kind is Kind.DATE]
        sets = [c.name for c in entity.columns if c.many]
        codes = [c for c in self.singles(entity) if c.kind is Kind.CODE]
        plain = [c.name for c in self.singles(entity) if c.kind is not Kind.FLAG]
        kinds = [
            "literal",
            "former",
            "pattern",
            "nested",
            *(["date"] if dates else []),
            *(["texts"] if sets else []),
            *(["switch"] if codes else []),
        ]
        kind = self.pick(kinds)
        if kind == "former":
            return s.FormerIds(self.key())
        if kind == "pattern":
            return s.Pattern(self.key(), ("a'b\"/", s.Ref(self.pick(plain)), "\\", s.Ref("id")))
        if kind == "nested":
            needs = (self.pick(plain),) if self.chance(50) else ()
            return s.Nested(self.key(), self.parts(entity, 0), needs, self.chance(50))
        if kind == "date":
            name = self.pick(dates)
            branches = [self.pick((None, s.Literal("", word), s.Scalar("", name, s.Form.BARE))) for word in "ymdo"]
            return s.ByPrecision(self.key(), name, *branches)
        if kind == "texts":
            return s.Texts(self.key(), self.pick(sets), s.Form.PLAIN, self.count() if self.chance(50) else None)
        if kind == "switch":
            column = self.pick(codes)
            return s.Switch(
                self.key(),
                column.name,
                ((self.sample(entity, column.name), s.Literal("", 1)), ("none", s.Literal("", 2))),
            )
        return s.Literal(self.key(), self.pick(("text'\"", 7, True, None)))

    def types(self, target: str, depth: int) -> s.Types:
        entities = self.shapes.targets(target)
        if self.shapes.is_family(target) and self.chance(30):
            entities = entities[:1]
        return tuple((e.name, self.parts(e, depth)) for e in entities)

    def link(self, entity: Entity, depth: int) -> s.Part:
        links = [link for link in entity.links if not link.many]
        if not links:
            return self.scalar(entity, depth)
        link = self.pick(links)
        return s.LinkTo(
            self.key(), link.name, self.types(link.target, depth - 1 if link.target != "record" else 0), self.chance(20)
        )

    # --- lists

    def sources(self, entity: Entity) -> list[tuple[s.Source, Entity]]:
        found: list[tuple[s.Source, Entity]] = []
        for other in self.shapes.entities:
            for link in other.links:
                if entity in self.shapes.targets(link.target):
                    found.append((s.Reverse(other.name, link.name), other))
        found += [(s.SetOf(link.name), self.shapes.entity(link.target)) for link in entity.links if link.many]
        for spans in self.shapes.spans:
            for forward, near, far in ((True, spans.whole, spans.part), (False, spans.part, spans.whole)):
                if near == entity.name:
                    at = self.at() if self.chance(60) else None
                    found += [(s.Members(spans.name, forward, at), self.shapes.entity(far))] * 2
        return found

    def page(self, source: s.Source, entity: Entity) -> s.Page:
        where = self.filter(entity, 2) if self.chance(50) else None
        if isinstance(source, s.Reverse) and entity.name == self.shapes.spans[0].entity and self.chance(40):
            opened = s.OpenAt(self.shapes.spans[0].name, self.at())
            where = opened if where is None else s.All((where, opened))
        orders: tuple[s.Order, ...] = ()
        if self.chance(40):
            names = self.several_of((*entity.orders, "id"), 1, 2)
            names = names[: names.index("id") + 1] if "id" in names else names
            orders = tuple(s.Order(name, self.chance(50)) for name in names)
        ends = self.whole(0, 2)
        return s.Page(
            where, orders, first=self.count() if ends == 0 else None, last=self.count() if ends == 1 else None
        )

    def list(self, entity: Entity, depth: int) -> s.Part:
        values = self.shapes.values_of(entity)
        if values and self.chance(40):
            one = self.pick(values)
            parts = tuple(s.Scalar(self.key(), column.name) for column in one.columns)
            return s.List(
                self.key(), s.ValuesOf(one.name), parts, s.Page(first=self.count() if self.chance(50) else None)
            )
        if self.chance(15) and entity.name in (self.shapes.spans[0].whole, self.shapes.spans[0].part):
            return self.spells(entity, self.shapes.spans[0])
        sources = self.sources(entity)
        if not sources:
            return self.scalar(entity, depth)
        source, other = self.pick(sources)
        return s.List(self.key(), source, self.parts(other, depth - 1), self.page(source, other), self.chance(20))

    def spells(self, entity: Entity, spans: Spans) -> s.Part:
        forward = entity.name == spans.whole
        fields = ("spell", "undated", "from_earliest", "to_latest", spans.entity)
        far = self.shapes.entity(spans.part if forward else spans.whole)
        parts: s.Parts = tuple(s.Scalar(self.key(), name) for name in fields)
        parts += (s.LinkTo(self.key(), far.name, ((far.name, self.parts(far, 0)),)),)
        return s.List(self.key(), s.Spells(spans.name, forward, self.at() if self.chance(50) else None), parts)

    def connection(self, entity: Entity, depth: int) -> s.Part:
        sources = self.sources(entity)
        if not sources:
            return self.scalar(entity, depth)
        source, other = self.pick(sources)
        return self.connected(source, other, depth - 1)

    def connected(self, source: s.Source, entity: Entity, depth: int) -> s.Connection:
        fields: list[s.ConnectionPart] = []
        for kind in self.several_of(("nodes", "edges", "total", "undated", "info", "groups", "literal"), 1, 4):
            if kind == "nodes":
                fields.append(s.Nodes(self.key(), self.parts(entity, depth)))
            elif kind == "edges":
                fields.append(
                    s.Edges(
                        self.key(), (s.Cursor("cursor"), s.Node("node", self.parts(entity, depth)), s.Literal("t", "E"))
                    )
                )
            elif kind == "total":
                fields.append(s.TotalCount(self.key()))
            elif kind == "undated":
                fields.append(s.UndatedCount(self.key()))
            elif kind == "info":
                fields.append(
                    s.PageInfo(self.key(), (*(s.Info(fact.value, fact) for fact in s.Fact), s.Literal("t", "P")))
                )
            elif kind == "literal":
                fields.append(s.Literal(self.key(), "C"))
            else:
                fields.append(self.groups(entity))
        return s.Connection(self.key(), source, tuple(fields), self.page(source, entity))

    def groups(self, entity: Entity) -> s.GroupBy:
        kinds = (Kind.CODE, Kind.FLAG, Kind.LANGUAGE, Kind.LINK)
        columns = [c for c in entity.columns if c.kind in kinds or c.many] or [entity.column(entity.columns[0].name)]
        column = self.pick(columns)
        fields: list[Any] = [s.GroupKey("key"), s.GroupCount("count"), s.Literal("t", "G")]
        if isinstance(column, Link) and not self.shapes.is_family(column.target):
            fields.append(s.GroupRecord("record", (s.Scalar("label", "label"),)))
        return s.GroupBy(self.key(), column.name, tuple(fields), self.count() if self.chance(50) else None)

    # --- filters

    def filter(self, entity: Entity, depth: int) -> s.Filter:
        makers: list[Callable[[Entity, int], s.Filter]] = [*[self.compare] * 5, self.text, self.text, self.is_null]
        makers += [self.date, self.date]
        if depth:
            makers += [
                self.both,
                self.either,
                self.negated,
                self.linked,
                self.linked,
                self.related,
                self.related,
                self.text_set,
            ]
        made: s.Filter = self.pick(makers)(entity, depth)
        return made

    def compare(self, entity: Entity, depth: int) -> s.Filter:
        names = [c.name for c in self.singles(entity)] + ["id", "label"]
        name = self.pick(names)
        kind = entity.column(name).kind if name in {c.name for c in entity.columns} else Kind.TEXT
        value = self.sample(entity, name)
        if kind is Kind.FLAG:
            return s.Compare(name, self.pick((s.Op.EQ, s.Op.NE)), self.slot(bool(value)))
        if kind is Kind.INTEGER and self.chance(60):
            return s.Compare(name, self.pick((s.Op.LT, s.Op.LE, s.Op.GT, s.Op.GE)), self.slot(value))
        op = self.pick((s.Op.EQ, s.Op.EQ, s.Op.NE, s.Op.IN, s.Op.NOT_IN))
        if op in (s.Op.IN, s.Op.NOT_IN):
            return s.Compare(
                name,
                op,
                self.slot([value, *(self.sample(entity, name) for _ in range(self.whole(0, 2)))][self.whole(0, 1) :]),
            )
        return s.Compare(name, op, self.slot(value))

    def text(self, entity: Entity, depth: int) -> s.Filter:
        names = [c.name for c in self.singles(entity) if c.kind in FOLDABLE] + ["label"]
        name = self.pick(names)
        op = self.pick((s.Op.CONTAINS, s.Op.STARTS))
        needle = self.pick(_NEEDLES)
        if self.chance(50):
            needle = str(self.sample(entity, name))[self.whole(0, 3) :][:6]
            needle = needle if op is s.Op.CONTAINS else str(self.sample(entity, name))[:4]
        return s.Compare(name, op, self.slot(needle))

    def is_null(self, entity: Entity, depth: int) -> s.Filter:
        return s.IsNull(self.pick([c.name for c in self.singles(entity)]), self.slot(self.chance(50)))

    def date(self, entity: Entity, depth: int) -> s.Filter:
        dates = [c.name for c in entity.columns if c.kind is Kind.DATE]
        if not dates:
            return self.compare(entity, depth)
        earliest, latest = self.days()
        kind = s.Within if self.chance(50) else s.Overlaps
        return kind(self.pick(dates), earliest, latest)

    def several(self, entity: Entity, depth: int) -> tuple[s.Filter, ...]:
        return tuple(self.filter(entity, depth - 1) for _ in range(self.whole(0, 3)))

    def both(self, entity: Entity, depth: int) -> s.Filter:
        return s.All(self.several(entity, depth))

    def either(self, entity: Entity, depth: int) -> s.Filter:
        return s.AnyOf(self.several(entity, depth))

    def negated(self, entity: Entity, depth: int) -> s.Filter:
        return s.Not(self.text(entity, 0) if self.chance(40) else self.filter(entity, depth - 1))

    def linked(self, entity: Entity, depth: int) -> s.Filter:
        links = [link for link in entity.links if not link.many]
        if not links:
            return self.compare(entity, depth)
        link = self.pick(links)
        target = self.pick(self.shapes.targets(link.target))
        return s.Linked(link.name, target.name, self.filter(target, depth - 1))

    def related(self, entity: Entity, depth: int) -> s.Filter:
        values = list(self.shapes.values_of(entity))
        quantifier = self.pick(s.Quantifier)
        if values and self.chance(30):
            one = self.pick(values)
            column = self.pick(one.columns)
            rows = self.world.tables[one.name]
            value = self.pick([row[column.name] for row in rows if row[column.name] is not None])
            return s.Related(
                s.ValuesOf(one.name),
                quantifier,
                s.Compare(column.name, self.pick((s.Op.EQ, s.Op.NE)), self.slot(value)),
            )
        sources = self.sources(entity)
        if not sources:
            return self.compare(entity, depth)
        source, other = self.pick(sources)
        return s.Related(source, quantifier, self.filter(other, depth - 1))

    def text_set(self, entity: Entity, depth: int) -> s.Filter:
        sets = [c for c in entity.columns if c.many]
        if not sets:
            return self.compare(entity, depth)
        column = self.pick(sets)
        found = [row["value"] for row in self.world.tables[layout.set_table_name(entity, column)]]
        ops = [s.Op.EQ, s.Op.NE, s.Op.IN] + ([] if isinstance(column, Link) else [s.Op.CONTAINS, s.Op.STARTS])
        op = self.pick(ops)
        value: object = self.pick(found)
        tests = [(op, self.slot([value] if op is s.Op.IN else value))]
        if self.pick((True, False)):
            tests.append((s.Op.NE, self.slot(value)))
        return s.TextSet(column.name, self.pick(s.Quantifier), tuple(tests))

    # --- roots

    def root(self) -> s.Part:
        kind = self.pick(("record", "connection", "connection", "list", "any", "many", "search"))
        entity = self.pick([e for e in self.shapes.entities if self.world.records[e.name]])
        if kind == "record":
            return s.Record(self.key(), entity.name, self.slot(self.id(entity)), self.parts(entity, 3), self.chance(20))
        if kind == "any":
            return s.AnyRecord(
                self.key(),
                self.slot(self.pick((entity.name, entity.name, ""))),
                self.slot(self.id(entity)),
                ((entity.name, self.parts(entity, 2)),),
            )
        if kind == "many":
            pairs = [
                [self.pick((e.name, e.name, "")), self.id(e)]
                for e in (entity, self.pick(self.shapes.entities[:7]), entity)
            ]
            types = tuple((e.name, self.parts(e, 0)) for e in self.several_of(self.shapes.entities, 1, 4))
            return s.AnyRecords(self.key(), self.slot(pairs), types)
        if kind == "list":
            source = s.Records(entity.name)
            return s.List(self.key(), source, self.parts(entity, 1), self.page(source, entity))
        if kind == "search":
            return self.search()
        return self.connected(s.Records(entity.name), entity, 2)

    def filtered(self) -> s.Part:
        """A filter over a whole table."""
        entity = self.pick([e for e in self.shapes.entities if self.world.records[e.name]])
        fields = (s.TotalCount("total"), s.Nodes("nodes", (s.Scalar("id", "id"),)))
        return s.Connection(self.key(), s.Records(entity.name), fields, s.Page(self.filter(entity, 2)))

    def timed(self) -> s.Part:
        """Who belonged to what at a time."""
        spans = self.pick(self.shapes.spans)
        forward = self.chance(50)
        near, far = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
        source: s.Source = s.Members(spans.name, forward, self.at())
        entity = self.shapes.entity(far)
        page = s.Page(self.filter(entity, 1)) if self.chance(30) else s.Page()
        if self.chance(40):
            source, entity = s.Reverse(spans.entity, near), self.shapes.entity(spans.entity)
            page = s.Page(s.All((self.filter(entity, 1), s.OpenAt(spans.name, self.at()))))
        fields = (s.TotalCount("total"), s.UndatedCount("undated"), s.Nodes("nodes", (s.Scalar("id", "id"),)))
        inner = s.Connection(self.key(), source, fields, page)
        return s.List(self.key(), s.Records(near), (inner,))

    def id(self, entity: Entity) -> str:
        former = [row["id"] for row in self.world.tables["redirects"]]
        return str(self.pick([*(row.id for row in self.world.records[entity.name][:30]), *former, "none", "'"]))

    def search(self) -> s.Part:
        labels = [row["label"] for row in self.world.tables[layout.SEARCH]]
        text = self.pick(
            (
                *_NEEDLES,
                "university north",
                "north univ",
                "清华",
                "清大",
                "ไทย",
                "jamiat",
                "AND",
                '"',
                "NEAR(",
                "a OR b",
                "*",
                "dro",
            )
        )
        text = self.pick(labels) if self.chance(40) else text
        types = self.slot(self.several_of([e.name for e in self.shapes.entities], 0, 3)) if self.chance(40) else None
        parts: s.Parts = (
            s.Scalar("id", "id"),
            s.Scalar("type", "type", s.Form.ENUM),
            s.Rank("rank"),
            s.Scalar("label", "label"),
        )
        parts += (s.LinkTo("record", "record", tuple((e.name, self.parts(e, 0)) for e in self.shapes.entities[:4])),)
        fields: tuple[s.ConnectionPart, ...] = (
            s.TotalCount("total"),
            s.PageInfo("info", tuple(s.Info(f.value, f) for f in s.Fact)),
            s.Nodes("nodes", parts),
        )
        fields += (s.GroupBy("groups", "type", (s.GroupKey("key"), s.GroupCount("count"))),)
        return s.Connection(self.key(), s.Search(self.slot(text), types), fields, s.Page(first=self.count()))


@st.composite
def asks(draw: Callable[[st.SearchStrategy[Any]], Any], shapes: Shapes, world: World) -> Ask:
    """A selection of a few root fields over a release, with values for its slots."""
    drawing = Drawing(draw, shapes, world)
    kinds = (drawing.root, drawing.root, drawing.root, drawing.filtered, drawing.timed)
    parts = tuple(drawing.pick(kinds)() for _ in range(drawing.pick((0, 1, 1, 1, 1, 2, 2))))
    return Ask(s.Selection(parts, drawing.chance(20)), drawing.values)
