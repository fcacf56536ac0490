"""Who belongs to a record, or what it belongs to, as its page draws it: map, timeline, and who shares what with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import apsw

from datasets.release.layout import FIRST_DAY, LAST_DAY, label_field
from datasets.shapes.model import Entity, Shapes, Spans
from service import pages
from service.meanings import country_entity, point, seat, short_name
from service.pictures.network import Node, neighbours
from service.pictures.timeline import Bar, timeline
from service.pictures.world import Place, undrawn, world_map
from service.records import Ref, name_of
from service.rows import Row, row, rows
from service.words import when

BARS = 60
"""Spans on a timeline; the list beside it has all."""
DOTS = 500
"""Points on a map, and names in the lists of what is not on it."""
RING = 16
"""Neighbours in a network: those with most in common."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A record with a number."""

    ref: Ref
    count: int


@dataclass(frozen=True, slots=True)
class Named:
    """The first of some records, and how many there are."""

    refs: tuple[Ref, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not among the first."""
        return self.total - len(self.refs)


@dataclass(frozen=True, slots=True)
class Gathering:
    """The pictures of one list of spans; each is SVG text, empty where there is nothing to draw.

    `recorded` counts the records with a span that has not ended. `off_map` are countries without an outline,
    `unplaced` records without coordinates, `homeless` those without a country.
    """

    name: str
    recorded: int
    former: int
    here: str
    there: str
    countries: tuple[Counted, ...] = ()
    map: str = ""
    off_map: tuple[Counted, ...] = ()
    unplaced: Named = Named((), 0)
    homeless: Named = Named((), 0)
    timeline: str = ""
    bars: int = 0
    dated: int = 0
    undated: Named = Named((), 0)
    network: str = ""
    neighbours: tuple[Counted, ...] = ()
    neighbours_total: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: a record by its entity, id and label, for pages under `root`, as of a day."""

    connection: apsw.Connection
    shapes: Shapes
    entity: Entity
    id: str
    label: str
    root: str
    day: str

    def href(self, entity: Entity, id: str) -> str:
        """The page of another record."""
        return f"{self.root}/doc/{entity.name}/{quote(id, safe='')}"


def gatherings(scene: Scene) -> tuple[Gathering, ...]:
    """The gatherings of a record, one for each list of spans that has rows."""
    shapes = scene.shapes
    made = (_gathering(scene, spans) for spans in shapes.spans if scene.entity.name in (spans.whole, spans.part))
    return tuple(gathering for gathering in made if gathering)


def _gathering(scene: Scene, spans: Spans) -> Gathering | None:
    shapes, entity = scene.shapes, scene.entity
    forward = entity.name == spans.whole
    name = spans.forward if forward else spans.backward
    there = shapes.entity(spans.part if forward else spans.whole)
    told = _spans(scene, spans, there)
    if not told:
        return None
    current = [r for r in told if r["to_latest"] == LAST_DAY]
    standing = list({str(r["id"]): r for r in current}.values())
    former = {str(r["id"]) for r in told} - {str(r["id"]) for r in current}
    dated = [r for r in told if not r["undated"] and str(r["from_earliest"]) > FIRST_DAY]
    undated = list({str(r["id"]): r for r in told if r["undated"] or str(r["from_earliest"]) <= FIRST_DAY}.values())
    counts = Counter(str(r["country"]) for r in standing if r["country"])
    names = country_names(scene.connection, shapes) if counts else {}
    close, total = _neighbours(scene, spans, there)
    return Gathering(
        name,
        len(standing),
        len(former),
        entity.name,
        there.name,
        countries=counted(shapes, counts, names),
        map=_map(scene, name, there, counts, names, standing) if counts else "",
        off_map=counted(shapes, {code: counts[code] for code in undrawn(counts)}, names),
        unplaced=_named([r for r in standing if not r["latitude"]], there) if point(there) else Named((), 0),
        homeless=_named([r for r in standing if not r["country"]], there) if seat(shapes, there) else Named((), 0),
        timeline=_timeline(scene, name, dated[:BARS], there),
        bars=min(len(dated), BARS),
        dated=len(dated),
        undated=_named(undated, there),
        network=_network(scene, spans, close),
        neighbours=tuple(Counted(_ref(r, entity), int(str(r["shared"]))) for r in close),
        neighbours_total=total,
    )


def label(connection: apsw.Connection, entity: Entity, id: str) -> str:
    """What a record that there is is called."""
    found = row(connection, f'SELECT "{label_field(entity)}" AS label FROM "{entity.plural}" WHERE id = ?', (id,))
    return str(found["label"]) if found else id


def _spans(scene: Scene, spans: Spans, there: Entity) -> list[Row]:
    """All spans of a record with what is told of the other side, the earliest first, each spell one row."""
    shapes = scene.shapes
    told, label, home, place = shapes.entity(spans.entity), label_field(there), seat(shapes, there), point(there)
    latitude, longitude = place or ("", "")
    seat_ = f'o."{home.name}"' if home else "NULL"
    lat, long = (f'o."{latitude}"', f'o."{longitude}"') if place else ("NULL", "NULL")
    return rows(
        scene.connection,
        f'SELECT s."{there.name}" AS id, o."{label}" AS label, s.from_earliest, s.from_latest, s.to_earliest, '
        f"s.to_latest, s.undated, {seat_} AS country, {lat} AS latitude, {long} AS longitude, "
        f'e."{spans.since}" AS since, e."{spans.until}" AS until, e."{spans.ended}" AS ended '
        f'FROM "{spans.name}" s JOIN "{there.plural}" o ON o.id = s."{there.name}" '
        f'JOIN "{told.plural}" e ON e.id = s."{spans.entity}" WHERE s."{scene.entity.name}" = ? '
        f'ORDER BY s.from_earliest, s."{there.name}_sort", s.spell',
        (scene.id,),
    )


def _ref(record: Row, entity: Entity) -> Ref:
    return Ref(entity.name, str(record["id"]), str(record["label"]))


def _named(found: Sequence[Row], entity: Entity) -> Named:
    ordered = sorted(found, key=lambda r: str(r["label"]).casefold())
    return Named(tuple(_ref(r, entity) for r in ordered[:DOTS]), len(found))


def country_names(connection: apsw.Connection, shapes: Shapes) -> dict[str, str]:
    """The names of all countries by code."""
    country = country_entity(shapes)
    if country is None:
        return {}
    sql = f'SELECT id, "{label_field(country)}" FROM "{country.plural}"'
    return {str(code): str(name) for code, name in connection.execute(sql)}


def counted(shapes: Shapes, counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Counted, ...]:
    """Countries with their counts, the largest first."""
    country = country_entity(shapes)
    if country is None:
        return ()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], names.get(item[0], item[0])))
    return tuple(Counted(Ref(country.name, code, names.get(code, code)), count) for code, count in ordered)


def _map(
    scene: Scene, name: str, there: Entity, counts: Mapping[str, int], names: Mapping[str, str], standing: Sequence[Row]
) -> str:
    placed = [r for r in standing if r["latitude"] and r["longitude"]]
    places = (
        Place(float(str(r["latitude"])), float(str(r["longitude"])), str(r["label"]), scene.href(there, str(r["id"])))
        for r in placed[:DOTS]
    )
    country = country_entity(scene.shapes)
    leads = f"{scene.root}/doc/{country.name}/{{}}" if country else ""
    title = f"{scene.label}: {name} by country"
    return world_map(title, counts, pages.WORLD_PATH, names=names, places=places, country_href=leads)


def _timeline(scene: Scene, name: str, dated: Sequence[Row], there: Entity) -> str:
    bars = [
        Bar(
            str(r["label"]),
            scene.href(there, str(r["id"])),
            str(r["from_earliest"]),
            min(str(r["from_latest"]), max(scene.day, str(r["from_earliest"]))),
            _end(r["to_earliest"]),
            _end(r["to_latest"]),
            _words(r),
        )
        for r in dated
    ]
    return timeline(f"{scene.label}: {name} over time", bars, scene.day) if bars else ""


def _end(day: object) -> str | None:
    return None if str(day) >= "9999" else str(day)


def _words(record: Row) -> str:
    since = f"since {when(str(record['since']))}" if record["since"] else "since its founding"
    if record["until"]:
        return f"{since}, until {when(str(record['until']))}"
    return f"{since}, ended on a day that no source gives" if record["ended"] else since


def _neighbours(scene: Scene, spans: Spans, there: Entity) -> tuple[list[Row], int]:
    """The records of the same entity that share most with this one, and how many share anything."""
    entity = scene.entity
    here, other = entity.name, there.name
    sql = (
        f'SELECT n.id, n."{label_field(entity)}" AS label, x.shared, count(*) OVER () AS total FROM ('
        f'SELECT t."{here}" AS id, count(DISTINCT t."{other}") AS shared FROM "{spans.name}" s '
        f'JOIN "{spans.name}" t ON t."{other}" = s."{other}" AND t."{here}" <> s."{here}" '
        f"WHERE s.\"{here}\" = ? AND s.to_latest = '{LAST_DAY}' AND t.to_latest = '{LAST_DAY}' GROUP BY 1) x "
        f'JOIN "{entity.plural}" n ON n.id = x.id ORDER BY x.shared DESC, n.id LIMIT {RING}'
    )
    found = rows(scene.connection, sql, (scene.id,))
    return found, int(str(found[0]["total"])) if found else 0


def _network(scene: Scene, spans: Spans, close: Sequence[Row]) -> str:
    entity = scene.entity
    if not close:
        return ""
    ids = [scene.id, *(str(r["id"]) for r in close)]
    short = short_name(entity)
    called = f'coalesce("{short.name}", "{label_field(entity)}")' if short else f'"{label_field(entity)}"'
    marks = ", ".join("?" * len(ids))
    sql = (
        f'SELECT id, {called}, (SELECT count(*) FROM "{spans.name}" s WHERE s."{entity.name}" = e.id '
        f"AND s.to_latest = '{LAST_DAY}') FROM \"{entity.plural}\" e WHERE id IN ({marks})"
    )
    nodes = {
        str(i): Node(str(i), str(text), scene.href(entity, str(i)), int(count))
        for i, text, count in scene.connection.execute(sql, ids)
    }
    title = f"{scene.label} and the {name_of(entity.plural).lower()} it shares most with"
    return neighbours(title, nodes[scene.id], [(nodes[str(r["id"])], int(str(r["shared"]))) for r in close])
