"""The release at a glance: countries and their map, the timeline of the field, the network of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.layout import LAST_DAY, label_field
from datasets.shapes.model import Entity, Shapes, Spans
from service import networks, pages
from service.framing import HEIGHTS, snippet
from service.gatherings import counted, country_names
from service.meanings import ENDED, FOUNDED, country_entity, having, seat
from service.networks import LEAST
from service.pictures.network import TIES, colour, picture, plain
from service.pictures.timeline import Bar, timeline
from service.pictures.world import outlines, undrawn, world_map
from service.problems import not_found
from service.records import Ref, name_of
from service.rows import number, rows
from service.switching import Held
from service.words import when

CLOSEST = 20
"""Pairs in the list beside the network: those that share most."""
Picture = tuple[str, str, str]
"""What a picture is called, its SVG, and what it says."""


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
    return pages.page(request, held, "countries.html", countries=found, spans=spans, whole=shapes.entity(spans.whole))


@dataclass(frozen=True, slots=True)
class World:
    """The map of all parts: how many in each country, the names of all countries, how many have none; the SVG."""

    counts: dict[str, int]
    names: dict[str, str]
    homeless: int
    svg: str


async def _world(held: Held) -> World:
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
    return World(counts, names, homeless, drawn)


async def world(request: Request, held: Held) -> Response:
    """The map of all members."""
    shapes, found = held.release.shapes, await _world(held)
    none = sorted(set(found.names) - set(found.counts), key=found.names.__getitem__)
    return pages.page(
        request,
        held,
        "map.html",
        map=found.svg,
        spans=_spans(held),
        counts=counted(shapes, found.counts, found.names),
        off_map=counted(shapes, {code: found.counts[code] for code in undrawn(found.counts)}, found.names),
        homeless=found.homeless,
        others=[found.names[code] for code in none],
        credit=outlines().credit,
        frame=_frame(held, "map", f"{name_of(_spans(held).forward)} by country"),
    )


async def world_picture(held: Held) -> Picture:
    """The map alone."""
    spans, found = _spans(held), await _world(held)
    note = f"Recorded as member of at least one {spans.whole}, not left. Grey is none recorded. {outlines().credit}"
    return f"{name_of(spans.forward)} by country", found.svg, note


async def _foundings(held: Held) -> tuple[Entity, list[Bar], list[Ref]]:
    """What was founded when, the oldest first, and what nobody dates."""
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
    return entity, bars, undated


async def foundings(request: Request, held: Held) -> Response:
    """When what there is was founded, and when it ended."""
    entity, bars, undated = await _foundings(held)
    decades = Counter(f"{bar.from_earliest[:3]}0s" for bar in bars)
    return pages.page(
        request,
        held,
        "timeline.html",
        entity=entity,
        timeline=timeline(f"{entity.plural} by founding", bars, held.release.date) if bars else "",
        bars=len(bars),
        undated=undated,
        decades=sorted(decades.items()),
        most=max(decades.values(), default=1),
        frame=_frame(held, "timeline", f"{name_of(entity.plural)} by founding"),
    )


async def timeline_picture(held: Held) -> Picture:
    """The timeline alone."""
    entity, bars, _ = await _foundings(held)
    if not bars:
        raise not_found(f"No source dates any of the {entity.plural}.")
    note = "From founding to end, as far as recorded; faint where a date is only partly known; an arrow has no end."
    title = f"{name_of(entity.plural)} by founding"
    return title, timeline(title, bars, held.release.date), note


async def network(request: Request, held: Held) -> Response:
    """The network of all wholes by shared parts."""
    shapes, spans = held.release.shapes, _spans(held)
    whole = shapes.entity(spans.whole)
    found = await held.reader.read(lambda connection: networks.network(held.release, connection, spans))
    closest = sorted(found.ties, key=lambda tie: (-tie.shared, tie.first, tie.second))[:CLOSEST]
    return pages.page(
        request,
        held,
        "network.html",
        whole=whole,
        spans=spans,
        found=found,
        picture=_drawn(held, found),
        closest=closest,
        named={node.id: node for node in (*found.nodes, *found.apart)},
        colour=colour,
        most=TIES,
        frame=_frame(held, "network", f"{name_of(whole.plural)} by shared {spans.forward}"),
    )


async def network_picture(held: Held) -> Picture:
    """The network alone."""
    spans = _spans(held)
    found = await held.reader.read(lambda connection: networks.network(held.release, connection, spans))
    if not found.nodes:
        raise not_found(f"There is no network: no two {held.release.shapes.entity(spans.whole).plural} share enough.")
    note = f"A line ties two that share at least {LEAST} {spans.forward}, a thicker one more. {networks.COLOURS}"
    return (
        f"{name_of(held.release.shapes.entity(spans.whole).plural)} by shared {spans.forward}",
        _drawn(held, found),
        note,
    )


async def hero(held: Held) -> str:
    """The network as the picture of the first page: dots and lines alone; empty where the release brings none."""
    spans = next(iter(held.release.shapes.spans), None)
    if spans is None or not networks.made(held.release):
        return ""
    found = await held.reader.read(lambda connection: networks.network(held.release, connection, spans))
    return plain(found) if found.nodes else ""


def examples(connection: apsw.Connection, shapes: Shapes) -> list[Ref]:
    """A whole and a part that have much: something to click at first."""
    found = []
    for spans in shapes.spans[:1]:
        for here in (spans.whole, spans.part):
            entity = shapes.entity(here)
            sql = (
                f'SELECT e.id, e."{label_field(entity)}" FROM "{spans.name}" s JOIN "{entity.plural}" e '
                f'ON e.id = s."{here}" WHERE s.undated = 0 GROUP BY e.id ORDER BY count(*) DESC, e.id LIMIT 1'
            )
            found += [Ref(here, str(id), str(label)) for id, label in connection.execute(sql)]
    return found


def _frame(held: Held, what: str, title: str) -> str:
    return snippet(held.release, f"/embed/{what}", title, height=HEIGHTS[what])


def _drawn(held: Held, found: networks.Network) -> str:
    return picture(found, lambda node: f"{held.root}/doc/{found.type}/{quote(node, safe='')}") if found.nodes else ""
