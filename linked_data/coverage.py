"""What a release is about as a whole: the places that its records name, and the time that its memberships span."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from datasets.release.layout import FIRST_DAY
from datasets.release.open import Release

_PLACE = "dct:Location"
"""The class of records that are places."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Places as (type, id), in order, and the first day of which something is known; "" where nothing is."""

    places: tuple[tuple[str, str], ...]
    start: str

    @classmethod
    def of(cls, release: Release) -> Coverage:
        """Asked of the database of a release."""
        shapes = release.shapes
        found: set[tuple[str, str]] = set()
        with closing(release.connect()) as connection:
            for entity in shapes.entities:
                for link in entity.links:
                    if not link.many and all(_PLACE in target.classes for target in shapes.targets(link.target)):
                        sql = f'SELECT DISTINCT "{link.name}" FROM {entity.plural} WHERE "{link.name}" NOT NULL'
                        found.update((link.target, str(id_)) for (id_,) in connection.execute(sql))
            days = [
                connection.execute(
                    f"SELECT min(from_earliest) FROM {spans.name} WHERE from_earliest > ?", (FIRST_DAY,)
                ).get
                for spans in shapes.spans
            ]
        return cls(tuple(sorted(found)), min((str(day) for day in days if day), default=""))
