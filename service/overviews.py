"""The release at a glance: countries and their map, the timeline of the field, the network of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import apsw
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from datasets.release.layout import LAST_DAY, label_field, sort_field
from datasets.shapes.model import Entity, Shapes, Spans
from service import pages
from service.gatherings import Counted, counted, country_names
from service.meanings import ENDED, FOUNDED, country_entity, having, seat, short_name
from service.pictures import network as networks
from service.pictures.network import Node, picture
from service.pictures.timeline import Bar, timeline
from service.pictures.world import outlines, undrawn, world_map
from service.problems import not_found
from service.records import Ref
from service.rows import number, rows
from service.switching import Held
from service.words import when

MOST = 140
"""Records in the network picture: those with the most in common; all others are listed."""


@dataclass(frozen=True, slots=True)
class InCountry:
    """A country: how many wholes reach into it and how many parts have their seat there."""

    ref: Ref
    wholes: int
    parts: int


def _spans(held: Held) -> Spans:
    found = next(iter(held.release.shapes.spans), None)
    if found is None:
        raise not_found("This release does not say who belongs to what.")
    return found


def _page(held: Held, template: str, **context: object) -> Response:
    return HTMLResponse(pages.render(template, root=held.root, release=held.release, **context))


def _in_countries(connection: apsw.Connection, shapes: Shapes, spans: Spans) -> list[InCountry]:
    part, home = shapes.entity(spans.part), seat(shapes, shapes.entity(spans.part))
    if home is None:
        return []
    names = country_names(connection, shapes)
    sql = (
        f'SELECT o."{home.name}" AS code, count(DISTINCT s."{spans.whole}") AS wholes, count(DISTINCT o.id) AS parts '
        f'FROM "{part.plural}" o JOIN "{spans.name}" s ON s."{spans.part}" = o.id '
        f"WHERE s.to_latest = '{LAST_DAY}' AND o.\"{home.name}\" IS NOT NULL GROUP BY 1"
    )
    found = [
        InCountry(Ref(home.target, str(r["code"]), names[str(r["code"])]), int(str(r["wholes"])), int(str(r["parts"])))
        for r in rows(connection, sql)
    ]
    return sorted(found, key=lambda c: (-c.wholes, c.ref.label))


async def countries(request: Request, held: Held) -> Response:
    """The countries into which anything reaches."""
    shapes, spans = held.release.shapes, _spans(held)
    found = await held.reader.read(lambda connection: _in_countries(connection, shapes, spans))
    return _page(held, "countries.html", countries=found, spans=spans, whole=shapes.entity(spans.whole))


async def world(request: Request, held: Held) -> Response:
    """The map of all members."""
    shapes, spans = held.release.shapes, _spans(held)

    def read(connection: apsw.Connection) -> tuple[dict[str, int], dict[str, str], int]:
        counts = {c.ref.id: c.parts for c in _in_countries(connection, shapes, spans)}
        part, home = shapes.entity(spans.part), seat(shapes, shapes.entity(spans.part))
        without = f'o."{home.name}" IS NULL' if home else "1"
        sql = (
            f'SELECT count(DISTINCT o.id) FROM "{part.plural}" o JOIN "{spans.name}" s ON s."{spans.part}" = o.id '
            f"WHERE s.to_latest = '{LAST_DAY}' AND {without}"
        )
        return counts, country_names(connection, shapes), number(connection, sql)

    counts, names, homeless = await held.reader.read(read)
    country = country_entity(shapes)
    leads = f"{held.root}/doc/{country.name}/{{}}" if country else ""
    drawn = world_map(f"{spans.forward} by country", counts, pages.WORLD_PATH, names=names, country_href=leads)
    none = sorted(set(names) - set(counts), key=names.__getitem__)
    return _page(
        held,
        "map.html",
        map=drawn,
        spans=spans,
        counts=counted(shapes, counts, names),
        off_map=counted(shapes, {code: counts[code] for code in undrawn(counts)}, names),
        homeless=homeless,
        others=[names[code] for code in none],
        credit=outlines().credit,
    )


async def foundings(request: Request, held: Held) -> Response:
    """When what there is was founded, and when it ended."""
    shapes, day = held.release.shapes, held.release.id[:10]
    entity = shapes.entity(_spans(held).whole)
    founded, ended = having(entity, FOUNDED), having(entity, ENDED)
    if founded is None:
        raise not_found(f"This release does not say when {entity.plural} were founded.")

    def read(connection: apsw.Connection) -> tuple[list[Bar], list[Ref]]:
        last = f'e."{ended.name}"' if ended else "NULL"
        days = f'e."{ended.name}_earliest", e."{ended.name}_latest"' if ended else "NULL, NULL"
        sql = (
            f'SELECT e.id, e."{label_field(entity)}", e."{founded.name}", e."{founded.name}_earliest", '
            f'e."{founded.name}_latest", {last}, {days} FROM "{entity.plural}" e '
            f'ORDER BY e."{founded.name}" IS NULL, e."{founded.name}_earliest", e.id'
        )
        bars, undated = [], []
        for id, label, text, earliest, latest, end, first, final in connection.execute(sql):
            if text is None or str(earliest) < "0001":
                undated.append(Ref(entity.name, str(id), str(label)))
                continue
            words = f"founded {when(str(text))}" + (f", ended {when(str(end))}" if end else "")
            href = f"{held.root}/doc/{entity.name}/{quote(str(id), safe='')}"
            surely = min(str(latest), max(day, str(earliest)))
            over = end is not None and str(final) < "9999"
            ended_ = (str(first), str(final)) if over else (None, None)
            bars.append(Bar(str(label), href, str(earliest), surely, ended_[0], ended_[1], words))
        return bars, undated

    bars, undated = await held.reader.read(read)
    decades = Counter(f"{bar.from_earliest[:3]}0s" for bar in bars)
    return _page(
        held,
        "timeline.html",
        entity=entity,
        timeline=timeline(f"{entity.plural} by founding", bars, day) if bars else "",
        bars=len(bars),
        undated=undated,
        decades=sorted(decades.items()),
        most=max(decades.values(), default=1),
    )


@dataclass(frozen=True, slots=True)
class Ties:
    """What there is to draw: nodes of the largest connected part, ties between them, and what stands apart."""

    nodes: tuple[Node, ...]
    ties: tuple[tuple[str, str, int], ...]
    apart: tuple[Ref, ...]
    pairs: int


async def network(request: Request, held: Held) -> Response:
    """The network of all wholes by shared parts; its layout is computed once per release."""
    shapes, spans = held.release.shapes, _spans(held)
    whole = shapes.entity(spans.whole)

    def read(connection: apsw.Connection) -> tuple[Ties, str, list[tuple[Counted, Ref]]]:
        found = _ties(connection, spans, whole, held.root)
        places = _places(held.release.id, found.nodes, found.ties)
        drawn = (
            picture(
                f"{whole.plural} by shared {spans.forward}",
                found.nodes,
                {(a, b): n for a, b, n in found.ties},
                dict(places),
            )
            if found.nodes
            else ""
        )
        names = dict(connection.execute(f'SELECT id, "{label_field(whole)}" FROM "{whole.plural}"'))
        closest = sorted(found.ties, key=lambda tie: (-tie[2], tie[0], tie[1]))[:20]
        refs = [
            (Counted(Ref(whole.name, a, str(names[a])), n), Ref(whole.name, b, str(names[b]))) for a, b, n in closest
        ]
        return found, drawn, refs

    found, drawn, closest = await held.reader.read(read)
    return _page(held, "network.html", whole=whole, spans=spans, ties=found, picture=drawn, closest=closest)


LEAST = 2
"""Shared parts from which two wholes are tied in the picture: one alone makes a tangle that nobody can read."""


def _ties(connection: apsw.Connection, spans: Spans, whole: Entity, root: str) -> Ties:
    sql = (
        f'SELECT s."{whole.name}", t."{whole.name}", count(DISTINCT s."{spans.part}") AS shared FROM "{spans.name}" s '
        f'JOIN "{spans.name}" t ON t."{spans.part}" = s."{spans.part}" AND t."{whole.name}" > s."{whole.name}" '
        f"WHERE s.to_latest = '{LAST_DAY}' AND t.to_latest = '{LAST_DAY}' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    pairs = [(str(a), str(b), int(n)) for a, b, n in connection.execute(sql)]
    strong = [tie for tie in pairs if tie[2] >= LEAST]
    weights: Counter[str] = Counter()
    for a, b, n in strong:
        weights[a] += n
        weights[b] += n
    kept = {id for id, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST]}
    kept = _largest(kept, [tie for tie in strong if tie[0] in kept and tie[1] in kept])
    short, label = short_name(whole), label_field(whole)
    called = f'coalesce("{short.name}", "{label}")' if short else f'"{label}"'
    members = (
        f'SELECT count(DISTINCT s."{spans.part}") FROM "{spans.name}" s '
        f"WHERE s.\"{whole.name}\" = e.id AND s.to_latest = '{LAST_DAY}'"
    )
    order = sort_field(whole, whole.orders[0])
    sql = f'SELECT id, {called}, "{label}", ({members}) FROM "{whole.plural}" e ORDER BY "{order}", id'
    nodes, apart = [], []
    for id, name, full, size in connection.execute(sql):
        if id in kept:
            nodes.append(Node(str(id), str(name), f"{root}/doc/{whole.name}/{quote(str(id), safe='')}", int(size)))
        else:
            apart.append(Ref(whole.name, str(id), str(full)))
    ties = tuple(tie for tie in strong if tie[0] in kept and tie[1] in kept)
    return Ties(tuple(nodes), ties, tuple(apart), len(pairs))


def _largest(ids: set[str], ties: list[tuple[str, str, int]]) -> set[str]:
    """The largest connected part."""
    beside: dict[str, set[str]] = {id: set() for id in ids}
    for a, b, _ in ties:
        beside[a].add(b)
        beside[b].add(a)
    best: set[str] = set()
    left = set(ids)
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            here = waiting.pop()
            if here not in part:
                part.add(here)
                waiting.extend(beside[here] - part)
        left -= part
        best = max(best, part, key=len)
    return best


@lru_cache(maxsize=8)
def _places(
    release: str, nodes: tuple[Node, ...], ties: tuple[tuple[str, str, int], ...]
) -> tuple[tuple[str, tuple[float, float]], ...]:
    """Where each node lies; remembered, as it takes a second."""
    return tuple(networks.layout(nodes, {(a, b): n for a, b, n in ties}).items())
