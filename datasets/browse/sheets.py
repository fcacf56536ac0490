"""The file of sheets: made of a release when it is opened, beside the releases and outside their identity.

The sheets say nothing that the release does not say, so they belong to the reader, not to the release: older releases
get them too, and they can be mended without publishing anew. The same release and code give the same rows.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from datasets.browse.overview_sheets import overview_sheets
from datasets.browse.record_sheets import record_sheets
from datasets.browse.sheet import KEY, PLACE, Heading, Sheet, quoted
from datasets.release.open import connect
from datasets.shapes.model import Shapes
from datasets.text import tokens

FOLDER = ".sheets"
"""Where the files of sheets stand, among the releases."""
NAME = "sheets"
"""The name of the database, in addresses and in SQL."""
INDEX = "_search"
"""What the name of a sheet's search index ends in."""

log = logging.getLogger("alliances.browse")


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of a release and the file that holds them; `passing` files go when the release is closed."""

    path: Path
    sheets: tuple[Sheet, ...]
    passing: bool = False

    def sheet(self, name: str | None) -> Sheet | None:
        """The sheet of that name, if there is one."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def close(self) -> None:
        """Remove the file, where nothing keeps it for the next time."""
        if self.passing:
            self.path.unlink(missing_ok=True)


def open_sheets(database: Path, shapes: Shapes) -> Sheets:
    """The sheets of the release with that database; made where they are not there yet. Several may try at once."""
    with closing(connect(database)) as connection:
        sheets = (*record_sheets(shapes), *overview_sheets(connection, shapes))
    folder = database.parent.parent / FOLDER
    path = folder / f"{database.parent.name}.{_stamp(sheets)}.sqlite"
    if path.is_file():
        return Sheets(path, sheets)
    try:
        folder.mkdir(exist_ok=True)
        unfinished = _made(folder, database, sheets)
    except OSError as error:
        log.warning("%s cannot be written (%s): sheets are made anew at each start", folder, error)
        return Sheets(_made(Path(tempfile.gettempdir()), database, sheets), sheets, passing=True)
    unfinished.rename(path)
    _forget(folder, path)
    return Sheets(path, sheets)


def _made(folder: Path, database: Path, sheets: tuple[Sheet, ...]) -> Path:
    """A new file with the sheets, under a passing name. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=folder, suffix=".building")
    os.close(handle)
    path = Path(name)
    try:
        _fill(path, database, sheets)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    path.chmod(0o644)
    return path


def _stamp(sheets: tuple[Sheet, ...]) -> str:
    """Changes with all that decides what a file of sheets holds, beside the release."""
    said = "\n".join([repr(sheets), *_statements(sheets), tokens.__module__])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _fill(path: Path, database: Path, sheets: tuple[Sheet, ...]) -> None:
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    release = f"{database.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(apsw.Connection(release, flags=flags)) as connection:
        connection.execute(f"ATTACH ? AS {NAME}", (str(path),)).fetchall()
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32768"):
            connection.execute(f"PRAGMA {NAME}.{pragma}").fetchall()
        connection.create_scalar_function("tokens", _tokens, deterministic=True)
        connection.execute("BEGIN")
        for statement in _statements(sheets):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute(f"ANALYZE {NAME}")


def _tokens(*texts: object) -> str:
    return " ".join(token for text in texts if text is not None for token in tokens(str(text)))


def _statements(sheets: tuple[Sheet, ...]) -> Iterator[str]:
    for sheet in sheets:
        table, index = f"{NAME}.{quoted(sheet.name)}", quoted(f"{sheet.name}{INDEX}")
        fields = ",\n".join(f"  {quoted(h.name)} {h.type}{_suffix(h)}" for h in sheet.headings)
        yield f"CREATE TABLE {table} (\n{fields},\n  {PLACE} INTEGER NOT NULL\n) STRICT"
        values = ", ".join(heading.sql for heading in sheet.headings)
        yield (
            f"INSERT INTO {table} SELECT {values}, row_number() OVER (ORDER BY {sheet.order}) "
            f"FROM {sheet.source} ORDER BY {sheet.order}"
        )
        sorts = sheet.sort_desc or PLACE
        for name in dict.fromkeys((*sheet.facets, *(h.name for h in sheet.headings if h.quiet), sorts)):
            key = quoted(f"{sheet.name}_{name}")
            yield f"CREATE INDEX {NAME}.{key} ON {quoted(sheet.name)} ({quoted(name)})"
        yield f"CREATE VIRTUAL TABLE {NAME}.{index} USING fts5(words, content='', detail='none', tokenize='ascii')"
        texts = ", ".join(quoted(h.name) for h in sheet.headings if h.type == "TEXT" and not h.quiet)
        yield f"INSERT INTO {NAME}.{index} (rowid, words) SELECT rowid, tokens({texts}) FROM {table}"


def _suffix(heading: Heading) -> str:
    return " NOT NULL PRIMARY KEY" if heading.name == KEY else ""


def _forget(folder: Path, kept: Path) -> None:
    """Remove what was made for the same release by other code, and for releases that are gone."""
    release = kept.name.partition(".")[0]
    for path in folder.glob("*.sqlite"):
        of = path.name.partition(".")[0]
        if path != kept and (of == release or not (folder.parent / of).is_dir()):
            with contextlib.suppress(OSError):
                path.unlink()
