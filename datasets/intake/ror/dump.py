"""Reading a dump of the Research Organization Registry, record by record, never whole.

Two forms are known: the registry's own JSON array (schema 2, also gzipped or in its zip), and a CSV with one row per
record and lists joined with `|` (also gzipped). https://ror.readme.io/docs/data-dump
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

from datasets.intake.malformed import Malformed

_CHUNK = 1 << 20
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_ROR = re.compile(r"https?://ror\.org/([0-9a-z]{9})")
_COLUMNS = frozenset(
    {"ror", "name", "aliases", "acronyms", "labels", "types", "status", "relationships", "last_modified"}
    | {"city", "country", "latitude", "longitude", "established", "website", "wikidata", "isni", "grid"}
)
"""Columns of the CSV form that are read; others are passed over."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the registry has it. `kinds` are the registry's: label, alias, acronym."""

    text: str
    language: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class RorRecord:
    """A record as the registry has it, in the terms of both forms.

    `number` counts from 1; `line` is its line in a CSV, else 0.
    """

    number: int
    line: int
    ror: str
    status: str
    types: frozenset[str]
    name: str
    language: str
    names: tuple[Name, ...]
    city: str
    country: str
    latitude: str
    longitude: str
    established: str
    website: str
    identifiers: tuple[tuple[str, str], ...]
    parents: tuple[str, ...]
    modified: str
    release: str


def records(dump: Path) -> Iterator[RorRecord]:
    """All records of a dump, in its order. Raises Malformed, which says where the file cannot be read."""
    with _text(dump) as (name, file):
        first = file.read(1)
        while first and (first.isspace() or first == "\ufeff"):
            first = file.read(1)
        if first == "[":
            yield from _from_json(name, file)
        elif ".csv" in name:
            yield from _from_csv(name, first, file)
        else:
            raise Malformed(
                f"{name} is no dump of ROR", "give the registry's JSON array (schema 2) or a CSV of records"
            )


@contextmanager
def _text(dump: Path) -> Iterator[tuple[str, TextIO]]:
    """The text of a dump with its name, unpacked on the way."""
    try:
        if dump.suffix == ".zip":
            with zipfile.ZipFile(dump) as archive:
                inner = [n for n in archive.namelist() if n.endswith(".json")]
                best = next((n for n in inner if "schema_v2" in n), inner[0] if inner else "")
                if not best:
                    raise Malformed(f"{dump.name} holds no JSON file", "give the registry's zip, or the JSON in it")
                with archive.open(best) as packed:
                    yield best, io.TextIOWrapper(packed, encoding="utf-8", newline="")
        elif dump.suffix == ".gz":
            with gzip.open(dump, "rt", encoding="utf-8", newline="") as file:
                yield dump.name, cast("TextIO", file)
        else:
            with dump.open(encoding="utf-8", newline="") as file:
                yield dump.name, file
    except (UnicodeDecodeError, zipfile.BadZipFile, gzip.BadGzipFile, EOFError) as error:
        raise Malformed(f"{dump.name} cannot be read ({error})", "fetch the dump again") from error


def _from_json(name: str, file: TextIO) -> Iterator[RorRecord]:
    """The objects of an array whose opening bracket was read, decoded one at a time from chunks."""
    decoder = json.JSONDecoder(parse_float=str)
    text, at, number, ended = "", 0, 0, False
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr] # it matches the empty text too
        if text.startswith("]", at):
            return
        try:
            found, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            chunk = file.read(_CHUNK)
            if not chunk and ended:
                message = f"{name} is broken or breaks off after record {number} ({error.msg})"
                raise Malformed(message, "fetch the dump again") from error
            ended = not chunk
            text, at = text[at:] + chunk, 0
            continue
        number += 1
        try:
            yield _from_object(number, found)
        except (KeyError, TypeError, AttributeError) as error:
            message = f"record {number} of {name} is none of schema 2 ({error!r})"
            raise Malformed(message, "give a dump of schema 2") from error


def _from_object(number: int, found: dict[str, Any]) -> RorRecord:
    place: dict[str, Any] = next((location["geonames_details"] for location in found["locations"]), {})
    shown: dict[str, Any] = next((name for name in found["names"] if "ror_display" in name["types"]), {})
    return RorRecord(
        number=number,
        line=0,
        ror=_bare(found["id"]),
        status=found["status"],
        types=frozenset(found["types"]),
        name=shown.get("value", ""),
        language=shown.get("lang") or "",
        names=tuple(
            Name(name["value"], name["lang"] or "", frozenset(name["types"]) - {"ror_display"})
            for name in found["names"]
        ),
        city=place.get("name") or "",
        country=place.get("country_code") or "",
        latitude=_number(place.get("lat")),
        longitude=_number(place.get("lng")),
        established=_number(found["established"]),
        website=next((link["value"] for link in found["links"] if link["type"] == "website"), ""),
        identifiers=tuple(
            (outside["type"], value)
            for outside in found["external_ids"]
            for value in ([outside["preferred"]] if outside["preferred"] else outside["all"])
        ),
        parents=tuple(_bare(other["id"]) for other in found["relationships"] if other["type"] == "parent"),
        modified=found["admin"]["last_modified"]["date"],
        release="",
    )


def _from_csv(name: str, first: str, file: TextIO) -> Iterator[RorRecord]:
    """The rows of a CSV whose first character was read."""
    reader = csv.DictReader(file, strict=True)
    header = [(first if at == 0 else "") + column for at, column in enumerate(reader.fieldnames or [])]
    reader.fieldnames = header
    missing = sorted(_COLUMNS - set(header))
    if missing:
        raise Malformed(f"{name} lacks the column {missing[0]!r}", "give a CSV of records as the documentation says")
    line, number = 2, 0
    try:
        for row in reader:
            number += 1
            if None in row or None in row.values():
                raise Malformed(f"{name}:{line} has more or fewer cells than the header", "fetch the dump again")
            yield _from_row(number, line, row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise Malformed(f"{name}:{line} cannot be read ({error})", "fetch the dump again") from error


def _from_row(number: int, line: int, row: dict[str, str]) -> RorRecord:
    labels = [label.rpartition("@") for label in _split(row["labels"])]
    names = [Name(text, language, frozenset({"label"})) for text, _, language in labels]
    names += [Name(text, "", frozenset({"alias"})) for text in _split(row["aliases"])]
    names += [Name(text, "", frozenset({"acronym"})) for text in _split(row["acronyms"])]
    related = [relation.split(":", 1) for relation in _split(row["relationships"])]
    return RorRecord(
        number=number,
        line=line,
        ror=_bare(row["ror"]),
        status=row["status"],
        types=frozenset(_split(row["types"])),
        name=row["name"],
        language=next((language for text, _, language in labels if text == row["name"]), ""),
        names=tuple(names),
        city=row["city"],
        country=row["country"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        established=row["established"],
        website=row["website"],
        identifiers=tuple((scheme, value) for scheme in ("grid", "isni", "wikidata") for value in _split(row[scheme])),
        parents=tuple(match[1] for kind, rest in related if kind == "parent" and (match := _ROR.match(rest))),
        modified=row["last_modified"],
        release=row.get("release", ""),
    )


def _split(cell: str) -> list[str]:
    return [item for item in cell.split("|") if item]


def _bare(address: str) -> str:
    """The identifier at the end of its address."""
    return address.rpartition("/")[2]


def _number(value: object) -> str:
    """A number as the dump writes it; floats were kept as text."""
    return "" if value is None else str(value)
