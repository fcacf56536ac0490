"""What happened with one release, in an order that does not change: read off its delta, page by page."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import orjson

from datasets.release.compare import Operation, Side, compare
from datasets.release.files import DELTA
from datasets.release.open import Release
from datasets.release.stored import redirects
from linked_data.changes.chain import Step


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a record: operation, type, id, where a former id leads now, and what changed in words."""

    operation: Operation
    type: str
    id: str
    target: str = ""
    summary: str = ""


class Happenings:
    """The changes of one release: those of its delta, then the former ids that the delta does not tell of.

    Where the release before is not kept, all records count as added: so who begins with the oldest kept release
    arrives at the newest all the same.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self._lock = threading.Lock()
        self._lines: array[int] | None = None

    def __len__(self) -> int:
        return self._listed + len(self._former)

    @cached_property
    def _listed(self) -> int:
        return len(self._added) if self.step.cut else sum(self.step.counts.values())

    @cached_property
    def _added(self) -> list[tuple[str, str]]:
        """Type and id of all records, where the chain is cut."""
        with closing(self.step.release.connect()) as connection:
            return [(c.type, c.id) for c in compare(None, Side(connection, self.step.release.shapes))]

    @cached_property
    def _former(self) -> list[Happening]:
        """Former ids that lead elsewhere than before without their record having gone with this release."""
        now, before = _redirects(self.step.release), _redirects(self.step.before)
        changed = {key for key in now.keys() | before.keys() if now.get(key) != before.get(key)}
        if not changed:
            return []
        told = {(h.type, h.id) for h in self._of_delta(0, self._listed)} if not self.step.cut else set()
        return [
            Happening(Operation.DELETE, type_, id_, now.get((type_, id_), ""), "former id")
            for type_, id_ in sorted(changed - told)
        ]

    def page(self, start: int, most: int) -> list[Happening]:
        """So many changes from a place on, counted from 0."""
        listed = self._listed
        found: list[Happening] = []
        if start < listed:
            stop = min(start + most, listed)
            if self.step.cut:
                found = [Happening(Operation.ADD, type_, id_) for type_, id_ in self._added[start:stop]]
            else:
                found = list(self._of_delta(start, stop))
        rest = most - len(found)
        if rest > 0:
            begin = max(start - listed, 0)
            found += self._former[begin : begin + rest]
        return found

    def _of_delta(self, start: int, stop: int) -> Iterator[Happening]:
        with (self.step.release.path / DELTA).open("rb") as stream:
            offsets = self._offsets(stream)
            if start < stop:
                stream.seek(offsets[start])
            for _ in range(start, stop):
                yield _happening(orjson.loads(stream.readline().rstrip(b",\n")))

    def _offsets(self, stream: BinaryIO) -> array[int]:
        """Where each line of the delta begins that holds a change."""
        with self._lock:
            if self._lines is None:
                self._lines = array("Q")
                at = len(stream.readline())
                for line in stream:
                    if line.startswith(b'{"op"'):
                        self._lines.append(at)
                    at += len(line)
            return self._lines


def _redirects(release: Release | None) -> dict[tuple[str, str], str]:
    if release is None:
        return {}
    with closing(release.connect()) as connection:
        return {(type_, id_): target for type_, id_, target in redirects(connection)}


def _happening(said: dict[str, object]) -> Happening:
    operation = Operation(str(said["op"]))
    summary = ""
    if operation is Operation.MODIFY:
        columns = said.get("columns")
        names = ", ".join(columns) if isinstance(columns, dict) else ""
        summary = f"changed: {names}" if names else "what sources say changed, the values shown did not"
    return Happening(operation, str(said["type"]), str(said["id"]), str(said.get("target") or ""), summary)
