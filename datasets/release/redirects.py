"""Former ids: each leads to a living record in one step, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from datasets.release.errors import Violation
from datasets.release.identity import Redirect


def resolved(redirects: Iterable[Redirect]) -> tuple[list[Redirect], list[Violation]]:
    """The redirects, sorted, each with the id at the end of its chain; and what is wrong with them."""
    targets: dict[tuple[str, str], str] = {}
    problems: list[Violation] = []
    for kind, former, target in redirects:
        if targets.setdefault((kind, former), target) != target:
            problems.append(_wrong(former, target, f"the former {kind} has two targets"))
    ends: list[Redirect] = []
    for kind, former in sorted(targets):
        seen = {former}
        end = targets[kind, former]
        while (kind, end) in targets and end not in seen:
            seen.add(end)
            end = targets[kind, end]
        if end in seen:
            problems.append(_wrong(former, end, f"the former {kind} leads back to itself"))
        ends.append((kind, former, end))
    return ends, problems


def _wrong(former: str, target: str, message: str) -> Violation:
    return Violation("redirect", "redirects", former, "target", target, f"{message}; mend redirects.csv")
