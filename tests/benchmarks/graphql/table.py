"""The measurements as tables in Markdown: medians, and ratios within the run."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from statistics import median

from tests.benchmarks.graphql.questions import Question
from tests.benchmarks.graphql.servers import Server

Cells = dict[tuple[str, str, str], list[float]]


def written(
    running: dict[str, Server],
    asked: list[Question],
    sizes: dict[str, int],
    found: Cells,
    nested: dict[int, list[float]],
    missing: Sequence[str],
    factor: int,
) -> str:
    """All tables as text."""
    names = [question.name for question in asked]
    about = ", ".join(f"{q.name} {q.doc} ({sizes[q.name]} values)" for q in asked)
    rounds = len(next(iter(found.values())))
    head = f"{factor} x the bench world, Python {platform.python_version()}, {os.cpu_count()} cores, median of {rounds}"
    lines = [f"{head}.", f"{about}.", *(f"Not measured: {line}" for line in missing)]
    title = "CPU ms per request, one after the other"
    lines += _table(title, names, ((s.name, _cells(found, "cpu", key, names)) for key, s in running.items()))
    if "ours" in running:
        others = [(s.name, _ratios(found, key, names)) for key, s in running.items() if key != "ours"]
        lines += _table("their CPU / ours", names, others)
    for clients in (1, 16):
        rows = ((s.name, _cells(found, f"rps{clients}", key, names)) for key, s in running.items())
        lines += _table(f"requests/s, {clients} client{'s' * (clients > 1)}", names, rows)
    if nested:
        small, large = (median(nested[page]) for page in (10, 100))
        lines += ["", f"Nested list, pages of 10 and of 100: {small:.2f} and {large:.2f} ms, x {large / small:.1f}."]
    return "\n".join(lines)


def _table(title: str, names: list[str], rows: Iterable[tuple[str, list[str]]]) -> list[str]:
    head = ["", f"| {title} | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    return head + [f"| {name} | {' | '.join(cells)} |" for name, cells in rows]


def _cells(found: Cells, measure: str, server: str, names: list[str]) -> list[str]:
    return [shown(median(found[measure, server, name])) for name in names]


def _ratios(found: Cells, server: str, names: list[str]) -> list[str]:
    """Each round compared within itself."""
    ratios = []
    for name in names:
        pairs = zip(found["cpu", server, name], found["cpu", "ours", name], strict=True)
        ratios.append(shown(median(theirs / ours for theirs, ours in pairs)))
    return ratios


def shown(number: float) -> str:
    """A number with about three digits."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"
