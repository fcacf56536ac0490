"""What the releases changed about one record, as far back as they are kept: read off their deltas, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from datasets.release.chain import Past, chain
from datasets.release.errors import DamagedError
from service import news
from service.switching import Held

STEPS = 100
"""Releases looked into, the newest; the list of changes has all."""
_CHAINS: WeakKeyDictionary[Held, Sequence[Past]] = WeakKeyDictionary()
"""The chain of each open release, read once: what was published before a release never changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A release that changed the record: how (new, changed, taken in), and what, in words."""

    release: str
    operation: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The steps, the newest first; `first` is the oldest release looked into, `releases` how many were.

    `since` says that the record was there already in the first; `older` that there were releases before it.
    """

    steps: tuple[Step, ...]
    first: str
    releases: int
    since: bool
    older: bool


def history(held: Held, type: str, id: str, former: Sequence[str]) -> History:
    """The history of a record, and of its `former` ids where those were taken into it."""
    if held not in _CHAINS:
        _CHAINS[held] = chain(held.release)
    pasts = _CHAINS[held][:STEPS]
    steps: list[Step] = []
    for past in pasts:
        if past.manifest["chain"]["previous"] is None:
            continue  # the first of all: everything in it is new
        steps += _steps(past, type, id, former)
    added = any(step.operation == "new" for step in steps)
    oldest = pasts[-1]
    return History(tuple(steps), oldest.id, len(pasts), not added, oldest.manifest["chain"]["previous"] is not None)


def _steps(past: Past, type: str, id: str, former: Sequence[str]) -> list[Step]:
    try:
        change = past.change(type, id)
        gone = [(old, past.change(type, old)) for old in former]
    except DamagedError:
        return [Step(past.id, "not kept", ("This release is not kept any more, so its changes cannot be told.",))]
    found = []
    if change is not None:
        told = {"ADD": "new", "MOD": "changed", "DEL": "gone"}[str(change["op"])]
        found.append(Step(past.id, told, tuple(news.lines(change)) if told == "changed" else ()))
    for old, taken in gone:
        if taken is not None and taken["op"] == "DEL" and taken["target"] == id:
            found.append(Step(past.id, "taken in", (f"{old} was found to be the same and leads here since",)))
    return found
