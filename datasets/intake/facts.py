"""A facts folder: one CSV file per entity and compound value, redirects, pins, expectations and release.toml."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from datasets.intake.finding import BadFacts, Finding, Severity
from datasets.intake.sheet import Sheet, demand_file, rows, sheets
from datasets.intake.stored import stored
from datasets.shapes import Shapes

REDIRECTS = "redirects.csv"
PINS = "pins.csv"
RELEASE = "release.toml"
EXPECTATIONS = "expectations.toml"
RELEASE_TEXTS = ("date", "title", "licence", "description", "publisher", "contact")
"""What release.toml says in one text each."""
RELEASE_LISTS = ("creators", "keywords")
"""What release.toml says in lists of texts."""
_ENTRY = re.compile(r"\s*\[\[\s*expect\s*\]\]")


class Redirect(NamedTuple):
    """An id that went: requests for it go to `target`; an empty target means that the record was withdrawn."""

    type: str
    id: str
    target: str
    line: int


class Pin(NamedTuple):
    """A choice of the editors. `value` is in stored form. In a set, the value is taken out of what is chosen."""

    type: str
    id: str
    column: str
    value: str
    reason: str
    line: int


class Expectation(NamedTuple):
    """How many records of `entity` there must be: with a value in `column`, if given; with rival values of it."""

    entity: str
    column: str
    rivals: bool
    min: int | None
    max: int | None
    line: int = 1


@dataclass(frozen=True)
class Folder:
    """A folder of facts. What has no file is not contained: loading leaves it as it is."""

    path: Path
    shapes: Shapes

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The CSV files of records and compound values that the folder has, in reading order."""
        return tuple(sheet for sheet in sheets(self.shapes) if self.has(sheet.file))

    def has(self, file: str) -> bool:
        """Whether the folder has something of that name, be it a link that leads nowhere: absence means a lot here."""
        return os.path.lexists(self.path / file)

    def holds(self, type: str, column: str) -> bool:
        """Whether the folder says everything that is claimed of this column of this type of record."""
        for sheet in self.sheets:
            if sheet.entity is not None and sheet.entity.name == type:
                if any(c.name == column for c in sheet.columns):
                    return True
            elif sheet.values is not None and sheet.values.name == column:
                return any(e.name == type for e in self.shapes.targets(sheet.values.subject))
        return False

    @cached_property
    def redirects(self) -> tuple[Redirect, ...] | None:
        """The lines of redirects.csv; None without the file. Raises BadFacts."""
        found = self._table(REDIRECTS, Redirect._fields[:-1])
        if found is None:
            return None
        return tuple(Redirect(type, id, target, line) for line, (type, id, target) in found)

    @cached_property
    def pins(self) -> tuple[Pin, ...] | None:
        """The lines of pins.csv; None without the file. Raises BadFacts."""
        found = self._table(PINS, Pin._fields[:-1])
        if found is None:
            return None
        return tuple(self._pin(line, *cells) for line, cells in found)

    def _pin(self, line: int, type: str, id: str, column: str, value: str, reason: str) -> Pin:
        entity = next((e for e in self.shapes.entities if e.name == type), None)
        declared = next((c for c in entity.columns if c.name == column), None) if entity else None
        return Pin(type, id, column, stored(declared, value) if declared else value, reason, line)

    def _table(self, file: str, headers: Sequence[str]) -> Iterator[tuple[int, list[str]]] | None:
        if not self.has(file):
            return None
        found = rows(self.path / file)
        _, header = next(found, (1, []))
        if header != list(headers):
            raise self._bad(file, 1, ",".join(header), f"the header must be {','.join(headers)}", "write that header")
        return self._cells(file, len(headers), found)

    def _cells(self, file: str, width: int, found: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        for line, cells in found:
            if len(cells) != width:
                message = f"the row has {len(cells)} cells, the header {width}"
                raise self._bad(file, line, ",".join(cells), message, "quote cells that contain commas")
            yield line, cells

    def _bad(self, file: str, line: int, value: str, message: str, mend: str) -> BadFacts:
        return BadFacts([self._finding(file, line, 1, value, message, mend)])

    @staticmethod
    def _finding(file: str, line: int, column: int, value: str, message: str, mend: str) -> Finding:
        return Finding(file, line, column, "unreadable_file", Severity.ERROR, value, message, mend)

    @cached_property
    def release(self) -> dict[str, str | list[str]] | None:
        """What release.toml says of a release: date (as text), title, licence …; None without the file."""
        found = self._toml(RELEASE)
        if found is None:
            return None
        said: dict[str, str | list[str]] = {}
        for name, value in found.items():
            if isinstance(value, list):
                said[name] = [str(item) for item in value]
            elif isinstance(value, str | date):
                said[name] = value if isinstance(value, str) else value.isoformat()
            else:
                message = f"{name} is {type(value).__name__}"
                raise self._bad(RELEASE, 1, str(value), message, "write a text, a date or a list of texts")
        return said

    @cached_property
    def expectations(self) -> tuple[Expectation, ...] | None:
        """The entries of expectations.toml; None without the file. Raises BadFacts."""
        found = self._toml(EXPECTATIONS)
        if found is None:
            return None
        entries = found.get("expect", [])
        if set(found) - {"expect"} or not isinstance(entries, list):
            raise self._bad(
                EXPECTATIONS, 1, ", ".join(found), "the file holds [[expect]] tables only", "remove the rest"
            )
        text = (self.path / EXPECTATIONS).read_text(encoding="utf-8")
        heads = [at for at, line in enumerate(text.split("\n"), 1) if _ENTRY.match(line)]
        lines = heads if len(heads) == len(entries) else [1] * len(entries)
        return tuple(self._expectation(entry, line) for entry, line in zip(entries, lines, strict=True))

    def _expectation(self, entry: object, line: int) -> Expectation:
        known = set(Expectation._fields) - {"line"}
        if not isinstance(entry, dict) or set(entry) - known or not isinstance(entry.get("entity"), str):
            mend = f"each [[expect]] has entity and some of {', '.join(Expectation._fields[1:-1])}"
            raise self._bad(EXPECTATIONS, line, str(entry), "the entry cannot be read", mend)
        column, rivals = entry.get("column", ""), entry.get("rivals", False)
        least, most = entry.get("min"), entry.get("max")
        right = isinstance(column, str) and isinstance(rivals, bool)
        if not right or not all(n is None or (isinstance(n, int) and not isinstance(n, bool)) for n in (least, most)):
            mend = "column is a text, rivals true or false, min and max are whole numbers"
            raise self._bad(EXPECTATIONS, line, str(entry), "the entry cannot be read", mend)
        return Expectation(entry["entity"], column, rivals, least, most, line)

    def _toml(self, file: str) -> dict[str, object] | None:
        if not self.has(file):
            return None
        try:
            demand_file(self.path / file)
            return tomllib.loads((self.path / file).read_bytes().decode("utf-8"))
        except OSError as error:
            message = f"the file cannot be read ({error.strerror})"
            raise self._bad(file, 1, "", message, "put a file in its place that may be read") from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
            line, column = (int(place[1]), int(place[2])) if place else (1, 1)
            finding = self._finding(file, line, column, "", f"the file is not TOML ({error})", "mend its syntax")
            raise BadFacts([finding]) from error


def read(folder: Path, shapes: Shapes) -> Folder:
    """The facts folder at a path. Raises NotADirectoryError when there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no facts folder at {folder}: name a folder with {sheets(shapes)[0].file} …")
    return Folder(folder, shapes)
