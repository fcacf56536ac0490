"""delta.json: what a release changed against the one before it, also when that is nothing.

It depends on which release was current at the time of publishing, so it stands outside the id, and the manifest lists
it in the part that tells the place of the release among others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson

from datasets.release.compare import Change, Operation, Side, compare


def write_delta(path: Path, old: tuple[str, Side] | None, new: tuple[str, Side]) -> dict[str, int]:
    """Write the delta between two releases, given as id and content, one change a line; gives the number of each."""
    counts: Counter[str] = Counter()
    with path.open("wb") as stream:
        head = {"from": None if old is None else old[0], "to": new[0]}
        stream.write(orjson.dumps(head)[:-1] + b',"changes":[')
        for change in compare(None if old is None else old[1], new[1]):
            stream.write(b",\n" if counts else b"\n")
            stream.write(orjson.dumps(as_json(change)))
            counts[change.operation] += 1
        numbers = {operation.value: counts[operation] for operation in Operation}
        stream.write(b'\n],"counts":' + orjson.dumps(numbers) + b"}\n")
    return numbers


def as_json(change: Change) -> dict[str, object]:
    """A change as an object: `op`, `type`, `id`, and what belongs to the operation.

    Of a MOD the `columns` with old and new value, and the number of claims added, removed and changed; of a DEL the
    `target` that the id leads to now, null when it is withdrawn.
    """
    content: dict[str, object] = {"op": change.operation.value, "type": change.type, "id": change.id}
    if change.operation is Operation.MODIFY:
        content["columns"] = change.columns
        content["claims"] = dict(zip(("added", "removed", "changed"), change.claims, strict=True))
    if change.operation is Operation.DELETE:
        content["target"] = change.target or None
    return content


def as_text(change: Change) -> Iterator[str]:
    """A change as lines for people: the record, then each column with its old and new value."""
    arrow = f" → {change.type}/{change.target}" if change.target else ""
    yield f"{change.operation.value} {change.type}/{change.id}{arrow}"
    for column, (old, new) in change.columns.items():
        if isinstance(old, tuple) or isinstance(new, tuple):
            before, after = set(old or ()), set(new or ())
            for value in sorted(before - after):
                yield f"    {column} - {value}"
            for value in sorted(after - before):
                yield f"    {column} + {value}"
        else:
            yield f"    {column}: {_said(old)} → {_said(new)}"
    if change.operation is Operation.MODIFY and any(change.claims):
        added, removed, changed = change.claims
        yield f"    claims: {added} added, {removed} removed, {changed} chosen otherwise"


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
