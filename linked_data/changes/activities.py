"""Changes as ActivityStreams 2.0: an ordered collection with the pages of each release, the oldest first.

Pages stand at `/changes/{release}/{number}` for ever, `/changes/{release}/start/{number}` where the releases before are
not kept. A page is as it was but for `next`, which it gets when there is one.
"""

from __future__ import annotations

import threading

from datasets.release.compare import Operation
from datasets.release.open import Release
from linked_data.changes.chain import Step, steps
from linked_data.changes.happenings import Happening, Happenings
from linked_data.namespaces import Namespaces

PAGE = 500
"""Changes on a page at most."""
MEDIA_TYPE = "application/activity+json"
Json = dict[str, object]


class Changes:
    """The change feed that ends with one release."""

    def __init__(self, release: Release, root: str) -> None:
        """`root` is what the addresses of the release begin with: nothing for the current one."""
        self.release = release
        self._names = Namespaces(release.shapes, release.base_iri)
        self._here = f"{release.base_iri}{root}/changes"
        self._lock = threading.Lock()
        self._happenings: tuple[Happenings, ...] = ()
        self._classes = {e.name: e.classes[0] for e in release.shapes.entities}

    @property
    def happenings(self) -> tuple[Happenings, ...]:
        """The changes of each release, the oldest first."""
        with self._lock:
            if not self._happenings:
                self._happenings = tuple(Happenings(step) for step in steps(self.release))
            return self._happenings

    def collection(self) -> Json:
        """The whole: how many changes, the first page, the last."""
        first, last = self.happenings[0], self.happenings[-1]
        return {
            "@context": self._context(),
            "id": self._here,
            "type": "OrderedCollection",
            "summary": f"What changed in {self.release.title}, release by release, from the first kept one on",
            "totalItems": sum(map(len, self.happenings)),
            "first": self._reference(first.step, 1),
            "last": self._reference(last.step, _pages(last)),
        }

    def page(self, release: str, number: int, *, start: bool) -> Json | None:
        """One page of a release; None where there is no such page."""
        known = {h.step.id: place for place, h in enumerate(self.happenings)}
        place = known.get(release)
        if place is None:
            return None
        happenings = self.happenings[place]
        step = happenings.step
        if step.cut is not start or not 1 <= number <= _pages(happenings):
            return None
        address = self._address(step, number)
        found = happenings.page((number - 1) * PAGE, PAGE)
        content: Json = {
            "@context": self._context(),
            "id": address,
            "type": "OrderedCollectionPage",
            "summary": f"Release {release} of {step.release.date}",
            "partOf": {"id": self._here, "type": "OrderedCollection"},
            "startIndex": sum(map(len, self.happenings[:place])) + (number - 1) * PAGE,
            "orderedItems": [
                self._activity(step, happening, f"{address}#{place}") for place, happening in enumerate(found, 1)
            ],
        }
        before = self._beside(place, number, -1)
        after = self._beside(place, number, 1)
        return content | ({"prev": before} if before else {}) | ({"next": after} if after else {})

    def _beside(self, place: int, number: int, way: int) -> Json | None:
        happenings = self.happenings[place]
        if 1 <= number + way <= _pages(happenings):
            return self._reference(happenings.step, number + way)
        if not 0 <= place + way < len(self.happenings):
            return None
        other = self.happenings[place + way]
        return self._reference(other.step, 1 if way > 0 else _pages(other))

    def _reference(self, step: Step, number: int) -> Json:
        return {"id": self._address(step, number), "type": "OrderedCollectionPage"}

    def _address(self, step: Step, number: int) -> str:
        return f"{self._here}/{step.id}/{'start/' if step.cut else ''}{number}"

    def _activity(self, step: Step, happening: Happening, address: str) -> Json:
        thing = self._names.thing(happening.type, happening.id)
        class_ = self._classes.get(happening.type, "Object")
        activity: Json = {"id": address, "type": "", "published": step.published}
        if happening.operation is Operation.DELETE:
            tombstone = {"id": thing, "type": "Tombstone", "formerType": class_, "deleted": step.published}
            activity |= {"type": "Delete", "object": tombstone}
            if happening.target:
                moved = {"id": self._names.thing(happening.type, happening.target), "type": class_}
                activity |= {"type": "Move", "origin": {"id": thing}, "target": moved}
            return activity
        activity["type"] = "Create" if happening.operation is Operation.ADD else "Update"
        activity["object"] = {
            "id": thing,
            "type": class_,
            "url": self._names.document(happening.type, happening.id),
        }
        if happening.summary:
            activity["summary"] = happening.summary
        return activity

    def _context(self) -> list[object]:
        used = {class_.partition(":")[0] for class_ in self._classes.values()}
        own = {prefix: iri for prefix, iri in self._names.prefixes.items() if prefix in used}
        return ["https://www.w3.org/ns/activitystreams", own]


def _pages(happenings: Happenings) -> int:
    return max(1, -(-len(happenings) // PAGE))
