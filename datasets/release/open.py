"""Opening a release: what readers of every face begin with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import apsw

from datasets.release import pointer
from datasets.release.ddl import APPLICATION_ID, FORMAT
from datasets.release.errors import DamagedError, ReleaseError
from datasets.release.files import DATABASE, MANIFEST, SHAPES
from datasets.shapes import Shapes
from datasets.shapes.serial import from_json

Manifest = Mapping[str, object]
"""The content of manifest.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release on disk: its id, directory, database, manifest and the shapes that it was built by.

    Nothing here holds a file open. The directory of a release never changes once it is in place, so its database can
    be opened as immutable.
    """

    id: str
    path: Path
    database: Path
    manifest: Manifest = field(repr=False)
    shapes: Shapes = field(repr=False)
    base_iri: str
    date: str
    title: str
    licence: str

    @classmethod
    def open(cls, path: Path) -> Self:
        """The release in a directory. Raises DamagedError, which says what is missing and how to mend it."""
        manifest = _manifest(path)
        try:
            shapes = from_json((path / SHAPES).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _damaged(path, f"{SHAPES} cannot be read ({error})") from error
        database = path / DATABASE
        if not database.is_file():
            raise _damaged(path, f"{DATABASE} is missing")
        return cls(
            id=str(manifest["id"]),
            path=path,
            database=database,
            manifest=manifest,
            shapes=shapes,
            base_iri=str(manifest["base_iri"]),
            date=str(manifest["date"]),
            title=str(manifest["title"]),
            licence=str(manifest["licence"]),
        )

    @classmethod
    def current(cls, releases: Path) -> Self:
        """The current release of a folder. Raises ReleaseError when nothing is published there."""
        path = pointer.current(releases)
        if path is None:
            raise ReleaseError(f"nothing is published in {releases}; run `alliances publish`")
        return cls.open(path)

    def connect(self) -> apsw.Connection:
        """A new read-only connection to the database, for one thread."""
        return connect(self.database)


def connect(database: Path) -> apsw.Connection:
    """A read-only connection to a database that nobody writes. Raises DamagedError."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    try:
        connection = apsw.Connection(f"{database.absolute().as_uri()}?immutable=1", flags=flags)
        made_by = connection.pragma("application_id")
    except apsw.Error as error:
        raise _damaged(database.parent, f"{database.name} cannot be opened ({error})") from error
    if made_by != APPLICATION_ID:
        connection.close()
        raise _damaged(database.parent, f"{database.name} is not the database of a release")
    return connection


def _manifest(path: Path) -> dict[str, object]:
    if not path.is_dir():
        raise ReleaseError(f"there is no release at {path}; see what there is with `alliances verify`")
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise _damaged(path, f"{MANIFEST} is missing") from None
    except (OSError, ValueError) as error:
        raise _damaged(path, f"{MANIFEST} cannot be read ({error})") from error
    needed = ("id", "format", "date", "title", "licence", "base_iri", "files", "chain")
    missing = [name for name in needed if not isinstance(manifest, dict) or name not in manifest]
    if missing:
        raise _damaged(path, f"{MANIFEST} lacks {', '.join(missing)}")
    if not isinstance(manifest["format"], int) or manifest["format"] > FORMAT:
        found = manifest["format"]
        raise ReleaseError(
            f"{path} is a release of format {found}, this program reads up to {FORMAT}; update the program"
        )
    return dict(manifest)


def _damaged(path: Path, what: str) -> DamagedError:
    return DamagedError(f"the release {path} is damaged: {what}; restore a copy, or remove the directory and publish")
