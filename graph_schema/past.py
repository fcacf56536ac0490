"""The releases of a chain and their changes, as the schema shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasets.release.chain import Past
from datasets.shapes.model import Shapes
from graph_schema.known import Json, KnownDocuments


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases, newest first. Their counts are of the types that the schema knows."""

    chain: Sequence[Past]
    shapes: Shapes

    def __len__(self) -> int:
        """How many there are."""
        return len(self.chain)

    def since(self, day: str) -> Releases:
        """Those of a day or later."""
        return Releases([past for past in self.chain if past.date >= day], self.shapes)

    def page(self, start: int, stop: int) -> Sequence[Mapping[str, Json]]:
        """Some of them, by place."""
        return [self.shown(past) for past in self.chain[start:stop]]

    def shown(self, past: Past) -> Mapping[str, Json]:
        """One release."""
        entities = [entity for entity in self.shapes.entities if entity.plural in past.counts]
        return {
            "id": past.id,
            "date": past.date,
            "title": str(past.manifest["title"]),
            "licence": str(past.manifest["licence"]),
            "baseIri": str(past.manifest["base_iri"]),
            "counts": [{"type": entity.name, "records": past.counts[entity.plural]} for entity in entities],
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes, those of the newest release first, of one release in the order of its delta.

    Changes of types that the schema does not know any more are there under `type` null.
    """

    chain: Sequence[Past]
    shapes: Shapes

    def __len__(self) -> int:
        """How many there are."""
        return sum(past.changed for past in self.chain)

    def since(self, day: str) -> Changes:
        """Those of releases of a day or later."""
        return Changes([past for past in self.chain if past.date >= day], self.shapes)

    def page(self, start: int, stop: int) -> Sequence[Mapping[str, Json]]:
        """Some of them, by place."""
        known = {entity.name for entity in self.shapes.entities}
        found: list[Mapping[str, Json]] = []
        for past in self.chain:
            for change in past.changes(max(0, start), max(0, stop)):
                kind = change["type"] if change["type"] in known else None
                found.append(
                    {
                        "kind": change["op"],
                        "type": kind,
                        "id": change["id"],
                        "release": past.id,
                        "date": past.date,
                        "movedTo": change.get("target"),
                    }
                )
            start, stop = start - past.changed, stop - past.changed
        return found


def known_documents(chain: Sequence[Past], shapes: Shapes) -> KnownDocuments:
    """What is known beside the records: the newest release of a chain, the chain, and the changes that it made."""
    releases = Releases(chain, shapes)
    return KnownDocuments(releases.shown(chain[0]), {"releases": releases, "changes": Changes(chain, shapes)})
