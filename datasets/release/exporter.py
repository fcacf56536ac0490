"""What writes files of a release. A list of classes: one more exporter is one more class in the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

import apsw

from datasets.canonical.read import Record
from datasets.release.identity import Imprint
from datasets.shapes import Shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file of a release: its name, what it is in a few words, and its media type."""

    name: str
    title: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A release that is complete and checked but not yet in place. `connection` reads its database."""

    id: str
    imprint: Imprint
    shapes: Shapes
    folder: Path
    database: Path
    connection: apsw.Connection = field(repr=False)


class Exporter(Protocol):
    """Writes the files named in `FILES` into the folder of a release.

    Made once for each publishing with the folder and the shapes. `feed` gets every record, with its claims, in
    publishing order, while the canonical database is traversed; `finish` comes once, after all validators have passed,
    when the id is known and the database is complete: an exporter that needs labels, sort keys or links from both ends
    reads them there and leaves `feed` empty. `close` comes last in any case, also after an error, and frees what is
    open; what an unfinished exporter wrote is thrown away with the folder. An exporter that finds the content wrong
    raises RejectedError, and nothing is published. Same content must give the same bytes: no clock, no machine name,
    no random order.
    """

    FILES: ClassVar[tuple[ExportFile, ...]]

    def __init__(self, folder: Path, shapes: Shapes) -> None: ...

    def feed(self, record: Record) -> None:
        """Take in a record."""

    def finish(self, draft: Draft) -> None:
        """Complete the files."""

    def close(self) -> None:
        """Free what is open."""


class FromDatabase:
    """An exporter that needs nothing but the finished database."""

    FILES: ClassVar[tuple[ExportFile, ...]] = ()

    def __init__(self, folder: Path, shapes: Shapes) -> None:
        self.folder = folder
        self.shapes = shapes

    def feed(self, record: Record) -> None:
        """Pass the record by."""

    def finish(self, draft: Draft) -> None:
        """Complete the files."""
        raise NotImplementedError

    def close(self) -> None:
        """Free nothing: all that `finish` opens it closes."""
