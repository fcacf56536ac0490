"""JSON Lines: each record whole on one line, and each claim on one line of a second file."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import orjson

from datasets.canonical.read import CLAIMS, Record, Statement
from datasets.release.exporter import Draft, ExportFile
from datasets.shapes import Kind, Link, Shapes

RECORDS_FILE = ExportFile(
    name="alliances.jsonl",
    title="All records, one a line, with their sets, names and identifiers",
    media_type="application/x-ndjson",
)
CLAIMS_FILE = ExportFile(
    name="alliances-claims.jsonl",
    title="What each source says of each value, one claim a line",
    media_type="application/x-ndjson",
)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


class JsonLines:
    """Each line is an object with `type` and `id` first; columns without a value are left out.

    Numbers are written digit for digit as stored; flags are true; sets are lists; compound values are objects.
    """

    FILES: ClassVar[tuple[ExportFile, ...]] = (RECORDS_FILE, CLAIMS_FILE)

    def __init__(self, folder: Path, shapes: Shapes) -> None:
        with ExitStack() as opened:
            self._records = opened.enter_context((folder / RECORDS_FILE.name).open("wb"))
            self._claims = opened.enter_context((folder / CLAIMS_FILE.name).open("wb"))
            self._opened = opened.pop_all()
        self._kinds = {e.name: tuple((c.name, c.kind) for c in e.columns if not c.many) for e in shapes.entities}
        self._sets = {e.name: tuple(c.name for c in e.columns if c.many) for e in shapes.entities}
        self._values = {e.name: tuple(v.name for v in shapes.values_of(e)) for e in shapes.entities}
        claim = next(entity for entity in shapes.entities if entity.name == CLAIMS)
        self._statement = tuple(
            (c.name, c.kind, isinstance(c, Link) and shapes.is_family(c.target)) for c in claim.columns
        )

    def feed(self, record: Record) -> None:
        """Write the record and its claims."""
        line: dict[str, object] = {"type": record.type, "id": record.id}
        for name, kind in self._kinds[record.type]:
            if name in record.values:
                line[name] = _json(kind, record.values[name])
        for name in self._sets[record.type]:
            if record.sets.get(name):
                line[name] = record.sets[name]
        for name in self._values[record.type]:
            if record.sets.get(name):
                line[name] = [orjson.Fragment(element) for element in record.sets[name]]
        self._records.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        lines = [orjson.dumps(self._claim(record, s), option=orjson.OPT_APPEND_NEWLINE) for s in record.claims]
        self._claims.write(b"".join(lines))

    def _claim(self, record: Record, statement: Statement) -> dict[str, object]:
        line: dict[str, object] = {"type": CLAIMS, "id": statement.id}
        for name, kind, family in self._statement:
            if family:
                line[f"{name}_type"] = record.type
                line[name] = record.id
            elif value := getattr(statement, name):
                line[name] = True if kind is Kind.FLAG else value
        return line

    def finish(self, draft: Draft) -> None:
        """Close the files; all that belongs in them was fed."""
        self.close()

    def close(self) -> None:
        """Close the files, both of them even if the disk is full."""
        self._opened.close()


def _json(kind: Kind, value: str) -> object:
    if kind is Kind.FLAG:
        return True
    if kind in (Kind.INTEGER, Kind.DECIMAL) and _NUMBER.fullmatch(value):
        return orjson.Fragment(value)
    return value
