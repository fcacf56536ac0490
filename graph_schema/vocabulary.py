"""The values of the closed vocabularies, read from the release: they become enums."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw

from datasets.shapes.model import Shapes

CONCEPTS = "concept"
"""The entity that holds the values of vocabularies: columns scheme, slug, label, definition."""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a vocabulary as the release describes it."""

    slug: str
    label: str
    definition: str

    @property
    def doc(self) -> str:
        """Label and definition, as one description."""
        return f"{self.label}: {self.definition}" if self.definition else f"{self.label}."


Vocabularies = dict[str, tuple[Code, ...]]
"""The codes of each closed scheme, by slug."""


def read_vocabularies(database: Path, shapes: Shapes) -> Vocabularies:
    """The closed vocabularies of a release file. A scheme without a concept is left out: nothing can have its values."""
    table = shapes.entity(CONCEPTS).plural
    connection = apsw.Connection(f"file:{database}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        rows = connection.execute(f'SELECT scheme, slug, label, definition FROM "{table}" ORDER BY scheme, slug')
        found: dict[str, list[Code]] = {}
        for scheme, slug, label, definition in rows:
            found.setdefault(str(scheme), []).append(Code(str(slug), str(label), str(definition or "")))
    finally:
        connection.close()
    return {s.name: tuple(found[s.name]) for s in shapes.schemes if s.closed and s.name in found}
