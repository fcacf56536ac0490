"""Credits: whom a release owes its facts to, made from the sources that it cites.

Sources are described by the columns named here, in the shape of `source`. Registries are credited one by one, licensed
pages by licence, all others by number; coordinates also credit GeoNames where their registry says they come from there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

import apsw

from datasets.canonical.read import CLAIMS
from datasets.release.ddl import literal, quote
from datasets.release.licences import licence
from datasets.shapes import Shapes

SOURCE = "source"
_DESCRIBED = ("id", "title", "publisher", "url", "kind", "license", "note")
_REGISTRY = "registry"
_LATITUDE = "geo:lat"
_GEONAMES = "GeoNames"
_NAMED = 5
"""Of the publishers under one licence so many are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One line of thanks: whom, under which licence (SPDX, empty where unknown), where, for how many sources."""

    text: str
    licence: str = ""
    licence_url: str = ""
    url: str = ""
    sources: int = 0


def credited(connection: apsw.Connection, shapes: Shapes) -> list[Credit]:
    """The credits of a finished release: registries, licensed pages, all other pages, coordinates."""
    entity = next((entity for entity in shapes.entities if entity.name == SOURCE), None)
    known = {"id"} | ({column.name for column in entity.columns} if entity else set())
    if entity is None or not known.issuperset(_DESCRIBED):
        return []
    claims = quote(shapes.entity(CLAIMS).plural)
    fields = ", ".join(quote(name) for name in _DESCRIBED)
    used = connection.execute(
        f"SELECT {fields} FROM {quote(entity.plural)} s WHERE EXISTS "
        f"(SELECT 1 FROM {claims} c WHERE c.source = s.id) ORDER BY id"
    )
    sources = [dict(zip(_DESCRIBED, ("" if cell is None else str(cell) for cell in row), strict=True)) for row in used]
    registries = [source for source in sources if source["kind"] == _REGISTRY]
    pages = [source for source in sources if source["kind"] != _REGISTRY]
    found = [_registry(source) for source in registries]
    found += _licensed(pages)
    found += _others([page for page in pages if not page["license"]])
    return found + _coordinates(connection, shapes, registries)


def _registry(source: dict[str, str]) -> Credit:
    text = f"{source['title']}, {source['publisher']}" if source["publisher"] else source["title"]
    terms = licence(source["license"])
    text += f" ({terms.name})" if terms.id else " (terms of reuse are the registry's own)"
    return Credit(text=text, licence=terms.id, licence_url=terms.url if terms.id else "", url=source["url"], sources=1)


def _licensed(pages: list[dict[str, str]]) -> list[Credit]:
    found = []
    for identifier in sorted({page["license"] for page in pages if page["license"]}):
        under = [page for page in pages if page["license"] == identifier]
        publishers = Counter(page["publisher"] for page in under if page["publisher"])
        names = [name for name, _ in sorted(publishers.items(), key=lambda item: (-item[1], item[0]))]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        terms = licence(identifier)
        whom = ", ".join(names[:_NAMED]) + more if names else "publishers not named"
        text = f"{_pages(len(under))} of {whom} ({terms.name}); only facts, names and titles were taken, no text"
        found.append(Credit(text=text, licence=terms.id, licence_url=terms.url, sources=len(under)))
    return found


def _others(pages: list[dict[str, str]]) -> list[Credit]:
    if not pages:
        return []
    publishers = len({page["publisher"] for page in pages if page["publisher"]})
    text = (
        f"{_pages(len(pages))} of {publishers} publishers, each listed among the sources; only facts, names and titles "
        "were taken, and the pages remain under their owners' terms"
    )
    return [Credit(text=text, sources=len(pages))]


def _pages(number: int) -> str:
    return "1 public page" if number == 1 else f"{number:,} public pages"


def _coordinates(connection: apsw.Connection, shapes: Shapes, registries: list[dict[str, str]]) -> list[Credit]:
    """GeoNames asks to be credited wherever its coordinates are shown, also when they came by way of a registry."""
    claims = quote(shapes.entity(CLAIMS).plural)
    through = [source for source in registries if _GEONAMES in source["note"] + source["publisher"]]
    for entity in shapes.entities:
        for column in entity.columns:
            if _LATITUDE not in (term.rpartition(">")[2] for term in column.terms):
                continue
            for source in through:
                shown = (
                    f"SELECT count(*) FROM {claims} WHERE record_type = {literal(entity.name)} "
                    f"AND {quote('column')} = {literal(column.name)} AND source = ? AND chosen"
                )
                if connection.execute(shown, (source["id"],)).get:
                    terms = licence("CC-BY-4.0")
                    whom = source["publisher"] or source["title"]
                    text = f"Place names and coordinates: GeoNames, by way of {whom} ({terms.name})"
                    url = "https://www.geonames.org/"
                    return [Credit(text=text, licence=terms.id, licence_url=terms.url, url=url)]
    return []


def as_json(credit: Credit) -> dict[str, object]:
    """A credit as an object, empty parts left out."""
    return {name: value for name, value in asdict(credit).items() if value}
