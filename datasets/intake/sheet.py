"""One CSV file of a facts folder: what the shapes want of it, and its rows with their places."""

from __future__ import annotations

import csv
import errno
import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from datasets.intake.finding import BadFacts, Finding, Severity
from datasets.shapes import Column, Entity, Shapes, Values

SUBJECT = "subject"
"""The header of the column that says whose a compound value is."""
SOURCES = "sources"
"""The header of the column of sources."""
SEPARATOR = "|"
"""Stands between the elements of a cell that holds several."""
LOCATOR = "#"
"""Stands between a source's id and the place in it."""
_CELL_LIMIT = 1 << 20


@dataclass(frozen=True, eq=False)
class Sheet:
    """A CSV file that the shapes know: the records of an entity, or compound values.

    `keys` are the headers that make the id of the record (of the subject, for compound values).
    """

    file: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    cited: bool
    entity: Entity | None = None
    values: Values | None = None

    @property
    def name(self) -> str:
        """The entity's name, or that of the compound values."""
        declared = self.entity or self.values
        return declared.name if declared else ""

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """All headers, in the order in which `export` writes them."""
        named = tuple(column.csv for column in self.columns)
        return (*(key for key in self.keys if key not in named), *named, *((SOURCES,) if self.cited else ()))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The headers of values that every record must have, without those that make the id."""
        return tuple(column.csv for column in self.columns if column.required and column.csv not in self.keys)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The headers without which no row can be read; a column that may be empty may also be missing."""
        return frozenset({*self.keys, *self.required, *((SOURCES,) if self.cited else ())})


def sheets(shapes: Shapes) -> tuple[Sheet, ...]:
    """The CSV files of a facts folder, in reading order."""
    records = (Sheet(e.file, e.key, e.columns, e.cited, entity=e) for e in shapes.entities if e.file)
    compounds = (Sheet(v.file, (SUBJECT,), v.columns, cited=True, values=v) for v in shapes.values)
    return (*records, *compounds)


def demand_file(path: Path) -> None:
    """Raise OSError where there is no plain file: reading a pipe would wait for ever."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no file")


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, the header first, each with the physical line (from 1) at which it begins.

    Blank lines are passed over. Raises BadFacts where the file cannot be read on.
    """
    line = 1
    limit = csv.field_size_limit(_CELL_LIMIT)
    try:
        demand_file(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if cells:
                    yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise unreadable(path, line, f"the file is not UTF-8 ({error.reason})", "save it as UTF-8") from error
    except csv.Error as error:
        message, mend = f"the quoting is broken ({error})", "close the quote, and double quotes in it"
        if "field limit" in str(error):
            message = f"a cell is longer than {_CELL_LIMIT} characters"
            mend = "close its quote, if it has one, or shorten it"
        raise unreadable(path, line, message, mend) from error
    except OSError as error:
        raise unreadable(path, 1, f"the file cannot be read ({error.strerror})", "check its permissions") from error
    finally:
        csv.field_size_limit(limit)


def unreadable(path: Path, line: int, message: str, mend: str) -> BadFacts:
    """The error that ends the reading of a file."""
    return BadFacts([Finding(path.name, line, 1, "unreadable_file", Severity.ERROR, "", message, mend)])


class Reading:
    """The rows of a sheet in a folder, one pass: line, id of the record (of the subject), cells.

    `at` says where each header stands. Raises BadFacts on headers and rows that do not fit the sheet; `check` says all
    that is wrong with a file, this only the first.
    """

    def __init__(self, folder: Path, sheet: Sheet) -> None:
        self.sheet = sheet
        self._rows = rows(folder / sheet.file)
        _, header = next(self._rows, (1, []))
        self._width = len(header)
        self.at: dict[str, int] = {}
        for place, name in enumerate(header):
            if name in self.at or name not in sheet.headers:
                word = "repeated" if name in self.at else "unknown"
                raise self._bad_header(word, name)
            self.at[name] = place
        for name in sheet.headers:
            if name in sheet.needed and name not in self.at:
                raise self._bad_header("missing", name)

    def __iter__(self) -> Iterator[tuple[int, str, list[str]]]:
        keys = [self.at[key] for key in self.sheet.keys]
        width, first, single = self._width, keys[0], len(keys) == 1
        for line, cells in self._rows:
            if len(cells) != width:
                message = f"the row has {len(cells)} cells, the header {width}"
                raise self.bad(line, "ragged_row", ",".join(cells), message, "quote cells that contain commas")
            yield line, cells[first] if single else ".".join([cells[key] for key in keys]), cells

    def bad(self, line: int, code: str, value: str, message: str, mend: str) -> BadFacts:
        """The error that ends the reading at a line."""
        return BadFacts([Finding(self.sheet.file, line, 1, code, Severity.ERROR, value, message, mend)])

    def _bad_header(self, word: str, name: str) -> BadFacts:
        mend = f"the columns are {', '.join(self.sheet.headers)}"
        return self.bad(1, f"{word}_column", name, f"the column {name!r} is {word}", mend)


class Places:
    """Finds at which character of which physical line a cell begins. Reads the file when first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] | None = None
        self._end = (1, 1)

    def of(self, line: int, at: int) -> tuple[int, int]:
        """Line and column, from 1, of the cell `at` (from 0) in the row that begins at `line`.

        A row that has no such cell gives the end of its last line.
        """
        for number, place, cell in self._cells(line):
            if cell == at:
                return number, place
        return self._end

    def broken(self, line: int) -> tuple[int, int]:
        """Line and column, from 1, of the cell at which the row begun at `line` breaks: its last, or a too long one."""
        found = (line, 1)
        for number, place, _ in self._cells(line):
            if number == found[0] and place - found[1] > _CELL_LIMIT:
                break
            found = (number, place)
        return found

    def _cells(self, line: int) -> Iterator[tuple[int, int, int]]:
        """Where each cell of a row begins: line, column, number of the cell. Leaves the end of the row behind."""
        if self._lines is None:
            content = self._path.read_bytes().decode("utf-8-sig", errors="replace")
            self._lines = list(io.StringIO(content, newline=""))
        self._end = (line, 1)
        cell, quoted, begins, closed = 0, False, True, False
        for number in range(line - 1, len(self._lines)):
            text = self._lines[number]
            for place, character in enumerate(text, 1):
                if begins:
                    yield number + 1, place, cell
                if character == '"' and (begins or quoted or closed):
                    closed, quoted = quoted, not quoted
                elif closed and character not in ",\r\n":
                    return
                else:
                    closed = False
                begins = character == "," and not quoted
                cell += begins
            self._end = (number + 1, len(text.rstrip("\r\n")) + 1)
            if begins:
                yield *self._end, cell
            if not quoted:
                return
