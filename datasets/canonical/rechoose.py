"""Applying the rule to the records that a load touched, and writing only the choices that differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import cast

from sqlalchemy import Connection, text

from datasets.canonical.bulk import Cell, delete, insert, stream
from datasets.canonical.choose import Choice, Place, Publication, Rule, source_columns
from datasets.shapes import Shapes

Pins = Mapping[tuple[str, str], Mapping[str, Sequence[str]]]
"""Pinned values by (type, id), then by column."""

_BATCH = 5000
_KEY = ("type", "record", "column", "claim")
_COLUMNS = (*_KEY, "value", "reason", "earliest", "latest")
_PLACES = """
SELECT r.record, c."column", c.id, c.value, c.source, c.locator, c.evidence, c.origin, c.file, c.line, c.position
FROM rechoose r JOIN claim c ON c.type = r.type AND c.record = r.record WHERE r.type = :type ORDER BY r.record
"""
_CHOICES = """
SELECT r.record, c."column", c.claim, c.value, c.reason, c.earliest, c.latest
FROM rechoose r JOIN choice c ON c.type = r.type AND c.record = r.record WHERE r.type = :type ORDER BY r.record
"""
_by_record = itemgetter(0)


class _Done:
    """Counts records and tells the number now and then."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self._progress = progress
        self._count = 0

    def one_more(self) -> None:
        """Count one."""
        self._count += 1
        if self._count % _BATCH == 0:
            self.tell()

    def tell(self) -> None:
        """Tell the number."""
        if self._progress is not None:
            self._progress(self._count)


def rechoose(
    connection: Connection,
    shapes: Shapes,
    pins: Pins,
    records: Iterable[tuple[str, str]],
    *,
    everything: bool,
    first: bool,
    progress: Callable[[int], None] | None,
) -> int:
    """Choose anew for the touched records, for further ones (type, id), or for `everything`; how many choices differ.

    A source whose kind or publication is chosen otherwise than before touches every record that it speaks of. `first`
    says that there was no claim before. Raises UnusableFacts where a pin or a date cannot be followed.
    """
    _collect(connection, records, everything=everything)
    source, _, _ = source_columns(shapes)
    before = _publications(connection, shapes)
    done = _Done(progress)
    differing = _rechoose(connection, Rule(shapes, {}), source, pins, done)
    after = _publications(connection, shapes)
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    if changed and not everything and not first:
        _collect_spoken_of(connection, changed)
    rule = Rule(shapes, after)
    types = connection.execute(text("SELECT DISTINCT type FROM rechoose ORDER BY type")).scalars().all()
    for type in types:
        if type != source:
            differing += _rechoose(connection, rule, type, pins, done)
    done.tell()
    connection.execute(text("DROP TABLE rechoose"))
    return differing


def _collect(connection: Connection, records: Iterable[tuple[str, str]], *, everything: bool) -> None:
    word = 'TEXT COLLATE "C"' if connection.dialect.name == "postgresql" else "TEXT"
    connection.execute(text(f"CREATE TEMP TABLE rechoose (type {word}, record {word}, PRIMARY KEY (type, record))"))
    also = "UNION SELECT type, record FROM claim UNION SELECT type, record FROM choice" if everything else ""
    connection.execute(text(f"INSERT INTO rechoose SELECT type, record FROM touched {also}"))
    for type, record in records:
        connection.execute(
            text("INSERT INTO rechoose SELECT :type, :record EXCEPT SELECT type, record FROM rechoose"),
            {"type": type, "record": record},
        )


def _collect_spoken_of(connection: Connection, sources: Iterable[str]) -> None:
    word = 'TEXT COLLATE "C"' if connection.dialect.name == "postgresql" else "TEXT"
    connection.execute(text(f"CREATE TEMP TABLE speaking (source {word} PRIMARY KEY)"))
    insert(connection, "speaking", ("source",), ((source,) for source in sorted(sources)))
    connection.execute(
        text(
            "INSERT INTO rechoose SELECT DISTINCT c.type, c.record FROM claim c JOIN speaking s ON s.source = c.source"
            " EXCEPT SELECT type, record FROM rechoose"
        )
    )
    connection.execute(text("DROP TABLE speaking"))


def _publications(connection: Connection, shapes: Shapes) -> dict[str, Publication]:
    entity, kind, published = source_columns(shapes)
    rows = stream(
        connection,
        'SELECT record, "column", value, latest FROM choice WHERE type = :type AND "column" IN (:kind, :published)',
        {"type": entity, "kind": kind, "published": published},
    )
    found: dict[str, Publication] = {}
    for record, column, value, latest in rows:
        known = found.get(str(record), Publication("", ""))
        said = known._replace(kind=str(value)) if column == kind else known._replace(latest=str(latest))
        found[str(record)] = said
    return found


def _rechoose(connection: Connection, rule: Rule, type: str, pins: Pins, done: _Done) -> int:
    parameters = {"type": type}
    come: list[tuple[Cell, ...]] = []
    go: list[tuple[Cell, ...]] = []
    differing = 0
    with (
        closing(stream(connection, _PLACES, parameters)) as places,
        closing(stream(connection, _CHOICES, parameters)) as choices,
    ):
        for record, said, before in _paired(places, choices):
            # The rows are what the queries above select.
            claims = (Place._make(cast("Iterable[str]", row[1:])) for row in said)
            chosen = rule.choose(type, record, claims, pins.get((type, record), {}))
            known = {Choice._make(cast("Iterable[str]", row[1:])) for row in before}
            if not known:
                count = len(come)
                come += [(type, record, *choice) for choice in chosen]
                differing += len(come) - count
            elif (after := set(chosen)) != known:
                go += [(type, record, c.column, c.claim) for c in known - after]
                come += [(type, record, *c) for c in after - known]
                differing += max(len(known - after), len(after - known))
            if len(come) + len(go) >= _BATCH:
                _write(connection, come, go)
            done.one_more()
    _write(connection, come, go)
    return differing


def _write(connection: Connection, come: list[tuple[Cell, ...]], go: list[tuple[Cell, ...]]) -> None:
    delete(connection, "choice", _KEY, go)
    insert(connection, "choice", _COLUMNS, come)
    come.clear()
    go.clear()


def _paired(
    left: Iterator[tuple[Cell, ...]], right: Iterator[tuple[Cell, ...]]
) -> Iterator[tuple[str, list[tuple[Cell, ...]], list[tuple[Cell, ...]]]]:
    """Two streams sorted by their first cell, side by side: that cell, and the rows of each (of one possibly none)."""
    lefts, rights = groupby(left, _by_record), groupby(right, _by_record)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and str(one[0]) < str(other[0])):
            assert one is not None
            yield str(one[0]), list(one[1]), []
            one = next(lefts, None)
        elif one is None or str(other[0]) < str(one[0]):
            yield str(other[0]), [], list(other[1])
            other = next(rights, None)
        else:
            yield str(one[0]), list(one[1]), list(other[1])
            one, other = next(lefts, None), next(rights, None)
