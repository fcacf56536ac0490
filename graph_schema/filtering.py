"""Filter and order arguments as parts of a selection."""

from __future__ import annotations

from collections.abc import Callable

from graphql import FieldNode

from datasets.intake.partial_date import PartialDate
from datasets.query.selection import (
    All,
    AnyOf,
    Compare,
    Filter,
    IsNull,
    Linked,
    Members,
    Not,
    Op,
    Order,
    Overlaps,
    Quantifier,
    Related,
    Reverse,
    SetOf,
    Slot,
    TextSet,
    ValuesOf,
    Within,
)
from graph_schema.arguments import Read, Tree, Variables
from graph_schema.limits import Limits
from graph_schema.meaning import (
    ColumnFilter,
    Comparison,
    Junction,
    LinkFilter,
    MemberFilter,
    OrderKey,
    RelationFilter,
    SetFilter,
)
from graph_schema.refusal import bad_input, over_limit
from graph_schema.schema import Built
from graph_schema.words import pascal

_OPS = {
    "eq": Op.EQ,
    "ne": Op.NE,
    "in": Op.IN,
    "lt": Op.LT,
    "lte": Op.LE,
    "gt": Op.GT,
    "gte": Op.GE,
    "contains": Op.CONTAINS,
    "startsWith": Op.STARTS,
}
_QUANTIFIERS = {"some": Quantifier.SOME, "none": Quantifier.NONE, "every": Quantifier.EVERY}


class Filtering:
    """Turns the filters of one operation into conditions; `slot` keeps what is bound when the plan runs."""

    def __init__(self, built: Built, limits: Limits, slot: Callable[[Read], Slot], node: FieldNode) -> None:
        self._meanings = built.meanings
        self._shapes = built.scope.shapes
        self._limits = limits
        self._slot = slot
        self._node = node
        self._conditions = 0

    def record(self, type_name: str, tree: Tree, depth: int = 0) -> Filter | None:
        """The conditions of a filter on a record, compound value or link of the named input type."""
        found: list[Filter] = []
        for name, field in tree.fields().items():
            condition = self._field(type_name, name, field, depth)
            if condition is not None:
                found.append(condition)
        return _all(found)

    def order(self, type_name: str, trees: list[Tree]) -> tuple[Order, ...]:
        """The sort keys of an order argument."""
        if len(trees) > self._limits.order_keys:
            raise over_limit("order_keys", len(trees), self._limits.order_keys, "leave some out", self._node)
        found = []
        for tree in trees:
            keys = tree.fields()
            if len(keys) != 1:
                raise bad_input(
                    f"Each object of `orderBy` has exactly one key, not {len(keys)}: write a list of them.", self._node
                )
            ((name, direction),) = keys.items()
            meaning = self._meanings[type_name][name]
            assert isinstance(meaning, OrderKey)
            found.append(Order(meaning.column, descending=direction.value == "desc"))
        if len({key.column for key in found}) < len(found):
            raise bad_input("`orderBy` names a key twice: leave out the second.", self._node)
        return tuple(found)

    def _count(self) -> None:
        self._conditions += 1
        if self._conditions > self._limits.filter_conditions:
            spent, allowed = self._conditions, self._limits.filter_conditions
            raise over_limit("filter_conditions", spent, allowed, "ask several questions", self._node)

    def _field(self, type_name: str, name: str, tree: Tree, depth: int) -> Filter | None:
        self._count()
        meaning = self._meanings[type_name][name]
        match meaning:
            case Junction.AND:
                return _all([f for item in tree.items() if (f := self.record(type_name, item, depth))])
            case Junction.OR:
                return AnyOf(tuple(self.record(type_name, item, depth) or All(()) for item in tree.items()))
            case Junction.NOT:
                return Not(self.record(type_name, tree, depth) or All(()))
            case ColumnFilter(column):
                return self._column(column, tree)
            case LinkFilter():
                return self._link(meaning, tree, depth)
            case MemberFilter(entity, column):
                return self._member(entity, column, tree, depth)
            case SetFilter(column):
                return self._texts(column, tree)
            case RelationFilter():
                return self._relation(meaning, tree, depth)
        raise AssertionError(f"{type_name}.{name} is no filter")

    def _column(self, column: str, tree: Tree) -> Filter | None:
        return _all([f for name, value in tree.fields().items() if (f := self._comparison(column, name, value))])

    def _comparison(self, column: str, name: str, tree: Tree) -> Filter:
        self._count()
        if name == "isNull":
            return IsNull(column, self._slot(tree.read))
        if name in ("within", "overlaps"):
            read = tree.read
            earliest, latest = self._slot(lambda v: day(read(v)).earliest), self._slot(lambda v: day(read(v)).latest)
            return Within(column, earliest, latest) if name == "within" else Overlaps(column, earliest, latest)
        return Compare(column, _OPS[name], self._slot(_written(tree.read)))

    def _link(self, link: LinkFilter, tree: Tree, depth: int) -> Filter | None:
        column, entity = link.column, link.entity
        found: list[Filter] = []
        beyond: dict[str, Tree] = {}
        for name, value in tree.fields().items():
            meaning = self._meanings[link.type][name]
            if isinstance(meaning, Comparison):
                found.append(self._comparison(column, name, value))
            elif isinstance(meaning, MemberFilter) and not entity:
                condition = self._member(meaning.entity, column, value, depth)
                if condition is not None:
                    found.append(condition)
            else:
                beyond[name] = value
        if beyond:
            inner = self.record(f"{pascal(entity)}Filter", Tree(beyond, tree.read), self._deeper(depth))
            found.append(Linked(column, entity, inner or All(())))
        return _all(found)

    def _member(self, entity: str, column: str, tree: Tree, depth: int) -> Filter | None:
        kind = f"{pascal(entity)}LinkFilter"
        found: list[Filter] = []
        beyond: dict[str, Tree] = {}
        for name, value in tree.fields().items():
            if isinstance(self._meanings[kind].get(name), Comparison):
                found.append(self._comparison("id", name, value))
            else:
                beyond[name] = value
        if beyond:
            inner = self.record(f"{pascal(entity)}Filter", Tree(beyond, tree.read), self._deeper(depth))
            if inner is not None:
                found.append(inner)
        else:
            self._deeper(depth)
        return Linked(column, entity, _all(found) or All(()))

    def _texts(self, column: str, tree: Tree) -> Filter | None:
        found: list[Filter] = []
        for quantifier, conditions in tree.fields().items():
            tests = []
            for name, value in conditions.fields().items():
                self._count()
                tests.append((_OPS[name], self._slot(_written(value.read))))
            found.append(TextSet(column, _QUANTIFIERS[quantifier], tuple(tests)))
        return _all(found)

    def _relation(self, meaning: RelationFilter, tree: Tree, depth: int) -> Filter | None:
        source: Reverse | SetOf | ValuesOf | Members
        if meaning.values:
            source = ValuesOf(meaning.values)
            kind = pascal(next(v.singular for v in self._shapes.values if v.name == meaning.values))
        else:
            kind = pascal(meaning.entity)
            if meaning.members:
                source = Members(meaning.members, meaning.forward)
            elif meaning.column:
                source = SetOf(meaning.column)
            else:
                source = Reverse(meaning.entity, meaning.link)
        found: list[Filter] = []
        for quantifier, conditions in tree.fields().items():
            inner = self.record(f"{kind}Filter", conditions, self._deeper(depth))
            found.append(Related(source, _QUANTIFIERS[quantifier], inner or All(())))
        return _all(found)

    def _deeper(self, depth: int) -> int:
        if depth >= self._limits.filter_depth:
            allowed = self._limits.filter_depth
            raise over_limit("filter_depth", depth + 1, allowed, "ask for the ids first, then by id", self._node)
        return depth + 1


def day(value: object) -> PartialDate:
    """The date behind a bound value."""
    assert isinstance(value, PartialDate)
    return value


def written(value: object) -> object:
    """A value in stored form: a date as it is written."""
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, list):
        return [written(item) for item in value if item is not None]
    return value


def _written(read: Read) -> Read:
    def reader(values: Variables) -> object:
        return written(read(values))

    return reader


def _all(filters: list[Filter]) -> Filter | None:
    if not filters:
        return None
    return filters[0] if len(filters) == 1 else All(tuple(filters))
