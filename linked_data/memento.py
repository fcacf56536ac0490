"""Documents as they were (RFC 7089): every kept release holds a memento of each document that it had.

The original is `/doc/{type}/{id}`, its timegate `/timegate/{type}/{id}`, its timemap `/timemap/{type}/{id}`; mementos
stand at `/releases/{release}/doc/{type}/{id}`, from the beginning of the day of the release.
"""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from datasets.release import pointer
from datasets.release.errors import ReleaseError
from datasets.release.open import Release

LINK_FORMAT = "application/link-format"


@dataclass(frozen=True, slots=True)
class Memento:
    """A document in a release: the release, and from when on it was so."""

    release: str
    when: datetime

    @property
    def header(self) -> str:
        """The time as HTTP writes it."""
        return http_date(self.when)


def http_date(when: datetime) -> str:
    """A time as HTTP writes it."""
    return format_datetime(when, usegmt=True)


def published(release: str) -> datetime:
    """From when on a release was so: the beginning of the day that its id begins with."""
    return datetime.fromisoformat(release[:10]).replace(tzinfo=UTC)


def asked(header: str) -> datetime:
    """The time that Accept-Datetime asks for. Raises ValueError where it is none."""
    when = parsedate_to_datetime(header.strip())
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


class Mementos:
    """The mementos in a folder of releases. What was once opened is remembered: releases never change."""

    def __init__(self, releases: Path) -> None:
        self._releases = releases
        self._known: dict[str, Release | None] = {}
        self._lock = threading.Lock()

    def of(self, type_: str, id_: str) -> list[Memento]:
        """The mementos of a document, the oldest first; of several of one day the last published comes last."""
        found = []
        for path in reversed(pointer.listed(self._releases)):
            release = self._opened(path)
            if release is not None and _holds(release, type_, id_):
                found.append(Memento(release.id, published(release.id)))
        return sorted(found, key=lambda memento: memento.when)

    def _opened(self, path: Path) -> Release | None:
        with self._lock:
            if path.name not in self._known:
                try:
                    self._known[path.name] = Release.open(path)
                except ReleaseError:  # not readable: it has no mementos to give
                    self._known[path.name] = None
            return self._known[path.name]


def _holds(release: Release, type_: str, id_: str) -> bool:
    entity = next((e for e in release.shapes.entities if e.name == type_), None)
    if entity is None or not release.database.is_file():
        return False
    with closing(release.connect()) as connection:
        return connection.execute(f'SELECT 1 FROM "{entity.plural}" WHERE id = ?', (id_,)).fetchone() is not None


def chosen(mementos: list[Memento], when: datetime | None) -> Memento:
    """The memento of a time: the last one until then, the first where it is before all; the newest without a time."""
    if when is None:
        return mementos[-1]
    before = [memento for memento in mementos if memento.when <= when]
    return before[-1] if before else mementos[0]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one document in all its times. `base` is what they begin with, nothing for path-absolute."""

    base: str
    type: str
    id: str

    def _path(self) -> str:
        return f"{self.type}/{quote(self.id, safe='')}"

    @property
    def original(self) -> str:
        """The document as it is now."""
        return f"{self.base}/doc/{self._path()}"

    @property
    def timegate(self) -> str:
        """Where its time is negotiated."""
        return f"{self.base}/timegate/{self._path()}"

    @property
    def timemap(self) -> str:
        """The list of its mementos."""
        return f"{self.base}/timemap/{self._path()}"

    def memento(self, release: str) -> str:
        """The document as it was in a release."""
        return f"{self.base}/releases/{release}/doc/{self._path()}"

    def links(self) -> str:
        """What leads from a document or memento to its other times, for the header Link."""
        return (
            f'<{self.original}>; rel="original", <{self.timegate}>; rel="timegate", '
            f'<{self.timemap}>; rel="timemap"; type="{LINK_FORMAT}"'
        )

    def map(self, mementos: list[Memento]) -> str:
        """The timemap in link format."""
        span = f'from="{mementos[0].header}"; until="{mementos[-1].header}"'
        lines = [
            f'<{self.original}>; rel="original"',
            f'<{self.timegate}>; rel="timegate"',
            f'<{self.timemap}>; rel="self"; type="{LINK_FORMAT}"; {span}',
        ]
        for place, memento in enumerate(mementos):
            first, last = place == 0, place == len(mementos) - 1
            rel = " ".join([*["first"] * first, *["last"] * last, "memento"])
            lines.append(f'<{self.memento(memento.release)}>; rel="{rel}"; datetime="{memento.header}"')
        return ",\n".join(lines) + "\n"
