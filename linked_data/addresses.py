"""The addresses of linked data beside those of records: what stands there, in which formats, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

from datasets.release.errors import ReleaseError
from datasets.release.open import Release
from linked_data.catalogue import Catalogue
from linked_data.context import Context
from linked_data.linked import LinkedData
from linked_data.ontology import Ontology, serialized
from linked_data.shacl import ShapesGraph
from linked_data.validation import SHAPES_FILE


@dataclass(frozen=True, slots=True)
class Offer:
    """One format of a resource: suffix, media type, and what makes its bytes."""

    suffix: str
    media_type: str
    make: Callable[[], bytes]


class Resources:
    """What a release says of itself. Everything is made when it is first asked for and kept."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.linked = LinkedData.of(release)
        self._kept: dict[str, Context] = {}

    @cached_property
    def ontology(self) -> Ontology:
        """The vocabulary."""
        return Ontology(self.release.shapes, self.release.base_iri)

    @cached_property
    def offers(self) -> dict[str, tuple[Offer, ...]]:
        """The formats of each address that has several, the one for clients without a wish first."""
        return {
            "/ns": _rdf(lru_cache(self.ontology.serialized)),
            "/catalog": _rdf(lru_cache(self._catalogue)),
            "/.well-known/void": _rdf(lru_cache(self._catalogue)),
            "/shapes": (Offer("ttl", "text/turtle", self.shapes),),
        }

    @cached_property
    def catalogue(self) -> Catalogue:
        """What there is to have, and where to ask."""
        return Catalogue(self.release)

    def _catalogue(self, form: str) -> bytes:
        return serialized(self.catalogue.graph, form, self.catalogue.prefixes)

    def shapes(self) -> bytes:
        """The SHACL shapes: as the release holds them, or read off its shapes where it is older than that."""
        path = self.release.path / SHAPES_FILE.name
        if path.is_file():
            return path.read_bytes()
        graph = ShapesGraph(self.release.shapes, self.release.base_iri).graph
        return serialized(graph, "turtle", {})

    def context(self, hash_: str) -> bytes | None:
        """The JSON-LD context of that hash: of this release, or of another that is kept beside it."""
        if hash_ == self.linked.context.hash:
            return self.linked.context.document
        for path in sorted(self.release.path.parent.iterdir()):
            if path != self.release.path and path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
                context = self._kept.get(path.name) or self._read(path)
                if context is not None and context.hash == hash_:
                    return context.document
        return None

    def _read(self, path: Path) -> Context | None:
        """The context of another release, remembered: a release never changes."""
        try:
            self._kept[path.name] = LinkedData.of(Release.open(path)).context
        except ReleaseError:
            return None
        return self._kept[path.name]


def _rdf(make: Callable[[str], bytes]) -> tuple[Offer, ...]:
    """What rdflib writes, as offers."""
    forms = (
        ("ttl", "text/turtle", "turtle"),
        ("jsonld", "application/ld+json", "json-ld"),
        ("nt", "application/n-triples", "nt"),
        ("rdf", "application/rdf+xml", "xml"),
    )
    return tuple(Offer(suffix, media_type, partial(make, form)) for suffix, media_type, form in forms)
