"""Writing the facts back: the folder that was loaded, row by row, from what the database holds.

A folder in the form that this writes (columns in the order of the shapes, sets sorted, line feeds) comes back
byte for byte; of any other one every claim, pin and redirect does.
"""

from __future__ import annotations

import csv
import errno
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, select

from datasets.canonical.bulk import stream
from datasets.canonical.errors import DiskFull, UnusableFolder
from datasets.canonical.load import FACTS
from datasets.canonical.store import reading
from datasets.canonical.tables import file, pin, redirect
from datasets.intake.facts import PINS, REDIRECTS
from datasets.intake.sheet import LOCATOR, SEPARATOR, Sheet, sheets
from datasets.intake.stored import parts, written
from datasets.shapes import Shapes

_QUERY = """
SELECT line, position, record, "column", value, source, locator FROM claim
WHERE type = :type AND origin = :origin AND file = :file
"""
_ORDER = ' ORDER BY line, position, record, "column", value'
_Said = tuple[int, int, str, str, str, str, str]


def export(engine: Engine, shapes: Shapes, folder: Path, *, origin: str = FACTS) -> tuple[str, ...]:
    """Write the facts of an origin into a new or empty folder; the names of the files.

    The folder appears when it is complete. Raises UnusableFolder, DiskFull.
    """
    folder = folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UnusableFolder(f"{folder} is not an empty folder: give the path of a new one")
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            names = _write(engine, shapes, draft, origin)
            draft.chmod(0o755)
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"no room left on the disk of {folder}: free some (nothing was written)") from error
        raise UnusableFolder(f"{folder} cannot be written ({error.strerror}): give another path") from error
    return names


def _write(engine: Engine, shapes: Shapes, folder: Path, origin: str) -> tuple[str, ...]:
    query = select(file.c.name, file.c.content).where(file.c.origin == origin)
    with reading(engine) as connection:
        held = dict(tuple(row) for row in connection.execute(query))
        for sheet in sheets(shapes):
            if sheet.file in held:
                _write_csv(folder / sheet.file, sheet.headers, _rows(connection, shapes, sheet, origin))
        if PINS in held:
            headers = ("type", "id", "column", "value", "reason")
            _write_csv(folder / PINS, headers, _pins(connection, shapes, origin))
        if REDIRECTS in held:
            _write_csv(folder / REDIRECTS, ("type", "id", "target"), _redirects(connection, origin))
    for name, content in held.items():
        if content is not None:
            (folder / name).write_text(content, encoding="utf-8", newline="")
    return tuple(sorted(path.name for path in folder.iterdir()))


def _write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("x", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)


def _rows(connection: Connection, shapes: Shapes, sheet: Sheet, origin: str) -> Iterator[list[str]]:
    """The rows of a file, each made of the claims that stand at its line."""
    for _, claims in groupby(_claims(connection, shapes, sheet, origin), itemgetter(0)):
        yield _row(sheet, list(claims))


def _claims(connection: Connection, shapes: Shapes, sheet: Sheet, origin: str) -> Iterator[_Said]:
    if sheet.entity is not None:
        types = [sheet.entity.name]
    else:
        assert sheet.values is not None
        types = [entity.name for entity in shapes.targets(sheet.values.subject)]
    names = {f"type{number}": type for number, type in enumerate(types)}
    query = _QUERY.replace("= :type", f"IN ({', '.join(f':{name}' for name in names)})") + _ORDER
    parameters = {**names, "origin": origin, "file": sheet.file}
    return cast("Iterator[_Said]", stream(connection, query, parameters))


def _row(sheet: Sheet, claims: list[_Said]) -> list[str]:
    record = claims[0][2]
    sources = {position: (source, locator) for _, position, _, _, _, source, locator in claims}
    if sheet.values is not None:
        cells = {
            sheet.values.column(name).csv: written(sheet.values.column(name), value)
            for name, value in parts(sheet.values, claims[0][4]).items()
        }
    else:
        cells = _cells(sheet, claims)
    # A key of several columns, such as scheme and slug, stands in those columns already.
    cells |= {key: record for key in sheet.keys if key not in {column.csv for column in sheet.columns}}
    if sheet.cited:
        cells[sheet.headers[-1]] = SEPARATOR.join(
            source + (LOCATOR + locator if locator else "") for _, (source, locator) in sorted(sources.items())
        )
    return [cells.get(header, "") for header in sheet.headers]


def _cells(sheet: Sheet, claims: list[_Said]) -> dict[str, str]:
    said: dict[str, set[str]] = {}
    for _, _, _, column, value, _, _ in claims:
        said.setdefault(column, set()).add(value)
    return {
        column.csv: SEPARATOR.join(sorted(written(column, value) for value in said[column.name]))
        for column in sheet.columns
        if column.name in said
    }


def _pins(connection: Connection, shapes: Shapes, origin: str) -> Iterator[tuple[str, ...]]:
    columns = (pin.c.type, pin.c.record, pin.c["column"], pin.c.value, pin.c.reason)
    query = select(*columns).where(pin.c.origin == origin).order_by(pin.c.line)
    for type, record, name, value, reason in connection.execute(query):
        declared = next((c for c in shapes.entity(type).columns if c.name == name), None)
        yield type, record, name, written(declared, value) if declared else value, reason


def _redirects(connection: Connection, origin: str) -> Iterator[tuple[str, ...]]:
    columns = (redirect.c.type, redirect.c.record, redirect.c.target)
    query = select(*columns).where(redirect.c.origin == origin).order_by(redirect.c.line)
    yield from connection.execute(query)
