"""The releases that lead to one: each with the release that was current when it was published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datasets.release.errors import ReleaseError
from datasets.release.open import Release


@dataclass(frozen=True, slots=True)
class Step:
    """A release in its chain. `before` is the release before it; None for the first, and where that is not kept."""

    release: Release
    before: Release | None
    previous: str
    """The id of the release before it, kept or not; empty for the first of all."""

    @property
    def id(self) -> str:
        """The id of the release."""
        return self.release.id

    @property
    def published(self) -> str:
        """The beginning of the day of the release, as RFC 3339 writes it."""
        return f"{self.release.date}T00:00:00Z"

    @property
    def cut(self) -> bool:
        """Whether the chain begins here though there were releases before: then everything counts as new."""
        return self.before is None and bool(self.previous)

    @property
    def counts(self) -> dict[str, int]:
        """How many records were added, modified and deleted, by the name of the operation."""
        chain = self.release.manifest["chain"]
        delta = chain["delta"] if isinstance(chain, dict) else {}
        return {str(name): int(number) for name, number in delta.get("counts", {}).items()}


def steps(release: Release) -> tuple[Step, ...]:
    """The chain that ends with a release, the oldest kept first."""
    found: list[Step] = []
    seen: set[str] = set()
    at: Release | None = release
    while at is not None:
        seen.add(at.id)
        chain = at.manifest["chain"]
        previous = str(chain.get("previous") or "") if isinstance(chain, dict) else ""
        before = _kept(release.path.parent / previous) if previous and previous not in seen else None
        found.append(Step(at, before, previous))
        at = before
    return tuple(reversed(found))


def _kept(path: Path) -> Release | None:
    try:
        return Release.open(path)
    except ReleaseError:  # not kept any more, or not readable: the chain begins after it
        return None
