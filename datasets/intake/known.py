"""Which records a folder of facts has: what another folder, to be loaded beside it, may point at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from datasets.intake.facts import read
from datasets.intake.sheet import Reading
from datasets.shapes import Shapes


def records_of(folder: Path, shapes: Shapes) -> Iterator[tuple[str, str]]:
    """Type and id of every record, once for each row. Raises BadFacts where a file cannot be read."""
    facts = read(folder, shapes)
    for sheet in facts.sheets:
        if sheet.entity is not None:
            for _, record, _ in Reading(facts.path, sheet):
                yield sheet.entity.name, record
