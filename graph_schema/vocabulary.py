"""The values of the closed vocabularies, read from the release: they become enums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import apsw

from datasets.release.vocabulary import values
from datasets.shapes.model import Shapes


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


Vocabularies = Mapping[str, tuple[Code, ...]]
"""The codes of each closed scheme, by slug."""


def read_vocabularies(connection: apsw.Connection, shapes: Shapes) -> Vocabularies:
    """The closed vocabularies of a release. A scheme without a value is left out: its columns are plain text then."""
    found: dict[str, list[Code]] = {}
    for value in values(connection, shapes):
        found.setdefault(value.scheme, []).append(Code(value.slug, value.label, value.meaning))
    return {s.name: tuple(found[s.name]) for s in shapes.schemes if s.closed and s.name in found}
