"""What the releases changed about one record, as far back as they are kept: read off their deltas, in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from datasets.release.chain import Past, chain
from datasets.release.errors import DamagedError, ReleaseError
from datasets.release.open import Release
from datasets.shapes.model import Link
from service import news
from service.records import name_of
from service.switching import Held

STEPS = 100
"""Releases looked into, the newest; the list of changes has all."""
MOST_CHANGES = 20_000
"""In a release that changed more records, it is not counted for each what came and went of that which belongs to it."""
_WORDS = {"ADD": "new", "MOD": "changed", "DEL": "gone"}
Owner = tuple[str, str]
"""Type and id of a record that others belong to."""


@dataclass(slots=True)
class _Chain:
    """The releases that led to an open one, read once, as they never change; and what they changed by owner."""

    pasts: Sequence[Past]
    belongings: dict[str, Mapping[Owner, Counter[tuple[str, str]]]] = field(default_factory=dict)


_CHAINS: WeakKeyDictionary[Held, _Chain] = WeakKeyDictionary()


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
    """The history of a record, of what belongs to it, and of its `former` ids where those were taken into it."""
    known = _CHAINS.get(held) or _CHAINS.setdefault(held, _Chain(chain(held.release)))
    pasts = known.pasts[:STEPS]
    steps: list[Step] = []
    for past, before in zip(pasts, [*known.pasts[1:], None], strict=False):
        if past.manifest["chain"]["previous"] is None:
            continue  # the first of all: everything in it is new
        try:
            steps += _steps(known, past, before, (type, id), former)
        except DamagedError:
            told = "This release is not kept any more, so its changes cannot be told."
            steps.append(Step(past.id, "not kept", (told,)))
    added = any(step.operation == "new" for step in steps)
    oldest = pasts[-1]
    return History(tuple(steps), oldest.id, len(pasts), not added, oldest.manifest["chain"]["previous"] is not None)


def _steps(known: _Chain, past: Past, before: Past | None, record: Owner, former: Sequence[str]) -> list[Step]:
    change = past.change(*record)
    operation = _WORDS[str(change["op"])] if change else ""
    lines = list(news.lines(change)) if change and operation == "changed" else []
    if past.id not in known.belongings:
        known.belongings[past.id] = _belongings(past, before)
    lines += _told(known.belongings[past.id].get(record, Counter()))
    found = [Step(past.id, operation or "what belongs to it changed", tuple(lines))] if operation or lines else []
    for old in former:
        taken = past.change(record[0], old)
        if taken is not None and taken["op"] == "DEL" and taken["target"] == record[1]:
            found.append(Step(past.id, "taken in", (f"{old} was found to be the same and leads here since",)))
    return found


def _told(counts: Counter[tuple[str, str]]) -> Iterable[str]:
    """How many of each list came, changed and went: Memberships: 2 new, 1 gone."""
    for name in sorted({name for name, _ in counts}):
        parts = [f"{counts[name, op]:,} {words}" for op, words in _WORDS.items() if counts[name, op]]
        yield f"{name_of(name)}: {', '.join(parts)}"


def _belongings(past: Past, before: Past | None) -> Mapping[Owner, Counter[tuple[str, str]]]:
    """For each record the number of others that belong to it and were added, changed or taken away, by list."""
    found: dict[Owner, Counter[tuple[str, str]]] = {}
    if past.changed > MOST_CHANGES:
        return found
    changes = past.changes(0, past.changed)
    sides = [(past, [c for c in changes if c["op"] != "DEL"]), (before, [c for c in changes if c["op"] == "DEL"])]
    for side, told in sides:
        if side is not None and told:
            try:
                release = Release.open(side.path)
            except ReleaseError as error:
                raise DamagedError(str(error)) from error
            _count(release, told, found)
    return found


def _count(
    release: Release, changes: Sequence[Mapping[str, Any]], found: dict[Owner, Counter[tuple[str, str]]]
) -> None:
    with closing(release.connect()) as connection:
        for entity in release.shapes.entities:
            operations = {str(c["id"]): str(c["op"]) for c in changes if c["type"] == entity.name}
            for link in entity.links if operations else ():
                if link.many or not link.reverse:
                    continue
                sql = (
                    f'SELECT id, {_owner(release, link)}, "{link.name}" FROM "{entity.plural}" '
                    f'WHERE "{link.name}" IS NOT NULL AND id IN (SELECT value FROM json_each(?))'
                )
                for id, type, owner in connection.execute(sql, (json.dumps(list(operations)),)):
                    counts = found.setdefault((str(type), str(owner)), Counter())
                    counts[link.reverse, operations[str(id)]] += 1


def _owner(release: Release, link: Link) -> str:
    """The type of what a link leads to, as SQL."""
    return f'"{link.name}_type"' if release.shapes.is_family(link.target) else f"'{link.target}'"
