"""Pins and redirects: the decisions of the editors that a folder carries beside its claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, text

from datasets.canonical.errors import UnusableFacts
from datasets.canonical.rechoose import Pins
from datasets.canonical.tables import pin, redirect
from datasets.intake.facts import Pin, Redirect
from datasets.shapes import Shapes

_SHOWN = 20
"""How many ids a message lists before it counts the rest."""
_Row = TypeVar("_Row", bound=tuple[object, ...])


def replace_pins(connection: Connection, origin: str, pins: Sequence[Pin]) -> tuple[int, set[tuple[str, str]]]:
    """Make the pins of an origin equal to these: how many came or went, and the records (type, id) they are about."""
    rows = {(p.line, p.type, p.id, p.column, p.value, p.reason) for p in pins}
    differing = _replace(connection, pin, origin, rows)
    return len(differing), {(row[1], row[2]) for row in differing}


def replace_redirects(connection: Connection, origin: str, redirects: Sequence[Redirect]) -> int:
    """Make the redirects of an origin equal to these: how many came or went."""
    rows = {(r.type, r.id, r.target, r.line) for r in redirects}
    return len(_replace(connection, redirect, origin, rows))


def _replace(connection: Connection, table: Table, origin: str, rows: set[_Row]) -> set[_Row]:
    columns = [column for column in table.c if column.name != "origin"]
    found = connection.execute(select(*columns).where(table.c.origin == origin))
    before = {tuple(row) for row in found}
    differing: set[_Row] = before ^ rows  # type: ignore[assignment]  # the rows of the table are of this form
    if differing:
        connection.execute(delete(table).where(table.c.origin == origin))
        names = [column.name for column in columns]
        values = [{"origin": origin, **dict(zip(names, row, strict=True))} for row in sorted(rows)]
        if values:
            connection.execute(insert(table), values)
    return differing


def pinned(connection: Connection, shapes: Shapes) -> Pins:
    """All pins. Raises UnusableFacts where one is about a column or a record that is not there."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    entities = {entity.name: entity for entity in shapes.entities}
    rows = connection.execute(select(pin.c.type, pin.c.record, pin.c["column"], pin.c.value, pin.c.line))
    for type, record, column, value, line in rows:
        entity = entities.get(type)
        if entity is None or column not in shapes.claimable(entity):
            raise UnusableFacts(f"pins: there is no {type}.{column}: mend or remove line {line} of pins.csv")
        if not _exists(connection, type, record):
            raise UnusableFacts(f"pins: there is no {type}/{record}: mend or remove line {line} of pins.csv")
        found.setdefault((type, record), {}).setdefault(column, []).append(value)
    return found


def check_redirects(connection: Connection, lost: Iterable[tuple[str, str]]) -> None:
    """See that every id that goes leads on, and that every redirect leads to a record or says that it is withdrawn.

    `lost` are the records (type, id) that the load removed. Raises UnusableFacts with all ids concerned.
    """
    targets: dict[tuple[str, str], str] = {}
    for type, record, target in connection.execute(select(redirect.c.type, redirect.c.record, redirect.c.target)):
        if targets.setdefault((type, record), target) != target:
            raise UnusableFacts(
                f"redirects: {type}/{record} leads to {target or 'nowhere'!r} and to"
                f" {targets[type, record] or 'nowhere'!r}: keep one of the lines"
            )
    missing = [f"{type}/{record}" for type, record in lost if (type, record) not in targets]
    if missing:
        raise UnusableFacts(
            f"{_listed(missing)} would go without a trace: add a line to redirects.csv for each"
            " (type, id, target; an empty target says that the record is withdrawn), or put the rows back"
        )
    alive = [f"{type}/{record}" for type, record in targets if _exists(connection, type, record)]
    if alive:
        raise UnusableFacts(
            f"{_listed(alive)} is redirected and still described: remove its rows, or its line in redirects.csv"
        )
    for (type, record), target in targets.items():
        _follow(connection, targets, type, record, target)


def _follow(connection: Connection, targets: dict[tuple[str, str], str], type: str, record: str, target: str) -> None:
    passed = {record}
    at = target
    while at and (type, at) in targets:
        if at in passed:
            raise UnusableFacts(f"redirects: {type}/{record} leads round in a circle: mend its line in redirects.csv")
        passed.add(at)
        at = targets[type, at]
    if at and not _exists(connection, type, at):
        raise UnusableFacts(
            f"redirects: {type}/{record} leads to {type}/{at}, which is not there: mend its line in redirects.csv"
        )


def former_ids(connection: Connection) -> set[tuple[str, str]]:
    """The ids (type, id) that redirects lead on from."""
    return {(type, record) for type, record in connection.execute(select(redirect.c.type, redirect.c.record))}


def _exists(connection: Connection, type: str, record: str) -> bool:
    query = text("SELECT 1 FROM claim WHERE type = :type AND record = :record LIMIT 1")
    return connection.execute(query, {"type": type, "record": record}).first() is not None


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more
