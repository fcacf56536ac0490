"""The pages of a release as a whole: home, about, search, problems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.layout import BETWEEN, NAMES, SEARCH, SEARCH_INDEX
from datasets.release.open import Release
from datasets.shapes.model import Entity, Shapes
from datasets.text import tokens
from service import overviews, pages, questions
from service.pictures.world import outlines
from service.problems import KINDS, Problem
from service.records import Ref
from service.releases import changed, files_of, manifest_of
from service.rows import rows
from service.switching import Held

HITS = 50
"""Hits of a search on one page; more words find fewer."""
_MOST_WORDS = 12
_FIRST = 10
"""Questions on the first page."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of an entity a release has."""

    entity: Entity
    count: int


def counts(release: Release) -> list[Count]:
    """The number of records of each entity."""
    numbers = manifest_of(release)["counts"]
    return [Count(entity, int(numbers[entity.plural])) for entity in release.shapes.entities]


async def home(request: Request, held: Held) -> Response:
    """What is in it, where to start, which release this is."""
    asked = await held.reader.read(lambda _: questions.questions(held.release))
    manifest = manifest_of(held.release)
    return pages.page(
        request,
        held,
        "home.html",
        counts=counts(held.release),
        questions=asked[:_FIRST],
        picture=await overviews.hero(held),
        examples=await held.reader.read(lambda connection: overviews.examples(connection, held.release.shapes)),
        manifest=manifest,
        files=files_of(manifest),
        changed=changed(manifest),
    )


async def about(request: Request, held: Held) -> Response:
    """How the values come about, what they cannot say, licence, and how to cite."""
    manifest = manifest_of(held.release)
    return pages.page(
        request, held, "about.html", manifest=manifest, counts=counts(held.release), outlines=outlines().credit
    )


async def problems(request: Request, held: Held) -> Response:
    """What the errors of the service mean."""
    return pages.page(request, held, "problems.html", kinds=KINDS)


async def search(request: Request, held: Held) -> Response:
    """Records whose names or texts hold all the words of `q`; the last word may be cut short. `type` narrows them."""
    shapes = held.release.shapes
    query, type = request.query_params.get("q", "")[:200], request.query_params.get("type", "")
    if type and type not in {entity.name for entity in shapes.entities}:
        raise Problem(400, f"type={type[:80]!r} is none; there are {', '.join(e.name for e in shapes.entities)}.")
    words = tokens(query)[:_MOST_WORDS]
    hits = await held.reader.read(lambda c: find(c, shapes, words, type=type)) if words else []
    found = await held.reader.read(lambda c: matching(c, shapes, words)) if words else {}
    total = found.get(type, 0) if type else sum(found.values())
    return pages.page(
        request, held, "search.html", query=query, words=words, hits=hits, found=found, total=total, type=type
    )


def find(
    connection: apsw.Connection, shapes: Shapes, words: Sequence[str], most: int = HITS, type: str = ""
) -> list[Ref]:
    """Records that hold all the words, whole names first, then by the field of the hit: name, alias, summary.

    In each, those that belong together (alliances and their members) come before what is told of them; then those
    whose names begin with the words; then by name.
    """
    phrase, exact = _phrase(words), BETWEEN + " ".join(words) + BETWEEN
    in_fields = [f"{{{fields}}} : ({phrase})" for fields in ("name", "name alias")]
    actors = json.dumps(sorted({name for spans in shapes.spans for name in (spans.whole, spans.part)}))
    sql = (
        f"SELECT e.type, e.id, e.label FROM {SEARCH_INDEX} i JOIN {SEARCH} e ON e.entry = i.rowid "
        f"WHERE {SEARCH_INDEX} MATCH ?1 AND (?6 = '' OR e.type = ?6) "
        f"ORDER BY CASE WHEN instr({NAMES}, ?2) THEN 0 "
        f"WHEN e.entry IN (SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH ?3) THEN 1 "
        f"WHEN e.entry IN (SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH ?4) THEN 2 ELSE 3 END, "
        f"e.type NOT IN (SELECT value FROM json_each(?5)), substr(e.sort, 1, length(?7)) <> ?7, e.sort, e.type, e.id "
        f"LIMIT {most}"
    )
    found = rows(connection, sql, (phrase, exact, *in_fields, actors, type, " ".join(words)))
    return [Ref(str(hit["type"]), str(hit["id"]), str(hit["label"])) for hit in found]


def matching(connection: apsw.Connection, shapes: Shapes, words: Sequence[str]) -> dict[str, int]:
    """How many records of each type hold all the words, in the order of the shapes, what belongs together first."""
    sql = (
        f"SELECT e.type AS type, count(*) AS number FROM {SEARCH_INDEX} i JOIN {SEARCH} e ON e.entry = i.rowid "
        f"WHERE {SEARCH_INDEX} MATCH ? GROUP BY e.type"
    )
    numbers = {str(r["type"]): int(str(r["number"])) for r in rows(connection, sql, (_phrase(words),))}
    first = [name for spans in shapes.spans for name in (spans.whole, spans.part)]
    order = dict.fromkeys((*first, *(entity.name for entity in shapes.entities)))
    return {name: numbers[name] for name in order if name in numbers}


def _phrase(words: Sequence[str]) -> str:
    """The words as the index is asked for them: each quoted, the last as a beginning."""
    quoted = [f'"{word}"' for word in words]
    return " ".join((*quoted[:-1], f"{quoted[-1]}*"))
