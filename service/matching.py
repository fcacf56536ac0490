"""The command `match`: names in a table, matched with the records of the current release, beside each row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from datasets.release.open import Release
from datasets.text import fold
from linked_data.reconcile.asking import LONGEST_TEXT, BadQueryError, Constraint, Query
from linked_data.reconcile.matching import Candidate, Matcher
from service.errors import OperationError

ADDED = ("match_rank", "match_id", "match_label", "match_score", "match", "match_reasons")
"""The columns that are added to each row; with several candidates a row stands once for each."""
_NAMES = re.compile(
    r"(?:.*\b)?(?:name|organi[sz]ation|university|institution|alliance|title|affiliation|hochschule|universit\w+|"
    r"nom|nombre|instituci[oó]n|名称|机构|大学)(?:\b.*)?"
)
_COUNTRIES = re.compile(r"(?:.*[\b_ ])?(?:country|nation|land|pays|pa[ií]s|paese|国家)(?:[\b_ ](?:code|name|iso))?")
_DELIMITERS = ",;\t|"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a file: its columns, and its rows with the line on which each ends."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(path: Path) -> Table:
    """A CSV file with a header, separated by commas, semicolons, tabs or strokes, in UTF-8.

    Raises OperationError, which names file and line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise OperationError(f"{path}:{line}: not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)") from None
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        columns = tuple(cell.strip() for cell in next(reader, []))
        if not any(columns):
            raise OperationError(f"{path}:1: no header; the first line names the columns")
        for row in reader:
            if not any(row):
                continue
            if len(row) != len(columns):
                message = f"{len(row)} cells under {len(columns)} columns; quote cells that hold {delimiter!r}"
                raise OperationError(f"{path}:{reader.line_num}: {message}")
            rows.append((reader.line_num, tuple(row)))
    except csv.Error as error:
        raise OperationError(f"{path}:{reader.line_num}: not CSV ({error})") from None
    taken = sorted({column for column in columns if column in ADDED})
    if taken:
        raise OperationError(f"{path}:1: the column {taken[0]!r} is one that matching adds; rename it")
    return Table(columns, tuple(rows))


def chosen(path: Path, table: Table, wanted: str | None, known: re.Pattern[str]) -> int | None:
    """The place of a column: the one that is wanted, else the first whose name tells. Raises OperationError."""
    if wanted is not None:
        for place, column in enumerate(table.columns):
            if column == wanted or fold(column) == fold(wanted):
                return place
        raise OperationError(f"{path}:1: there is no column {wanted!r}; there are {', '.join(table.columns)}")
    return next((place for place, column in enumerate(table.columns) if known.fullmatch(fold(column))), None)


def name_column(path: Path, table: Table, wanted: str | None) -> int:
    """The column with the names: as wanted, else by its header, else the first with words in it."""
    found = chosen(path, table, wanted, _NAMES)
    if found is not None:
        return found
    sample = [row for _, row in table.rows[:50]]
    for place in range(len(table.columns)):
        cells = [row[place] for row in sample if row[place].strip()]
        if cells and sum(any(c.isalpha() for c in cell) and len(cell) > 4 for cell in cells) * 2 > len(cells):
            return place
    raise OperationError(f"{path}:1: no column looks like names; say which with --column")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to match: columns by name (None: to be found), types, and how many candidates of each row."""

    column: str | None = None
    country_column: str | None = None
    types: tuple[str, ...] = ("actor",)
    limit: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: rows, those with a certain match, those with candidates only, and the columns used."""

    rows: int
    matched: int
    uncertain: int
    column: str
    country: str

    def __str__(self) -> str:
        """In words."""
        beside = f", country in {self.country!r}" if self.country else ""
        rest = self.rows - self.matched - self.uncertain
        return (
            f"{self.rows} rows (names in {self.column!r}{beside}): {self.matched} matched, "
            f"{self.uncertain} with candidates to look at, {rest} without"
        )


def match(release: Release, path: Path, wish: Wish, stream: IO[str], progress: Progress) -> Outcome:
    """Write the table with what each row is matched with. Raises OperationError."""
    table = read(path)
    name = name_column(path, table, wish.column)
    country = chosen(path, table, wish.country_column, _COUNTRIES)
    country = None if country == name else country
    matcher = Matcher(release.shapes)
    try:
        types = matcher.types(wish.types)
    except BadQueryError as error:
        raise OperationError(str(error)) from None
    for line, row in table.rows:
        if len(row[name].strip()) > LONGEST_TEXT:
            raise OperationError(
                f"{path}:{line}: a name has at most {LONGEST_TEXT} characters, this {len(row[name].strip())}"
            )
    writer = csv.writer(stream, lineterminator="\n")
    matched = uncertain = 0
    with closing(release.connect()) as connection:
        if wish.column is None:
            _refuse_data(path, table.columns[name], matcher.match(connection, Query(table.columns[name], tuple(types))))
        writer.writerow((*table.columns, *ADDED))
        for number, (_, row) in enumerate(table.rows, 1):
            text = row[name].strip()
            land = row[country].strip() if country is not None else ""
            constraints = tuple(Constraint(p, (land,)) for p in _country_properties(matcher, types) if land)
            query = Query(text, tuple(types), wish.limit, constraints)
            found = matcher.match(connection, query) if text else []
            matched += any(c.match for c in found)
            uncertain += bool(found) and not any(c.match for c in found)
            cells: Iterator[Sequence[object]] = (
                (rank, c.entry.key, c.entry.label, f"{c.score:g}", "yes" if c.match else "no", "; ".join(c.reasons))
                for rank, c in enumerate(found, 1)
            )
            writer.writerows((*row, *added) for added in ([*cells] or [("",) * len(ADDED)]))
            progress(path.name, number, len(table.rows))
    return Outcome(
        len(table.rows), matched, uncertain, table.columns[name], table.columns[country] if country is not None else ""
    )


def _refuse_data(path: Path, header: str, found: Sequence[Candidate]) -> None:
    """Raise OperationError where the first line is no header but already a row: its cell names a record."""
    if found and found[0].match:
        raise OperationError(
            f"{path}:1: {header!r} is a name, not the header of a column ({found[0].entry.key}); put a line such as "
            "name,country above it, or say which column with --column"
        )


def _country_properties(matcher: Matcher, types: Sequence[str]) -> list[str]:
    """What the country is called in the types asked for."""
    return list(dict.fromkeys(name for type_ in types for name in [matcher.country_property(type_)] if name))
