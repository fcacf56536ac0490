"""What stands at addresses below `/id` and `/doc` that are no record's: helper nodes of records, and vocabularies."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from datasets.shapes.model import Entity
from linked_data.documents import VOCABULARY, concepts
from linked_data.formats import FORMATS
from linked_data.linked import Part
from service import pages
from service.linked_face import LinkedFace
from service.switching import Held


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary, by its name."""

    name: str


async def _face(held: Held) -> LinkedFace:
    face = await held.face("linked")
    assert isinstance(face, LinkedFace)
    return face


async def beside(held: Held, entity: Entity, id: str) -> Part | Vocabulary | None:
    """What stands at an address that is no record's: a helper node of a record, a vocabulary, or nothing (None)."""
    if is_vocabulary(held, entity, id):
        return Vocabulary(id)
    place = await (await _face(held)).place(entity.name, id)
    return place if isinstance(place, Part) else None


def is_vocabulary(held: Held, entity: Entity, id: str) -> bool:
    """Whether an address is that of a vocabulary: the type of concepts, and the name alone."""
    return entity.name == VOCABULARY and any(scheme.name == id for scheme in held.release.shapes.schemes)


async def schema_org(held: Held, entity: Entity, id: str) -> Markup:
    """What search engines read in the page of a record."""
    return Markup(await (await _face(held)).schema_org(entity.name, id) or "{}")  # noqa: S704 (escaped where it is made)


async def vocabulary_page(held: Held, id: str) -> bytes:
    """The page of a vocabulary: what it is and its concepts."""
    shapes = held.release.shapes
    found = await held.reader.read(lambda connection: concepts(connection, shapes, id))
    return pages.render(
        "vocabulary.html",
        root=held.root,
        release=held.release,
        scheme=shapes.scheme(id),
        concepts=found,
        formats=FORMATS,
        path=f"/doc/{VOCABULARY}/{id}",
        iri=f"{held.release.base_iri}/id/{VOCABULARY}/{id}",
    )
