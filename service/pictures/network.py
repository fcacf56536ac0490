"""Networks of shared members: one alliance among its neighbours, and the picture of all alliances."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

SIZE = 900
"""Width of the pictures, in their units."""
ROUNDS = 150


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
    return _svg("network", title, height, lines + dots)


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


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:28] + "…"


def layout(nodes: Sequence[Node], ties: Mapping[tuple[str, str], int]) -> dict[str, tuple[float, float]]:
    """Places in a square of SIZE, by attraction along ties and repulsion between all (Fruchterman, Reingold 1991).

    Deterministic: it starts from a spiral in the order given. Takes time quadratic in the nodes: do it once.
    """
    count = max(1, len(nodes))
    places = {}
    for number, node in enumerate(nodes):
        angle, radius = number * 2.399963, SIZE / 2 * math.sqrt((number + 0.5) / count)
        places[node.id] = [radius * math.cos(angle), radius * math.sin(angle)]
    ideal = 0.75 * SIZE / math.sqrt(count)
    ids = [node.id for node in nodes]
    for turn in range(ROUNDS):
        heat = SIZE / 12 * (1 - turn / ROUNDS) + 0.5
        moves = {id_: [-places[id_][0] * 0.02, -places[id_][1] * 0.02] for id_ in ids}
        for number, one in enumerate(ids):
            for other in ids[number + 1 :]:
                dx, dy = places[one][0] - places[other][0], places[one][1] - places[other][1]
                gap = max(1.0, math.hypot(dx, dy))
                push = ideal * ideal / (gap * gap)
                moves[one][0] += dx * push
                moves[one][1] += dy * push
                moves[other][0] -= dx * push
                moves[other][1] -= dy * push
        for (one, other), shared in ties.items():
            dx, dy = places[one][0] - places[other][0], places[one][1] - places[other][1]
            pull = math.hypot(dx, dy) / ideal * min(0.5, 0.02 * shared)
            moves[one][0] -= dx * pull
            moves[one][1] -= dy * pull
            moves[other][0] += dx * pull
            moves[other][1] += dy * pull
        for id_ in ids:
            length = max(1e-9, math.hypot(*moves[id_]))
            share = min(length, heat) / length
            places[id_][0] += moves[id_][0] * share
            places[id_][1] += moves[id_][1] * share
    return _fitted(places)


def _gathered(places: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """The places with those far from the middle drawn in, so that the crowd in the middle gets room."""
    count = max(1, len(places))
    middle_x = sum(x for x, _ in places.values()) / count
    middle_y = sum(y for _, y in places.values()) / count
    found = {}
    for id_, (x, y) in places.items():
        distance = max(1.0, math.hypot(x - middle_x, y - middle_y))
        share = distance**0.62 / distance
        found[id_] = ((x - middle_x) * share, (y - middle_y) * share)
    return found


def _fitted(places: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    places = _gathered(places)
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    margin = 60
    width, height = max(1.0, max(xs) - min(xs)), max(1.0, max(ys) - min(ys))
    return {
        id_: (
            round(margin + (x - min(xs)) / width * (SIZE - 2 * margin), 1),
            round(margin / 2 + (y - min(ys)) / height * (SIZE - margin), 1),
        )
        for id_, (x, y) in places.items()
    }


def picture(
    title: str,
    nodes: Sequence[Node],
    ties: Mapping[tuple[str, str], int],
    places: Mapping[str, tuple[float, float]],
    named: int = 60,
) -> str:
    """All alliances with a line where they share members; all have titles.

    The `named` largest carry their names, as far as there is room: none is written over another.
    """
    large = _legible(sorted(nodes, key=lambda node: (-node.members, node.id)), places, named)
    labels = {node.id: node.label for node in nodes}
    lines = []
    for (one, other), shared in sorted(ties.items(), key=lambda item: (item[1], item[0])):
        (x1, y1), (x2, y2) = places[one], places[other]
        words = escape(f"{labels[one]} and {labels[other]}: {shared} shared")
        lines.append(
            f'<line class="tie" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke-width="{min(5.0, 0.4 * shared):.1f}">'
            f"<title>{words}</title></line>"
        )
    dots = []
    for node in sorted(nodes, key=lambda node: node.id in large):
        x, y = places[node.id]
        words = escape(f"{node.label}: {node.members} members recorded")
        radius = _radius(node)
        text = f'<text x="{x}" y="{y - radius - 3:.1f}" text-anchor="middle">{escape(_short(node.label))}</text>'
        dots.append(
            f'<a href="{escape(node.href)}" tabindex="-1"><circle class="node" cx="{x}" cy="{y}" r="{radius:.1f}">'
            f"<title>{words}</title></circle>{text if node.id in large else ''}</a>"
        )
    return _svg("network", title, SIZE, lines + dots)


def _radius(node: Node) -> float:
    return 3 + min(12.0, 1.1 * math.sqrt(node.members))


def _legible(nodes: Sequence[Node], places: Mapping[str, tuple[float, float]], named: int) -> set[str]:
    """The nodes whose names find room, the first of `nodes` first."""
    taken: list[tuple[float, float, float]] = []
    found: set[str] = set()
    for node in nodes:
        x, y = places[node.id]
        y -= _radius(node)
        half = 3.6 * len(_short(node.label))
        if all(abs(y - other_y) > 16 or abs(x - other_x) > half + other for other_x, other_y, other in taken):
            taken.append((x, y, half))
            found.add(node.id)
            if len(found) == named:
                break
    return found


def _svg(kind: str, title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {SIZE} {height}" role="group" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
