"""What full-text search finds of a record: folded tokens of its name, its further names and its texts.

Between two texts stands a token that nobody can search for, so that no phrase crosses it and whole names are known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from datasets.canonical.read import Record
from datasets.release.layout import BETWEEN
from datasets.shapes import Entity, Shapes, Weight
from datasets.text import tokens

_WEIGHTS = (Weight.NAME, Weight.ALIAS, Weight.SUMMARY)


@dataclass(frozen=True, slots=True)
class Entries:
    """Which columns of an entity are found, by weight: of each weight single columns, sets and parts of values."""

    columns: tuple[tuple[str, ...], ...]
    sets: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[tuple[str, str], ...], ...]

    @classmethod
    def of(cls, shapes: Shapes, entity: Entity) -> Entries | None:
        """The entries of an entity, or nothing when none of its columns counts in search."""
        columns = tuple(tuple(c.name for c in entity.columns if c.weight is w and not c.many) for w in _WEIGHTS)
        sets = tuple(tuple(c.name for c in entity.columns if c.weight is w and c.many) for w in _WEIGHTS)
        parts = tuple(
            tuple((v.name, c.name) for v in shapes.values_of(entity) for c in v.columns if c.weight is w)
            for w in _WEIGHTS
        )
        return cls(columns, sets, parts) if any(columns) or any(sets) else None

    def tokens(self, record: Record) -> list[str]:
        """For each weight (name, alias, summary) the tokens of the record's texts, as entries hold them."""
        found = []
        for columns, sets, parts in zip(self.columns, self.sets, self.parts, strict=True):
            texts = [record.values[name] for name in columns if name in record.values]
            for name in sets:
                texts += record.sets.get(name, ())
            for name, part in parts:
                texts += (text for e in record.sets.get(name, ()) if (text := json.loads(e).get(part)))
            found.append(BETWEEN.join(words for text in texts if (words := " ".join(tokens(text)))))
        return found
