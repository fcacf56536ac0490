"""Publishing: from the canonical database to one immutable release, all or nothing.

One traversal of the canonical database feeds the hash that becomes the id, the staging tables and every exporter. Then
all validators run; only when they pass are the tables made and the files finished. Everything happens in a hidden
directory beside the releases; when all its files are on the disk, it gets its name and the pointer moves to it, one
step each. A publish that is killed leaves at most that hidden directory, which the next one removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from sqlalchemy import Engine

from datasets.canonical import read
from datasets.canonical.read import Record
from datasets.canonical.store import reading
from datasets.intake.facts import Expectation
from datasets.release import pointer
from datasets.release.compare import Side
from datasets.release.constraints import violations
from datasets.release.database import Database
from datasets.release.delta import write_delta
from datasets.release.errors import DamagedError, PublishError, RejectedError, Violation
from datasets.release.expectations import unmet
from datasets.release.exporter import Draft, Exporter
from datasets.release.exporters import EXPORTERS
from datasets.release.files import DATABASE, DELTA
from datasets.release.identity import Digest, Imprint, Redirect
from datasets.release.manifest import Previous, write_manifest
from datasets.release.open import Release
from datasets.release.redirects import resolved
from datasets.release.workshop import place, plain_errors, workshop
from datasets.shapes import Shapes
from datasets.shapes.serial import to_json

Progress = Callable[[str, int, int | None], None]
"""Told of each step: its name, how much is done, and of how much (None: not known)."""
_TOLD_EVERY = 1000


class Printed(TypedDict, total=False):
    """What an imprint says, as arguments; see `Imprint`. The first four are needed."""

    date: str
    title: str
    licence: str
    base_iri: str
    description: str
    creators: tuple[str, ...]
    publisher: str
    contact: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did: the release that is current now, and whether it was `built` or was there already.

    `switched` says whether the pointer moved. `warnings` are expectations exceeded.
    """

    id: str
    path: Path
    built: bool
    switched: bool
    warnings: tuple[Violation, ...] = ()

    def __str__(self) -> str:
        if self.built:
            return f"published {self.id}"
        if self.switched:
            return f"{self.id} was built before; it is current again"
        return f"{self.id} is current already; nothing to do"


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be published: records in publishing order, each once, and all redirects."""

    records: Iterable[Record]
    redirects: Iterable[Redirect]


def publish(
    engine: Engine,
    releases: Path,
    shapes: Shapes,
    *,
    expectations: Sequence[Expectation] = (),
    exporters: Sequence[type[Exporter]] = EXPORTERS,
    progress: Progress | None = None,
    **printed: Unpack[Printed],
) -> Published:
    """Publish what the canonical database holds into a folder of releases and make it current.

    Needs `date`, `title`, `licence` and `base_iri`; see `Imprint` for what else can be said. Raises ValueError when the
    imprint is wrong, RejectedError when the content is not as the shapes and expectations demand, PublishError when the
    folder cannot be written; then nothing has changed.
    """
    imprint = _imprint(printed)
    # Closed while the connection is open: what is left to the garbage collector complains on stderr of a closed one.
    with reading(engine) as connection, closing(read.records(connection, shapes)) as records:
        content = Content(records, read.redirects(connection))
        return build(
            content, releases, shapes, imprint, expectations=expectations, exporters=exporters, progress=progress
        )


def identify(engine: Engine, shapes: Shapes, **printed: Unpack[Printed]) -> str:
    """The id that publishing would give now, without building anything: to tell whether facts changed since."""
    imprint = _imprint(printed)
    digest = Digest(to_json(shapes), imprint)
    with reading(engine) as connection:
        for record in read.records(connection, shapes):
            digest.feed(record)
        return digest.finish(resolved(read.redirects(connection))[0])


def _imprint(printed: Printed) -> Imprint:
    missing = [name for name in ("date", "title", "licence", "base_iri") if name not in printed]
    if missing:
        raise ValueError(f"a release needs {', '.join(missing)}; give it in release.toml or as an option")
    return Imprint(**printed)


def build(
    content: Content,
    releases: Path,
    shapes: Shapes,
    imprint: Imprint,
    *,
    expectations: Sequence[Expectation] = (),
    exporters: Sequence[type[Exporter]] = EXPORTERS,
    progress: Progress | None = None,
) -> Published:
    """Publish content from wherever it comes; see `publish`."""
    with plain_errors(releases), workshop(releases) as folder:
        work = _Work(folder, releases, shapes, imprint, exporters, progress or _silent)
        with closing(work):
            return work.publish(content, expectations)


def _silent(step: str, done: int, total: int | None) -> None:
    """Tell nobody."""


class _Work:
    """One publishing at work in its hidden directory."""

    def __init__(
        self,
        folder: Path,
        releases: Path,
        shapes: Shapes,
        imprint: Imprint,
        exporters: Sequence[type[Exporter]],
        step: Progress,
    ) -> None:
        self._folder = folder
        self._releases = releases
        self._shapes = shapes
        self._imprint = imprint
        self._step = step
        self._exporters: list[Exporter] = []
        with ExitStack() as opened:
            self._database = opened.enter_context(closing(Database(folder / DATABASE, shapes)))
            for exporter in exporters:
                self._exporters.append(opened.enter_context(closing(exporter(folder, shapes))))
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Free everything that is open, also when some of it fails to close."""
        self._opened.close()

    def publish(self, content: Content, expectations: Sequence[Expectation]) -> Published:
        """Do it."""
        digest = Digest(to_json(self._shapes), self._imprint)
        if not self._traverse(content.records, digest):
            raise PublishError("the canonical database holds no records; run `alliances load` first")
        redirects, problems = resolved(content.redirects)
        release = digest.finish(redirects)
        if (there := self._existing(release)) is not None:
            return there
        warnings = self._validate([*problems, *self._database.dangling(redirects)], expectations)
        self._database.complete(redirects, {"id": release, **self._imprint.facts()}, self._step)
        self._export(release)
        self._step("placing", 0, None)
        place(self._folder, self._releases, release)
        return Published(id=release, path=self._releases / release, built=True, switched=True, warnings=tuple(warnings))

    def _traverse(self, records: Iterable[Record], digest: Digest) -> int:
        number = 0
        for number, record in enumerate(records, start=1):
            digest.feed(record)
            self._database.staging.feed(record)
            for exporter in self._exporters:
                exporter.feed(record)
            if number % _TOLD_EVERY == 0:
                self._step("records", number, None)
        self._database.staging.finish()
        self._step("records", number, number)
        return number

    def _existing(self, release: str) -> Published | None:
        """What to answer when the release is there already and whole."""
        path = self._releases / release
        if not _whole(path):
            return None
        switched = self._current() != release
        if switched:
            pointer.switch(self._releases, release)
        return Published(id=release, path=path, built=False, switched=switched)

    def _current(self) -> str:
        """The id of the current release; empty when there is none that can be read."""
        try:
            path = pointer.current(self._releases)
        except DamagedError:
            return ""
        return "" if path is None else path.name

    def _validate(self, problems: list[Violation], expectations: Sequence[Expectation]) -> list[Violation]:
        self._step("checks", 0, None)
        problems += self._database.staging.violations
        if not problems:
            problems += violations(self._database.connection, self._shapes)
        errors, warnings = unmet(self._database.connection, self._shapes, expectations)
        if problems or errors:
            raise RejectedError([*problems, *errors])
        return warnings

    def _export(self, release: str) -> None:
        with self._database.reader() as connection:
            draft = Draft(
                id=release,
                imprint=self._imprint,
                shapes=self._shapes,
                folder=self._folder,
                database=self._folder / DATABASE,
                connection=connection,
            )
            for done, exporter in enumerate(self._exporters):
                self._step("files", done, len(self._exporters))
                exporter.finish(draft)
            self._step("files", len(self._exporters), len(self._exporters))
            previous = self._delta(draft)
            write_manifest(draft, [file for exporter in self._exporters for file in exporter.FILES], previous)

    def _delta(self, draft: Draft) -> Previous:
        """Write the delta to the release that is current, if there is one that can be read."""
        self._step("delta", 0, None)
        newest = max((pointer.sequence(path) for path in pointer.listed(self._releases)), default=0)
        current, new = self._current(), Side(draft.connection, draft.shapes)
        if current in ("", draft.id):
            changes = write_delta(draft.folder / DELTA, None, (draft.id, new))
            return Previous(newest + 1, "", changes)
        old = Release.open(self._releases / current)
        with closing(old.connect()) as connection:
            before = (old.id, Side(connection, old.shapes))
            changes = write_delta(draft.folder / DELTA, before, (draft.id, new))
        return Previous(newest + 1, old.id, changes)


def _whole(path: Path) -> bool:
    """Whether a release is there with all its files in their size."""
    if not path.is_dir():
        return False
    try:
        release = Release.open(path)
        files = release.manifest["files"]
        assert isinstance(files, list)
        return all((path / str(file["name"])).stat().st_size == file["size"] for file in files)
    except (DamagedError, OSError):
        return False
