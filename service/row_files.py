"""Rows as files, written while they are read: CSV, JSON, GeoJSON and Excel, each whole and saying what it is."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, TypeVar

import orjson

from service.rows import Cell
from service.workbook import MEDIA_TYPE, write_workbook

PIECE = 1_000
"""Rows that are written at once."""
Rows = Iterable[Sequence[Cell]]
Pieces = Iterator[bytes]
Item = TypeVar("Item")


def csv_pieces(columns: Sequence[str], rows: Rows, about: Mapping[str, str]) -> Pieces:
    """CSV; what the file is stands in comment lines at the end, where a table does not mind it."""
    yield b"\xef\xbb\xbf" + _lines([columns])
    yield from (_lines(piece) for piece in _batches(rows))
    yield _lines([[], *([f"# {name}: {value}"] for name, value in about.items())])


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def json_pieces(columns: Sequence[str], rows: Rows, about: Mapping[str, str]) -> Pieces:
    """One object: `about`, and `rows` as objects."""
    yield b'{"about": ' + orjson.dumps(dict(about)) + b',\n"rows": ['
    yield from _listed(orjson.dumps(dict(zip(columns, row, strict=True))) for row in rows)
    yield b"\n]}\n"


def geojson_pieces(columns: Sequence[str], rows: Rows, about: Mapping[str, str], place: tuple[str, str]) -> Pieces:
    """A FeatureCollection; rows without coordinates have no geometry, as GeoJSON allows, and stay in the file."""
    yield b'{"type": "FeatureCollection", "about": ' + orjson.dumps(dict(about)) + b',\n"features": ['
    yield from _listed(orjson.dumps(_feature(dict(zip(columns, row, strict=True)), place)) for row in rows)
    yield b"\n]}\n"


def _feature(properties: dict[str, Cell], place: tuple[str, str]) -> dict[str, object]:
    latitude, longitude = (properties.pop(name, None) for name in place)
    known = latitude is not None and longitude is not None
    geometry = {"type": "Point", "coordinates": [float(str(longitude)), float(str(latitude))]} if known else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _listed(items: Iterator[bytes]) -> Pieces:
    between = b"\n"
    for batch in _batches(items):
        yield between + b",\n".join(batch)
        between = b",\n"


def excel_pieces(columns: Sequence[str], rows: Rows, about: Mapping[str, str], day: str) -> Pieces:
    """A workbook as of a day, made on the disk, so that the memory does not grow with it."""
    with tempfile.TemporaryFile() as file:
        write_workbook(file, columns, rows, about, day)
        file.seek(0)
        yield from _blocks(file)


def _blocks(file: IO[bytes]) -> Pieces:
    while block := file.read(1 << 18):
        yield block


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, PIECE)):
        yield batch


MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "xlsx": MEDIA_TYPE,
}
