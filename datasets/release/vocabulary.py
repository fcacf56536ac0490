"""The values of the vocabularies as a release holds them: concepts with ids `{scheme}.{slug}`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from datasets.release import layout
from datasets.release.constraints import CONCEPT
from datasets.release.ddl import names, quote
from datasets.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a vocabulary: its scheme, the value as the tables write it, its label, what it means."""

    scheme: str
    slug: str
    label: str
    meaning: str


def values(connection: apsw.Connection, shapes: Shapes) -> Iterator[Value]:
    """All values, by scheme and slug. The meaning is the concept's first text beside its label and key."""
    entity = next((entity for entity in shapes.entities if entity.name == CONCEPT), None)
    if entity is None:
        return
    label = layout.label_field(entity)
    texts = [c.name for c in entity.columns if not c.many and c.csv not in entity.key and c.name != label]
    fields = names(("id", label, *texts[:1]))
    for row in connection.cursor().execute(f"SELECT {fields} FROM {quote(entity.plural)} ORDER BY id"):
        scheme, _, slug = str(row[0]).partition(".")
        yield Value(scheme, slug, str(row[1]), str(row[2] or "") if texts else "")


def codes(connection: apsw.Connection, shapes: Shapes) -> dict[str, list[str]]:
    """The values of each vocabulary, by scheme."""
    found: dict[str, list[str]] = {}
    for value in values(connection, shapes):
        found.setdefault(value.scheme, []).append(value.slug)
    return found
