"""The world map: outlines served once, and over them what a page has to show.

Outlines are derived from Natural Earth (public domain), Equal Earth projection; states too small for the scale are
points. Borders are drawn as Natural Earth draws them. Coordinates of organizations are those of cities.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2
_NORTH = 84.0
"""The northern edge of the map, in degrees; land ends there."""

STEPS = (1, 2, 5, 10, 25)
"""A country is shaded by the last step that its count reaches."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The drawn world: size, path data by ISO code, and the place of states that are points."""

    credit: str
    width: int
    height: int
    paths: Mapping[str, str]
    points: Mapping[str, tuple[float, float]]

    def holds(self, country: str) -> bool:
        """Whether a country is on the map."""
        return country in self.paths or country in self.points


@dataclass(frozen=True, slots=True)
class Place:
    """Something at a point: degrees north and east, what it is called, and where it leads."""

    latitude: float
    longitude: float
    label: str
    href: str


@cache
def outlines() -> Outlines:
    """The outlines that come with the service."""
    found = json.loads((files(__package__) / "outlines.json").read_text(encoding="utf-8"))
    points = {code: (x, y) for code, (x, y) in found["points"].items()}
    return Outlines(found["credit"], found["width"], found["height"], found["paths"], points)


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point lies on the map, in its units. Equal Earth (Šavrič, Patterson, Jenny 2018)."""
    x, y = _equal_earth(latitude, longitude)
    right, top = _edges()
    scale = outlines().width / (2 * right)
    return (x + right) * scale, (top - y) * scale


@cache
def _edges() -> tuple[float, float]:
    return _equal_earth(0, 180)[0], _equal_earth(_NORTH, 0)[1]


def _equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    t = math.asin(_M * math.sin(math.radians(latitude)))
    t2 = t * t
    t6 = t2**3
    x = math.radians(longitude) * math.cos(t) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    return x, t * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


@cache
def base_map() -> bytes:
    """The outlines as one SVG file, served once from a hashed address; each country is an element with its code."""
    world = outlines()
    shapes = [f'<path id="{code}" d="{path}"/>' for code, path in world.paths.items()]
    shapes += [f'<circle id="{code}" cx="{x}" cy="{y}" r="2.2"/>' for code, (x, y) in world.points.items()]
    style = (
        "g{fill:#dfe5ea;stroke:#fff;stroke-width:.5}@media(prefers-color-scheme:dark){g{fill:#3a4650;stroke:#1a2127}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {world.width} {world.height}">'
        f"<!-- {escape(world.credit)} --><style>{style}</style><g>{''.join(shapes)}</g></svg>"
    ).encode()


def step(count: int) -> int:
    """The shade of a count, from 1."""
    return sum(count >= least for least in STEPS)


def world_map(
    title: str,
    counts: Mapping[str, int],
    base: str,
    *,
    names: Mapping[str, str],
    places: Iterable[Place] = (),
    country_href: str = "",
) -> str:
    """An SVG over the base map at the address `base`: countries shaded by `counts`, places as dots.

    `names` are the countries' names by code. With `country_href` (a pattern with `{}` for the code) each shaded
    country is a link. Countries that the map does not hold are left to the text beside it: see `undrawn`.
    """
    world = outlines()
    shaded = []
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if not world.holds(code):
            continue
        name = f"{names.get(code, code)}: {count:,}"
        shape = _shape(world, code, f'class="shade-{step(count)}"', escape(name))
        if country_href:
            href = escape(country_href.format(code))
            shape = f'<a href="{href}" aria-label="{escape(name)}" tabindex="-1">{shape}</a>'
        shaded.append(shape)
    dots = [_dot(place) for place in places]
    return (
        f'<svg class="world" viewBox="0 0 {world.width} {world.height}" role="group" aria-label="{escape(title)}">'
        f'<image href="{escape(base)}" width="{world.width}" height="{world.height}"/>'
        f'{"".join(shaded)}<g class="dots">{"".join(dots)}</g></svg>'
    )


def undrawn(counts: Mapping[str, int]) -> list[str]:
    """The codes of the countries that the map does not hold, sorted."""
    return sorted(code for code in counts if not outlines().holds(code))


def _shape(world: Outlines, code: str, attributes: str, title: str) -> str:
    if code in world.paths:
        return f'<path {attributes} d="{world.paths[code]}"><title>{title}</title></path>'
    x, y = world.points[code]
    return f'<circle {attributes} cx="{x}" cy="{y}" r="4"><title>{title}</title></circle>'


def _dot(place: Place) -> str:
    x, y = project(place.latitude, place.longitude)
    label, href = escape(place.label), escape(place.href)
    return (
        f'<a href="{href}" tabindex="-1" aria-label="{label}"><circle cx="{x:.1f}" cy="{y:.1f}" r="3.5">'
        f"<title>{label}</title></circle></a>"
    )
