"""The pages of a release as a whole: home, about, search, problems."""

from __future__ import annotations

from dataclasses import dataclass

import apsw
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from datasets.release.layout import BETWEEN, NAMES, SEARCH, SEARCH_INDEX
from datasets.shapes.model import Entity, Shapes
from datasets.text import tokens
from service import pages, questions
from service.problems import KINDS
from service.records import Ref
from service.releases import files_of, manifest_of
from service.rows import number, rows
from service.switching import Held

HITS = 50
"""Hits of a search on one page; more words find fewer."""
_MOST_WORDS = 12
_FIRST = 6
"""Questions on the first page."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of an entity a release has."""

    entity: Entity
    count: int


def counts(connection: apsw.Connection, shapes: Shapes) -> list[Count]:
    """The number of records of each entity."""
    return [Count(e, number(connection, f'SELECT count(*) FROM "{e.plural}"')) for e in shapes.entities]


async def home(request: Request, held: Held) -> Response:
    """What is in it, where to start, which release this is."""
    found = await held.reader.read(lambda connection: counts(connection, held.release.shapes))
    asked = await held.reader.read(lambda _: questions.questions(held.release))
    manifest = manifest_of(held.release)
    body = pages.render(
        "home.html",
        root=held.root,
        release=held.release,
        counts=found,
        questions=asked[:_FIRST],
        manifest=manifest,
        files=files_of(manifest),
    )
    return HTMLResponse(body)


async def about(request: Request, held: Held) -> Response:
    """How the values come about, what they cannot say, licence, and how to cite."""
    manifest = manifest_of(held.release)
    found = await held.reader.read(lambda connection: counts(connection, held.release.shapes))
    body = pages.render("about.html", root=held.root, release=held.release, manifest=manifest, counts=found)
    return HTMLResponse(body)


async def problems(request: Request, held: Held) -> Response:
    """What the errors of the service mean."""
    return HTMLResponse(pages.render("problems.html", root=held.root, release=held.release, kinds=KINDS))


async def search(request: Request, held: Held) -> Response:
    """Records whose names or texts hold all the words of `q`; the last word may be cut short."""
    query = request.query_params.get("q", "")[:200]
    words = tokens(query)[:_MOST_WORDS]
    hits = await held.reader.read(lambda connection: find(connection, words)) if words else []
    body = pages.render(
        "search.html", root=held.root, release=held.release, query=query, words=words, hits=hits, limit=HITS
    )
    return HTMLResponse(body)


def find(connection: apsw.Connection, words: list[str]) -> list[Ref]:
    """Records that hold all the words: whole names first, then by the field of the hit, then by sort key."""
    quoted = [f'"{word}"' for word in words]
    phrase = " ".join((*quoted[:-1], f"{quoted[-1]}*"))
    exact = BETWEEN + " ".join(words) + BETWEEN
    in_fields = [f"{{{fields}}} : ({phrase})" for fields in ("name", "name alias")]
    sql = (
        f"SELECT e.type, e.id, e.label FROM {SEARCH_INDEX} i JOIN {SEARCH} e ON e.entry = i.rowid "
        f"WHERE {SEARCH_INDEX} MATCH ?1 ORDER BY CASE WHEN instr({NAMES}, ?2) THEN 0 "
        f"WHEN e.entry IN (SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH ?3) THEN 1 "
        f"WHEN e.entry IN (SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH ?4) THEN 2 ELSE 3 END, "
        f"e.sort, e.type, e.id LIMIT {HITS}"
    )
    found = rows(connection, sql, (phrase, exact, *in_fields))
    return [Ref(str(hit["type"]), str(hit["id"]), str(hit["label"])) for hit in found]
