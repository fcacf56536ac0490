"""Where a machine goes from a document: the header Link (Signposting level 1), and the same as a link set (level 2).

https://signposting.org/FAIR/ with RFC 8288 and RFC 9264. The page is the landing page of a record; the RDF formats
describe the record. A header names addresses by path, so that a release works at any address; a link set names them
whole, because it is read away from where it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from datasets.shapes.model import Entity
from linked_data.namespaces import Namespaces
from service.switching import Held

if TYPE_CHECKING:
    from starlette.requests import Request

    from service.documents import Format

LINKSET_TYPE = "application/linkset+json"
LINKSET_SUFFIX = "linkset.json"
_PAGE = "text/html"
_ABOUT_PAGE = "https://schema.org/AboutPage"
"""What a page about a thing is to Signposting; the type of the thing itself comes after it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: its relation, its address, and media type and profile of what stands there."""

    rel: str
    href: str
    type: str = ""
    profile: str = ""

    @property
    def header(self) -> str:
        """The link as an element of the header Link."""
        type_ = f'; type="{self.type}"' if self.type else ""
        profile = f'; profile="{self.profile}"' if self.profile else ""
        return f'<{self.href}>; rel="{self.rel}"{type_}{profile}'

    def member(self, root: str) -> dict[str, str]:
        """The link as a target in a link set, addresses of ours made whole by `root`."""
        href = root + self.href if self.href.startswith("/") else self.href
        found = {"href": href, "type": self.type, "profile": self.profile}
        return {name: value for name, value in found.items() if value}


class Signposts:
    """The signposts of one record."""

    def __init__(self, held: Held, entity: Entity, id: str, formats: Iterable[Format]) -> None:
        """`formats` are all in which the document is given; the page is the one in HTML."""
        self._release = held.release
        self._names = Namespaces(held.release.shapes, held.release.base_iri)
        self._entity, self._id = entity, quote(id, safe="")
        self._formats = tuple(formats)
        self._landing = f"{held.root}/doc/{entity.name}/{self._id}"

    def of(self, chosen: Format) -> Iterator[Target]:
        """What a format of the document leads to."""
        yield Target("cite-as", f"{self._names.things}{self._entity.name}/{self._id}")
        if chosen.media_type == _PAGE:
            for type_ in (_ABOUT_PAGE, self._class):
                yield Target("type", type_)
            for other in self._formats:
                if other.describes:
                    yield self._to("describedby", other)
            yield Target("author", f"{self._names.catalogue}#publisher")
        elif chosen.describes:
            yield Target("describes", self._landing, _PAGE)
        if chosen.profile:
            yield Target("profile", chosen.profile)
        yield Target("license", self._licence)
        yield Target("collection", self._names.dataset)
        yield Target("linkset", f"{self._landing}.{LINKSET_SUFFIX}", LINKSET_TYPE)
        for other in self._formats:
            if other is not chosen:
                yield self._to("alternate", other)

    def _to(self, rel: str, other: Format) -> Target:
        return Target(rel, f"{self._landing}.{other.suffix}", other.media_type, other.profile)

    @property
    def _class(self) -> str:
        """What the record is: in the words of schema.org where these have one."""
        classes = [self._names.expand(c) for c in self._entity.classes]
        return next((c for c in classes if c.startswith("https://schema.org/")), classes[0])

    @property
    def _licence(self) -> str:
        url = self._release.manifest.get("licence_url")
        return str(url or f"https://spdx.org/licenses/{self._release.licence}")

    def header(self, chosen: Format) -> str:
        """The header Link of a format."""
        return ", ".join(target.header for target in self.of(chosen))

    def linkset(self) -> bytes:
        """All links of all formats, as JSON. The page stands there under both of its addresses."""
        root = self._release.base_iri
        contexts = []
        for format_ in self._formats:
            targets = tuple(self.of(format_))
            address = f"{root}{self._landing}.{format_.suffix}"
            landing = (f"{root}{self._landing}",) if format_.media_type == _PAGE else ()
            for anchor in (*landing, address):
                context: dict[str, object] = {"anchor": anchor}
                for rel in dict.fromkeys(target.rel for target in targets):
                    context[rel] = [target.member(root) for target in targets if target.rel == rel]
                contexts.append(context)
        return orjson.dumps({"linkset": contexts}) + b"\n"


async def linkset(held: Held, entity: Entity, id: str, request: Request) -> bytes:
    """The link set of a record."""
    from service.documents import FORMATS

    return Signposts(held, entity, id, FORMATS).linkset()
