"""Networks of shared members: one alliance among its neighbours, and the picture of all alliances."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from service.networks import Network, Tie
from service.networks import Node as Placed
from service.pictures.places import HEIGHT, WIDTH

SIZE = 900
"""Width of the picture of neighbours, in its units."""
TIES = 1200
"""Ties drawn, the strongest; more would be a blot, and too heavy for a page."""
COLOURS = 8
"""Groups with a colour of their own; smaller ones share the last."""
_LETTER = 6.6
"""About how wide a letter of a name is."""
_LINE = 13


@dataclass(frozen=True, slots=True)
class Node:
    """An alliance: its id, what it is called in the picture, where it leads, and how many members it has."""

    id: str
    label: str
    href: str
    members: int


def neighbours(title: str, centre: Node, others: Sequence[tuple[Node, int]]) -> str:
    """One alliance in the middle and those it shares members with around it; thicker lines share more."""
    height = 560
    middle_x, middle_y = SIZE / 2, height / 2
    most = max((shared for _, shared in others), default=1)
    lines, dots = [], []
    for number, (node, shared) in enumerate(others):
        angle = 2 * math.pi * number / len(others) - math.pi / 2
        x, y = middle_x + math.cos(angle) * 270, middle_y + math.sin(angle) * 215
        words = escape(f"{node.label}: {shared} shared member{'s' if shared != 1 else ''}")
        lines.append(
            f'<line class="tie" x1="{middle_x}" y1="{middle_y}" x2="{x:.1f}" y2="{y:.1f}" '
            f'stroke-width="{1 + 7 * shared / most:.1f}"><title>{words}</title></line>'
        )
        dots.append(_dot(node, x, y, f"{node.label} ({shared})", words, _anchor(math.cos(angle))))
    dots.append(_dot(centre, middle_x, middle_y, centre.label, escape(centre.label), "middle", own=True))
    return _svg(title, SIZE, height, lines + dots)


def _anchor(cosine: float) -> str:
    return "middle" if abs(cosine) < 0.3 else ("start" if cosine > 0 else "end")


def _dot(node: Node, x: float, y: float, text: str, words: str, anchor: str, *, own: bool = False) -> str:
    radius = 4 + min(14.0, math.sqrt(node.members))
    shift = {"start": radius + 5, "end": -radius - 5, "middle": 0.0}[anchor]
    below = radius + 16 if anchor == "middle" else 5
    return (
        f'<a href="{escape(node.href)}" tabindex="-1"><circle class="{"own" if own else "node"}" cx="{x:.1f}" '
        f'cy="{y:.1f}" r="{radius:.1f}"><title>{words}</title></circle>'
        f'<text x="{x + shift:.1f}" y="{y + below:.1f}" text-anchor="{anchor}">{escape(_short(text))}</text></a>'
    )


def _short(text: str, most: int = 30) -> str:
    return text if len(text) <= most else text[: most - 2].rstrip() + "…"


def picture(network: Network, href: Callable[[str], str]) -> str:
    """All alliances with a line where they share members, groups in colours. Every dot has a title.

    The largest carry their names, as far as there is room: none is written over another or over a dot.
    """
    names = _names(network.nodes)
    by_id = {node.id: node for node in network.nodes}
    lines = []
    for tie in reversed(_strongest(network)):
        one, other = by_id[tie.first], by_id[tie.second]
        kind = colour(one.group) if one.group == other.group else "across"
        words = escape(f"{one.label} and {other.label}: {tie.shared} shared")
        lines.append(
            f'<line class="{kind}" x1="{one.x}" y1="{one.y}" x2="{other.x}" y2="{other.y}" '
            f'stroke-width="{min(6.0, 0.5 * tie.shared):.1f}"><title>{words}</title></line>'
        )
    dots, texts = [], []
    for node in network.nodes:
        words = escape(f"{node.name}: {node.members} members recorded")
        link = f'<a href="{escape(href(node.id))}" tabindex="-1">'
        dots.append(
            f'{link}<circle class="{colour(node.group)}" cx="{node.x}" cy="{node.y}" r="{_radius(node):.1f}">'
            f"<title>{words}</title></circle></a>"
        )
        if node.id in names:
            texts.append(f"{link}{names[node.id]}</a>")
    title = f"{network.type}s by what they share"
    return _svg(title, WIDTH, HEIGHT, [f'<g class="ties">{"".join(lines)}</g>', *dots, *texts])


def _strongest(network: Network) -> list[Tie]:
    """The ties that are drawn, the strongest first."""
    return sorted(network.ties, key=lambda tie: (-tie.shared, tie.first, tie.second))[:TIES]


def plain(network: Network) -> str:
    """The picture without words and links, to be looked at only."""
    by_id = {node.id: node for node in network.nodes}
    lines = []
    for tie in _strongest(network):
        one, other = by_id[tie.first], by_id[tie.second]
        kind = colour(one.group) if one.group == other.group else "across"
        lines.append(f'<line class="{kind}" x1="{one.x:.0f}" y1="{one.y:.0f}" x2="{other.x:.0f}" y2="{other.y:.0f}"/>')
    dots = [
        f'<circle class="{colour(node.group)}" cx="{node.x:.0f}" cy="{node.y:.0f}" r="{_radius(node):.0f}"/>'
        for node in network.nodes
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice"><g class="ties">{"".join(lines)}</g>'
        f"{''.join(dots)}</svg>"
    )


def colour(group: int) -> str:
    """The class that colours a group."""
    return f"group-{min(group, COLOURS - 1)}"


def _radius(node: Placed) -> float:
    return 4 + min(13.0, 1.25 * math.sqrt(node.members))


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        """Whether the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def inside(self) -> bool:
        """Whether it lies in the picture."""
        return self.left >= 0 and self.top >= 0 and self.right <= WIDTH and self.bottom <= HEIGHT


def _names(nodes: Sequence[Placed]) -> dict[str, str]:
    """The names that find room, as SVG, by id; the largest node chooses first."""
    taken = [
        _Box(node.x - _radius(node), node.y - _radius(node), node.x + _radius(node), node.y + _radius(node))
        for node in nodes
    ]
    found = {}
    for node in sorted(nodes, key=lambda node: (-node.members, node.id)):
        text = _short(node.label, 24)
        for x, y, anchor, box in _seats(node, _LETTER * len(text)):
            if box.inside() and not any(box.meets(other) for other in taken):
                taken.append(box)
                found[node.id] = f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
                break
    return found


def _seats(node: Placed, wide: float) -> list[tuple[float, float, str, _Box]]:
    """Where a name can stand: beside its dot, above it, below it, and at its corners."""
    away = _radius(node) + 4
    corner = 0.75 * away
    seats = []
    for dx, dy, anchor in (
        (away, 4.0, "start"), (-away, 4.0, "end"), (0.0, -away, "middle"), (0.0, away + 9, "middle"),
        (corner, -corner, "start"), (-corner, -corner, "end"),
        (corner, corner + 9, "start"), (-corner, corner + 9, "end"),
    ):  # fmt: skip
        x, y = node.x + dx, node.y + dy
        left = x - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
        seats.append((x, y, anchor, _Box(left, y - _LINE + 3, left + wide, y + 3)))
    return seats


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="network" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
