"""A record as a page for people: facts, lists, pictures, and how to cite it, put together from their rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import apsw
from starlette.requests import Request

from datasets.release.open import Release
from datasets.shapes.model import Entity, Shapes
from linked_data.namespaces import Namespaces
from service import (
    cards,
    citations,
    exports,
    gatherings,
    inquiries,
    linked_documents,
    lists,
    pages,
    records,
    reports,
    sentence,
)
from service.documents import FORMATS
from service.framing import HEIGHTS, snippet
from service.graphql_face import DressedFace
from service.history import History, history
from service.meanings import observes
from service.problems import Problem
from service.switching import Held


async def page(held: Held, entity: Entity, id: str, request: Request) -> bytes:
    """The record as a page. Lists are turned with `?{list}=2` and sorted with `?{list}_sort=since`."""
    if linked_documents.is_vocabulary(held, entity, id):
        return await linked_documents.vocabulary_page(held, id)
    release, root = held.release, held.root
    shapes, day = release.shapes, release.id[:10]
    asked = wanted(lists.names(shapes, entity), request.query_params)

    def read(connection: apsw.Connection) -> tuple[records.Page, Drawn, tuple[lists.Listing, ...], History]:
        found = records.read(connection, shapes, entity, id)
        assert found is not None  # its address was resolved in the same, unchanging release
        drawn = gatherings.gatherings(gatherings.Scene(connection, shapes, entity, id, found.ref.label, root, day))
        listings = lists.listings(connection, shapes, entity, id, day, asked)
        return found, drawn, listings, history(held, entity.name, id, found.former)

    record, drawn, listings, past = await held.reader.read(read)
    graph = await held.face("graphql")
    assert isinstance(graph, DressedFace)
    name = quote(id, safe="")
    cited = citations.citation(release, record.ref.label, f"/doc/{entity.name}/{name}")
    iri = f"{release.base_iri}/id/{entity.name}/{name}"
    return pages.render(
        "record.html",
        root=root,
        release=release,
        path=f"/doc/{entity.name}/{name}",
        card=cards.path(entity.name, id, record.ref.label),
        record=record,
        history=past,
        behind=_behind(shapes, entity),
        frames={what: _frame(release, what, entity, name, record.ref.label) for what in HEIGHTS},
        schema_org=await linked_documents.schema_org(held, entity, id),
        opening=sentence.opening(shapes, record, drawn),
        drawn={gathering.name: gathering for gathering in drawn},
        listings=listings,
        counts={listing.name for listing in listings if _counts(shapes, entity, listing.name)},
        files=exports.sources(shapes, entity),
        places={listing.name for listing in listings if exports.mappable(shapes, entity, listing.name)},
        formats=[f for f in FORMATS if f.suffix != "html"],
        iri=iri,
        here=f"{root}/doc/{entity.name}/{name}.html",
        cited=cited,
        report=reports.report(release, request.app.state.settings.issues, record.ref.label, cited.permalink),
        graphql=inquiries.graphql(graph.engine, entity, id),
        sparql=inquiries.sparql(Namespaces(shapes, release.base_iri), entity, id),
    )


def _frame(release: Release, what: str, entity: Entity, name: str, label: str) -> str:
    return snippet(release, f"/embed/{what}/{entity.name}/{name}", f"{label}: {what}", height=HEIGHTS[what])


Drawn = tuple[gatherings.Gathering, ...]


def _behind(shapes: Shapes, entity: Entity) -> set[str]:
    """The lists whose rows another list of the page is computed from: they are folded."""
    told = {spans.entity for spans in shapes.spans if entity.name in (spans.whole, spans.part)}
    return {reverse.name for reverse in shapes.reverses(entity) if reverse.entity.name in told}


def _counts(shapes: Shapes, entity: Entity, name: str) -> bool:
    """Whether a list holds counts as sources report them."""
    return any(reverse.name == name and observes(reverse.entity) for reverse in shapes.reverses(entity))


def wanted(names: Sequence[str], query: Mapping[str, str]) -> dict[str, lists.Asked]:
    """What a page is asked to show of its lists. Raises Problem 400 for a page that is no number."""
    found = {}
    for name in names:
        page, sort = query.get(name, "1"), query.get(f"{name}{lists.SORT}", "")
        found[name] = lists.Asked(_page_number(name, page), sort)
    return found


def _page_number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= 10**6:
        raise Problem(400, f"{name}={text}: a page is a whole number from 1.")
    return int(text)
