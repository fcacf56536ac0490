"""The releases that led to a release, as far as they are still kept, and what each of them changed."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import orjson

from datasets.release.errors import DamagedError
from datasets.release.files import DELTA, MANIFEST, SHAPES
from datasets.release.open import Release
from datasets.shapes.serial import from_json

_STEP = 64
"""A delta is read from the nearest of every so many lines on."""


@dataclass(frozen=True)
class Past:
    """A release of the chain, by its manifest; nothing of it is open. `counts` is by the plural of entities."""

    path: Path
    manifest: Mapping[str, Any]
    _starts: array[int] = field(default_factory=lambda: array("Q"), repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def id(self) -> str:
        """Date and fingerprint of the content."""
        return str(self.manifest["id"])

    @property
    def date(self) -> str:
        """The date of the release."""
        return str(self.manifest["date"])

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of records by the plural of their entity."""
        found: Mapping[str, int] = self.manifest["counts"]
        return found

    @property
    def changed(self) -> int:
        """How many records were added, modified or deleted with it; with the first, all are added."""
        return sum(self.manifest["chain"]["delta"]["counts"].values())

    def changes(self, start: int, stop: int) -> list[dict[str, Any]]:
        """Some of the changes in the order of delta.json, by place. Raises DamagedError where the file is gone."""
        stop = min(stop, self.changed)
        if start >= stop:
            return []
        try:
            with (self.path / DELTA).open("rb") as stream:
                stream.seek(self._start(start // _STEP))
                lines = [stream.readline() for _ in range(stop - start // _STEP * _STEP)]
        except OSError as error:
            raise DamagedError(f"{self.path / DELTA} cannot be read any more ({error})") from error
        return [orjson.loads(line.rstrip(b",\n")) for line in lines[start % _STEP :]]

    def change(self, type: str, id: str) -> dict[str, Any] | None:
        """What it changed about one record; None where that is nothing. Raises DamagedError where the file is gone.

        A delta is sorted by type and id, so that its lines are found by halving the file, whatever its size.
        """
        wanted = (self._place(type), id)
        try:
            with (self.path / DELTA).open("rb") as stream:
                low = len(stream.readline())
                high = stream.seek(0, 2)
                while low < high:
                    found = _line(stream, (low + high) // 2)
                    if found is None or (self._place(found["type"]), found["id"]) >= wanted:
                        high = (low + high) // 2
                    else:
                        low = stream.tell()
                found = _line(stream, low)
        except (OSError, ValueError) as error:
            raise DamagedError(f"{self.path / DELTA} cannot be read any more ({error})") from error
        return found if found and (found["type"], found["id"]) == (type, id) else None

    @cached_property
    def _types(self) -> dict[str, int]:
        """The order of the types in the delta; those that only the release before had follow."""
        shapes = from_json((self.path / SHAPES).read_text(encoding="utf-8"))
        return {entity.name: place for place, entity in enumerate(shapes.entities)}

    def _place(self, type: str) -> int:
        return self._types.get(type, len(self._types))

    def _start(self, step: int) -> int:
        """Where a line begins: the head of the file is one line, and then every change."""
        with self._lock:
            if not self._starts:
                with (self.path / DELTA).open("rb") as stream:
                    place = len(stream.readline())
                    for number, line in enumerate(stream):
                        if number % _STEP == 0:
                            self._starts.append(place)
                        place += len(line)
        return self._starts[step]


def _line(stream: BinaryIO, place: int) -> dict[str, Any] | None:
    """The first change whose line begins at a place or after it; None behind the last."""
    stream.seek(place - 1)
    stream.readline()
    line = stream.readline()
    return orjson.loads(line.rstrip(b",\n")) if line.startswith(b"{") else None


def chain(release: Release) -> Sequence[Past]:
    """The release and those before it, newest first, until one is no longer there."""
    found = [Past(release.path, release.manifest)]
    seen = {release.id}
    while True:
        before = str(found[-1].manifest["chain"]["previous"] or "")
        folder = release.path.parent / before
        if not before or before in seen or not (folder / MANIFEST).is_file():
            return found
        found.append(Past(folder, _manifest(folder)))
        seen.add(before)


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest: Mapping[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        manifest["id"], manifest["date"], manifest["counts"], manifest["chain"]["delta"]["counts"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{folder / MANIFEST} cannot be read ({error}); see `alliances verify`") from error
    return manifest
