"""Which organization is a part of which. The facts know one parent; the registry often names several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datasets.intake.ror.convert import Converted


def parents(organizations: Iterable[Converted], given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The parent's id by ROR id, where the registry names one alone that has an id; and who is in a circle.

    Parents that are not in the dump do not count. Organizations that would be parts of themselves get no parent.
    """
    found: dict[str, str] = {}
    for organization in organizations:
        there = {ror for ror in organization.parents if ror in given and ror != organization.ror}
        if len(there) == 1:
            found[organization.ror] = there.pop()
    circles = _circles(found)
    return {ror: given[parent] for ror, parent in found.items() if ror not in circles}, sorted(circles)


def _circles(parent: Mapping[str, str]) -> set[str]:
    """All that come back to themselves when one goes from parent to parent."""
    done: set[str] = set()
    circles: set[str] = set()
    for start in parent:
        path: list[str] = []
        at = start
        while at in parent and at not in done:
            done.add(at)
            path.append(at)
            at = parent[at]
        if at in path:
            circles.update(path[path.index(at) :])
    return circles
