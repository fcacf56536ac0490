"""What a filter means, condition by condition, on one row at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from datasets.intake.partial_date import PartialDate
from datasets.shapes import Column, Entity, Kind, Link, Values
from datasets.text import fold
from graph_schema.words import camel, upper
from tests.query.reference import Fields, Row

if TYPE_CHECKING:
    from tests.graphql.oracle.resolving import Oracle

Conditions = Mapping[str, Any]


def given(conditions: Conditions) -> dict[str, Any]:
    """The conditions that are not null: the others are as if they were not there."""
    return {name: value for name, value in conditions.items() if value is not None}


def holds(oracle: Oracle, entity: Entity, row: Row, conditions: Conditions) -> bool:
    """Whether all conditions hold for a record."""
    return all(one(oracle, entity, row, name, value) for name, value in given(conditions).items())


def one(oracle: Oracle, entity: Entity, row: Row, name: str, value: Any) -> bool:
    """Whether one condition holds for a record."""
    match name:
        case "and":
            return all(holds(oracle, entity, row, part) for part in value)
        case "or":
            return any(holds(oracle, entity, row, part) for part in value)
        case "not":
            return not holds(oracle, entity, row, value)
        case "id":
            return compared(row.id, value)
    column = next((c for c in entity.columns if camel(c.name) == name), None)
    if column is not None:
        return on_column(oracle, row, column, value)
    values = next((v for v in oracle.shapes.values_of(entity) if camel(v.name) == name), None)
    if values is not None:
        rows = oracle.compound(values.name, row)
        return quantified(value, lambda test: [on_value(oracle, values, part, test) for part in rows])
    found = related(oracle, entity, row, name)
    if found is not None:
        kind, others = found
        return quantified(value, lambda test: [holds(oracle, kind, other, test) for other in others])
    return on_member(oracle, entity, row, name, value)


def related(oracle: Oracle, entity: Entity, row: Row, name: str) -> tuple[Entity, list[Row]] | None:
    """The records at the other end of spans, at any time, or of a reversed link."""
    for spans in oracle.shapes.spans:
        for owner, field, far in ((spans.whole, spans.forward, spans.part), (spans.part, spans.backward, spans.whole)):
            if owner == entity.name and camel(field) == name:
                ends = {s[far] for s in oracle.world.tables[spans.name] if s[owner] == row.id}
                return oracle.shapes.entity(far), [oracle.world.by_id[far, end] for end in ends]
    for reverse in oracle.shapes.reverses(entity):
        if camel(reverse.name) == name:
            every = oracle.world.records[reverse.entity.name]
            return reverse.entity, [other for other in every if points(oracle, other, reverse.link, row)]
    return None


def points(oracle: Oracle, other: Row, link: Link, row: Row) -> bool:
    """Whether a link of another record points at this one."""
    if link.many:
        return row.id in oracle.world.members_of_set(other, link)
    return oracle.target(other, link) is row


def on_member(oracle: Oracle, entity: Entity, row: Row, name: str, value: Conditions) -> bool:
    """The short form: the one link of the record leads to a record of that type, for which the conditions hold."""
    (link,) = (one for one in entity.links if oracle.shapes.is_family(one.target) and not one.many)
    kind = next(e for e in oracle.shapes.targets(link.target) if camel(e.name) == name)
    target = oracle.target(row, link)
    return target is not None and target.entity is kind and on_link(oracle, kind, target, value)


def on_link(oracle: Oracle, kind: Entity, target: Row | None, conditions: Conditions) -> bool:
    """Whether a record that a link leads to, if it does, is the one wanted."""
    own = {name: value for name, value in given(conditions).items() if name in ("eq", "ne", "in", "isNull")}
    beyond = {name: value for name, value in given(conditions).items() if name not in own}
    if not compared(target.id if target else None, own):
        return False
    return not beyond or (target is not None and holds(oracle, kind, target, beyond))


def on_column(oracle: Oracle, row: Row, column: Column, value: Conditions) -> bool:
    """Whether the conditions on a column hold."""
    if isinstance(column, Link) and column.many:
        kind = oracle.shapes.entity(column.target)
        others = [oracle.world.by_id[column.target, i] for i in oracle.world.members_of_set(row, column)]
        return quantified(value, lambda test: [holds(oracle, kind, other, test) for other in others])
    if isinstance(column, Link):
        target = oracle.target(row, column)
        if not oracle.shapes.is_family(column.target):
            return on_link(oracle, oracle.shapes.entity(column.target), target, value)
        return on_family(oracle, column, target, value)
    if column.many:
        members = oracle.world.members_of_set(row, column)
        return quantified(value, lambda test: [compared(text, test) for text in members])
    return on_single(oracle, column, row.fields, value)


def on_family(oracle: Oracle, link: Link, target: Row | None, value: Conditions) -> bool:
    """Conditions on a link to a family: by id, or by type and conditions on the record of that type."""
    own = {name: test for name, test in given(value).items() if name in ("eq", "ne", "in", "isNull")}
    if not compared(target.id if target else None, own):
        return False
    for name, test in given(value).items():
        if name not in own:
            kind = next(e for e in oracle.shapes.targets(link.target) if camel(e.name) == name)
            if target is None or target.entity is not kind or not holds(oracle, kind, target, test):
                return False
    return True


def on_value(oracle: Oracle, values: Values, fields: Fields, conditions: Conditions) -> bool:
    """Whether the conditions on a compound value hold."""
    columns = {camel(column.name): column for column in values.columns}
    return all(on_single(oracle, columns[name], fields, value) for name, value in given(conditions).items())


def on_single(oracle: Oracle, column: Column, fields: Fields, value: Conditions) -> bool:
    """Whether the comparisons of a single column hold."""
    if column.kind is Kind.DATE:
        days = fields[f"{column.name}_earliest"], fields[f"{column.name}_latest"]
        spans = {name: test for name, test in given(value).items() if name in ("within", "overlaps")}
        rest = {name: test for name, test in given(value).items() if name not in spans}
        return all(in_time(days, name, test) for name, test in spans.items()) and compared(fields[column.name], rest)
    shown = fields[column.name]
    if column.kind is Kind.CODE and column.scheme in oracle.closed and shown is not None:
        shown = upper(shown)
    if column.kind is Kind.FLAG:
        shown = bool(shown)
    return compared(shown, value)


def in_time(days: tuple[str | None, str | None], name: str, time: PartialDate) -> bool:
    """Whether a date lies within a time, or can."""
    earliest, latest = days
    if earliest is None or latest is None:
        return False
    if name == "within":
        return time.earliest <= earliest and latest <= time.latest
    return earliest <= time.latest and time.earliest <= latest


def compared(value: Any, conditions: Conditions) -> bool:
    """Whether all comparisons hold for a value, which may be missing."""
    return all(comparison(value, name, plain(wanted)) for name, wanted in given(conditions).items())


def plain(wanted: Any) -> Any:
    """Dates are compared as they are written."""
    if isinstance(wanted, list):
        return [plain(item) for item in wanted]
    return wanted.text if isinstance(wanted, PartialDate) else wanted


def comparison(value: Any, name: str, wanted: Any) -> bool:
    """Whether one comparison holds. What is missing is only not equal."""
    if name == "isNull":
        return (value is None) is wanted
    if name == "ne":
        return bool(value != wanted)
    if value is None:
        return False
    return bool(_COMPARISONS[name](value, wanted))


_COMPARISONS: Mapping[str, Callable[[Any, Any], object]] = {
    "eq": operator.eq,
    "in": lambda value, wanted: value in wanted,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "contains": lambda value, wanted: fold(wanted) in fold(value),
    "startsWith": lambda value, wanted: fold(value).startswith(fold(wanted)),
}


def quantified(conditions: Conditions, tested: Any) -> bool:
    """Whether some, none and every related thing is as asked; `tested` gives the outcome for each of them."""
    found = {name: list(tested(test)) for name, test in given(conditions).items()}
    return all(_quantified(name, outcomes) for name, outcomes in found.items())


def _quantified(name: str, outcomes: Iterable[bool]) -> bool:
    return all(outcomes) if name == "every" else any(outcomes) is (name == "some")
