"""Pins and redirects: the decisions of the editors that a folder carries beside its claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    `lost` are the ids (type, id) that the load removed. Raises UnusableFacts with all ids concerned.
    """
    targets: dict[tuple[str, str], str] = {}
    alive: list[str] = []
    dangling: set[tuple[str, str]] = set()
    for type, record, target, is_there, leads_to_record in connection.execute(text(_REDIRECTS)):
        if targets.setdefault((type, record), target) != target:
            raise UnusableFacts(
                f"redirects: {type}/{record} leads to {target or 'nowhere'!r} and to"
                f" {targets[type, record] or 'nowhere'!r}: keep one of the lines"
            )
        if is_there:
            alive.append(f"{type}/{record}")
        if target and not leads_to_record:
            dangling.add((type, record))
    missing = [f"{type}/{record}" for type, record in lost if (type, record) not in targets]
    if missing:
        raise UnusableFacts(
            f"{_listed(missing)} would go without a trace: add a line to redirects.csv for each"
            " (type, id, target; an empty target says that the record is withdrawn), or put the rows back"
        )
    if alive:
        raise UnusableFacts(
            f"{_listed(alive)} is redirected and still described: remove its rows, or its line in redirects.csv"
        )
    for type, record in sorted(dangling):
        _follow(targets, type, record)


_REDIRECTS = """
SELECT r.type, r.record, r.target,
  CASE WHEN EXISTS (SELECT 1 FROM claim c WHERE c.type = r.type AND c.record = r.record) THEN 1 ELSE 0 END,
  CASE WHEN EXISTS (SELECT 1 FROM claim c WHERE c.type = r.type AND c.record = r.target) THEN 1 ELSE 0 END
FROM redirect r ORDER BY r.type, r.record, r.target
"""


def _follow(targets: Mapping[tuple[str, str], str], type: str, record: str) -> None:
    """See that a redirect whose target is no record leads on from there."""
    target = targets[type, record]
    if (type, target) not in targets:
        raise UnusableFacts(
            f"redirects: {type}/{record} leads to {type}/{target}, which is not there: mend its line in redirects.csv"
        )
    passed = {record}
    while target and (type, target) in targets:
        if target in passed:
            raise UnusableFacts(f"redirects: {type}/{record} leads round in a circle: mend its line in redirects.csv")
        passed.add(target)
        target = targets[type, target]


def former_ids(connection: Connection) -> set[tuple[str, str]]:
    """The ids (type, id) that redirects lead on from."""
    return {(type, record) for type, record in connection.execute(select(redirect.c.type, redirect.c.record))}


def _exists(connection: Connection, type: str, record: str) -> bool:
    query = text("SELECT 1 FROM claim WHERE type = :type AND record = :record LIMIT 1")
    return connection.execute(query, {"type": type, "record": record}).first() is not None


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more
