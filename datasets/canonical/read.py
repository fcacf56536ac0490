"""Reading the canonical database: record by record with chosen values and all claims, memory flat."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, cast

from sqlalchemy import Connection, Engine, text

from datasets.canonical.bulk import stream
from datasets.canonical.choose import Reason
from datasets.canonical.store import reading
from datasets.shapes import Entity, Shapes

CLAIMS = "claim"
"""The entity whose records are the claims themselves: it has none of its own in the canonical database."""


class Statement(NamedTuple):
    """A claim about the record at hand. `chosen` says whether its value is (one of) the chosen; `reason` why."""

    id: str
    column: str
    value: str
    source: str
    locator: str
    evidence: str
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record: chosen values in stored form.

    `values` are the single ones; `sets` the sets and compound values, each sorted by value; `claims` are sorted by
    column and id. Text sorts by code point.
    """

    type: str
    id: str
    values: Mapping[str, str]
    sets: Mapping[str, tuple[str, ...]]
    claims: tuple[Statement, ...]


def records(engine: Engine | Connection, shapes: Shapes) -> Generator[Record, None, None]:
    """Every record, entity by entity in the order of the shapes, by id.

    All of them come from one state of the database, whatever is loaded meanwhile; give a connection from `reading` to
    have redirects of the same state. Raises CanonicalError when the database fails.
    """
    with reading(engine) as connection:
        for entity in shapes.entities:
            if entity.name != CLAIMS:
                yield from _records(connection, shapes, entity)


def redirects(engine: Engine | Connection) -> Iterator[tuple[str, str, str]]:
    """Former ids as (type, id, target), sorted; an empty target means that the record was withdrawn."""
    query = "SELECT DISTINCT type, record, target FROM redirect ORDER BY type, record"
    with reading(engine) as connection:
        for type, record, target in stream(connection, query):
            yield str(type), str(record), str(target)


def attached(engine: Engine | Connection, name: str, origin: str = "facts") -> str | None:
    """The text of a file that was loaded with the facts, such as release.toml; None when none was."""
    query = text("SELECT content FROM file WHERE origin = :origin AND name = :name")
    with reading(engine) as connection:
        found = connection.execute(query, {"origin": origin, "name": name}).scalar()
    return None if found is None else str(found)


_CLAIMS = """
SELECT record, "column", id, value, source, locator, evidence FROM claim WHERE type = :type
ORDER BY record, "column", id, origin, file, line, position
"""
_CHOICES = 'SELECT record, "column", value, reason FROM choice WHERE type = :type ORDER BY record, "column", claim'
_by_record = itemgetter(0)


def _records(connection: Connection, shapes: Shapes, entity: Entity) -> Iterator[Record]:
    sets = {c.name for c in entity.columns if c.many} | {v.name for v in shapes.values_of(entity)}
    known = frozenset(shapes.claimable(entity))
    parameters = {"type": entity.name}
    with (
        closing(stream(connection, _CLAIMS, parameters)) as claims,
        closing(stream(connection, _CHOICES, parameters)) as chosen,
    ):
        choices = groupby(chosen, _by_record)
        waiting = next(choices, None)
        for record, rows in groupby(claims, _by_record):
            reasons: dict[str, str] = {}
            values: dict[str, set[str]] = {}
            if waiting is not None and waiting[0] == record:
                for _, column, value, reason in cast("Iterator[tuple[str, str, str, str]]", waiting[1]):
                    reasons[column] = reason
                    values.setdefault(column, set()).add(value)
                waiting = next(choices, None)
            statements = []
            last = None
            for _, column, id, value, source, locator, evidence in cast("Iterator[tuple[str, ...]]", rows):
                if id == last or column not in known:
                    continue
                last = id
                is_chosen = value in values.get(column, ())
                if column in sets:
                    why = Reason.EVERY_VALUE.value if is_chosen else Reason.PINNED.value
                else:
                    why = reasons.get(column, Reason.BESIDE.value)
                statements.append(Statement(id, column, value, source, locator, evidence, is_chosen, why))
            yield Record(
                entity.name,
                str(record),
                {column: next(iter(said)) for column, said in values.items() if column not in sets},
                {column: tuple(sorted(said)) for column, said in values.items() if column in sets},
                tuple(statements),
            )
