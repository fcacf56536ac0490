"""What differs between two releases, record by record, read side by side in order of the ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

import apsw

from datasets.canonical.read import CLAIMS, Record, Statement
from datasets.release.ddl import quote
from datasets.release.stored import entity_records
from datasets.shapes import Shapes

Shown = str | tuple[str, ...] | None
"""A chosen value in stored form, a set of them, or nothing."""
_T = TypeVar("_T", Record, Statement)


class Operation(StrEnum):
    """What happened to a record."""

    ADD = "ADD"
    MODIFY = "MOD"
    DELETE = "DEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One record that is not the same in both releases.

    Of a modified one `columns` are the chosen values that differ, old and new; `claims` counts the claims that came,
    that went, and that stayed with another choice or reason. `target` is where a deleted record's id leads now, empty
    when it is withdrawn.
    """

    operation: Operation
    type: str
    id: str
    columns: dict[str, tuple[Shown, Shown]] = field(default_factory=dict)
    claims: tuple[int, int, int] = (0, 0, 0)
    target: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two releases: a connection to its database, and its shapes."""

    connection: apsw.Connection
    shapes: Shapes

    def records(self, entity: str) -> Iterator[Record]:
        """The records of an entity, none when the release does not know it."""
        known = next((e for e in self.shapes.entities if e.name == entity), None)
        return iter(()) if known is None else entity_records(self.connection, self.shapes, known)

    def ids(self, entity: str) -> Iterator[str]:
        """The ids of an entity's records in order."""
        table = quote(self.shapes.entity(entity).plural)
        for (identifier,) in self.connection.cursor().execute(f"SELECT id FROM {table} ORDER BY id"):
            yield str(identifier)


def compare(old: Side | None, new: Side) -> Iterator[Change]:
    """The changes from one release to another, by type in publishing order, then by id. From nothing, all is added."""
    names = [entity.name for entity in new.shapes.entities]
    if old is not None:
        names += [entity.name for entity in old.shapes.entities if entity.name not in names]
    for name in names:
        if name != CLAIMS:
            if old is None:
                yield from (Change(operation=Operation.ADD, type=name, id=identifier) for identifier in new.ids(name))
            else:
                yield from _compare(old.records(name), new.records(name), new.connection)


def _compare(old: Iterator[Record], new: Iterator[Record], redirected: apsw.Connection) -> Iterator[Change]:
    for before, after in _pairs(old, new):
        if before is None:
            assert after is not None
            yield Change(operation=Operation.ADD, type=after.type, id=after.id)
        elif after is None:
            target = _target(redirected, before)
            yield Change(operation=Operation.DELETE, type=before.type, id=before.id, target=target)
        elif before != after:
            yield Change(
                operation=Operation.MODIFY,
                type=after.type,
                id=after.id,
                columns=_columns(before, after),
                claims=_claims(before, after),
            )


def _pairs(old: Iterator[_T], new: Iterator[_T]) -> Iterator[tuple[_T | None, _T | None]]:
    """What has the same id on both sides together, the rest alone; both sides come in order of the id."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.id < after.id):
            yield before, None
            before = next(old, None)
        elif before is None or after.id < before.id:
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)


def _columns(before: Record, after: Record) -> dict[str, tuple[Shown, Shown]]:
    old: dict[str, Shown] = {**before.values, **before.sets}
    new: dict[str, Shown] = {**after.values, **after.sets}
    return {n: (old.get(n), new.get(n)) for n in sorted(old.keys() | new.keys()) if old.get(n) != new.get(n)}


def _claims(before: Record, after: Record) -> tuple[int, int, int]:
    old = {claim.id: claim for claim in before.claims}
    new = {claim.id: claim for claim in after.claims}
    changed = sum(old[identifier] != new[identifier] for identifier in old.keys() & new.keys())
    return len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed


def _target(connection: apsw.Connection, record: Record) -> str:
    sql = "SELECT target FROM redirects WHERE type = ? AND id = ?"
    found = connection.execute(sql, (record.type, record.id)).get
    return str(found or "")
