"""What a release changed against the one before it, in words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import orjson
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.files import DELTA
from datasets.shapes.model import Shapes
from service import citations, pages
from service.records import Labels, Ref, name_of
from service.switching import Held

SHOWN = 300
"""Changes on the page; the file delta.json has all."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A change: what was done to which record, in words; `target` is where a former id leads."""

    operation: str
    ref: Ref
    target: Ref | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """The changes of a release: since which, how many of each sort, the first of them, and how many there are."""

    since: str
    counts: tuple[tuple[str, int, int, int], ...]
    changes: tuple[Changed, ...]
    total: int


async def news(request: Request, held: Held) -> Response:
    """What this release changed."""
    content = await asyncio.to_thread(read, held.release.path)
    found = await held.reader.read(lambda connection: told(connection, held.release.shapes, content))
    cited = citations.citation(held.release, "What changed", "/news")
    return pages.page(request, held, "news.html", news=found, path="/news", cited=cited)


def read(folder: Path) -> dict[str, Any]:
    """The delta of a release as published."""
    content: dict[str, Any] = orjson.loads((folder / DELTA).read_bytes())
    return content


def told(connection: apsw.Connection, shapes: Shapes, content: Mapping[str, Any]) -> News:
    """The delta in words; the first release has nothing to compare with."""
    since = str(content["from"] or "")
    changes = list(content["changes"])
    counts = by_type(changes)
    first = changes[:SHOWN] if since else []
    labels = Labels(connection, shapes)
    labels.ask([(c["type"], c["id"]) for c in first if c["op"] != "DEL"])
    labels.ask([(c["type"], c["target"]) for c in first if c.get("target")])
    shown = tuple(_changed(labels, change) for change in first)
    plural = {e.name: e.plural for e in shapes.entities}
    rows = tuple((plural.get(type, type), *numbers) for type, numbers in counts.items())
    return News(since, rows, shown, len(changes))


def by_type(changes: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """How many records of each type were added, changed, and taken away."""
    found: Counter[tuple[str, str]] = Counter((str(c["type"]), str(c["op"])) for c in changes)
    return {type: tuple(found[type, op] for op in ("ADD", "MOD", "DEL")) for type in dict.fromkeys(t for t, _ in found)}  # type: ignore[misc]


def _changed(labels: Labels, change: Mapping[str, Any]) -> Changed:
    type, id, operation = str(change["type"]), str(change["id"]), str(change["op"])
    if operation == "DEL":
        target = change.get("target")
        return Changed("gone", Ref(type, id, id), labels.ref(type, str(target)) if target else None, ())
    ref = labels.ref(type, id)
    if operation == "ADD":
        return Changed("new", ref, None, ())
    return Changed("changed", ref, None, tuple(lines(change)))


def lines(change: Mapping[str, Any]) -> Iterable[str]:
    """What a modified record has otherwise than before, column by column, in words."""
    for column, (old, new) in change["columns"].items():
        if isinstance(old, list) or isinstance(new, list):
            before, after = set(old or ()), set(new or ())
            gone, come = sorted(before - after), sorted(after - before)
            parts = (*(f"without “{value}”" for value in gone), *(f"with “{value}”" for value in come))
            yield f"{name_of(column)}: {', '.join(parts)}"
        else:
            yield f"{name_of(column)}: {_said(old)} became {_said(new)}"
    claims = change["claims"]
    words = {"added": "more", "removed": "fewer", "changed": "chosen otherwise"}
    told = ", ".join(f"{claims[name]} {words[name]}" for name in words if claims[name])
    if told:
        yield f"Statements of sources: {told}"


def _said(value: object) -> str:
    return "nothing" if value is None else f"“{value}”"
