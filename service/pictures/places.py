"""Where the nodes of a network lie, and which belong together. Deterministic: the same ties, the same picture."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 1200, 860
"""The sizes of the picture, in its units."""
MARGIN = 46
GAP = 30
"""How far apart the middles of two nodes are at least."""
ROUNDS = 260
_SETTLING = 80

Ties = Mapping[tuple[str, str], int]
Places = dict[str, tuple[float, float]]


def communities(ids: Sequence[str], ties: Ties) -> dict[str, int]:
    """Groups by modularity (the local moves of Blondel et al. 2008), numbered from 0, the largest first."""
    beside: dict[str, dict[str, int]] = {id: {} for id in ids}
    for (one, other), weight in ties.items():
        beside[one][other] = beside[other][one] = weight
    degree = {id: sum(near.values()) for id, near in beside.items()}
    double = sum(degree.values()) or 1
    group = {id: place for place, id in enumerate(ids)}
    total = {place: degree[id] for place, id in enumerate(ids)}
    moved = True
    rounds = 0
    while moved and rounds < 50:
        moved, rounds = False, rounds + 1
        for id in ids:
            here = group[id]
            total[here] -= degree[id]
            near: Counter[int] = Counter()
            for other, weight in beside[id].items():
                near[group[other]] += weight
            best = max([here, *sorted(near)], key=lambda g: (near[g] - total[g] * degree[id] / double, g == here))
            group[id] = best
            total[best] += degree[id]
            moved |= best != here
    sizes = Counter(group.values())
    order = sorted(sizes, key=lambda g: (-sizes[g], min(id for id in ids if group[id] == g)))
    number = {g: place for place, g in enumerate(order)}
    return {id: number[group[id]] for id in ids}


def places(ids: Sequence[str], ties: Ties, groups: Mapping[str, int]) -> Places:
    """Places by attraction along ties and repulsion between all (Fruchterman, Reingold 1991), groups drawn together.

    Takes time quadratic in the nodes: do it once.
    """
    if not ids:
        return {}
    count = len(ids)
    ideal = 0.8 * math.sqrt(WIDTH * HEIGHT / count)
    at = [[0.0, 0.0] for _ in ids]
    for number, place in enumerate(sorted(range(count), key=lambda i: (groups[ids[i]], i))):
        angle, radius = number * 2.399963, HEIGHT / 2 * math.sqrt((number + 0.5) / count)
        at[place] = [radius * math.cos(angle), radius * math.sin(angle)]
    index = {id: place for place, id in enumerate(ids)}
    pulls = [
        (index[one], index[other], min(1.0, 0.12 * shared) * (1.0 if groups[one] == groups[other] else 0.25))
        for (one, other), shared in ties.items()
    ]
    for turn in range(ROUNDS):
        _move(at, pulls, ideal, WIDTH / 10 * (1 - turn / ROUNDS) + 0.5)
    _fit(at)
    for _ in range(_SETTLING):
        _part(at)
    return {id: (round(at[place][0], 1), round(at[place][1], 1)) for id, place in index.items()}


def _move(at: list[list[float]], pulls: Sequence[tuple[int, int, float]], ideal: float, heat: float) -> None:
    moves = [[-x * 0.015, -y * 0.022] for x, y in at]
    square = ideal * ideal
    for one, (x, y) in enumerate(at):
        mine = moves[one]
        for other in range(one + 1, len(at)):
            dx, dy = x - at[other][0], y - at[other][1]
            push = square / max(1.0, dx * dx + dy * dy)
            mine[0] += dx * push
            mine[1] += dy * push
            theirs = moves[other]
            theirs[0] -= dx * push
            theirs[1] -= dy * push
    for one, other, strength in pulls:
        dx, dy = at[one][0] - at[other][0], at[one][1] - at[other][1]
        pull = math.sqrt(dx * dx + dy * dy) / ideal * strength
        moves[one][0] -= dx * pull
        moves[one][1] -= dy * pull
        moves[other][0] += dx * pull
        moves[other][1] += dy * pull
    for place, (dx, dy) in zip(at, moves, strict=True):
        length = max(1e-9, math.sqrt(dx * dx + dy * dy))
        share = min(length, heat) / length
        place[0] += dx * share
        place[1] += dy * share


def _fit(at: list[list[float]]) -> None:
    """Fill the picture: by rank halfway, so that a crowd in the middle gets room and a lone node far off takes none."""
    for axis, size in ((0, WIDTH), (1, HEIGHT)):
        order = sorted(range(len(at)), key=lambda place: (at[place][axis], place))
        low, high = at[order[0]][axis], at[order[-1]][axis]
        for rank, place in enumerate(order):
            linear = (at[place][axis] - low) / max(1.0, high - low)
            share = 0.5 * linear + 0.5 * rank / max(1, len(at) - 1)
            at[place][axis] = MARGIN + share * (size - 2 * MARGIN)


def _part(at: list[list[float]]) -> None:
    """Move apart what lies closer than the gap, inside the margins."""
    for one, mine in enumerate(at):
        for theirs in at[one + 1 :]:
            dx, dy = mine[0] - theirs[0], mine[1] - theirs[1]
            distance = math.sqrt(dx * dx + dy * dy)
            if distance < GAP:
                if distance < 1e-6:
                    dx, dy, distance = 1.0, 0.0, 1.0
                shift = (GAP - distance) / 2 / distance
                mine[0] += dx * shift
                mine[1] += dy * shift
                theirs[0] -= dx * shift
                theirs[1] -= dy * shift
    for place in at:
        place[0] = min(WIDTH - MARGIN, max(MARGIN, place[0]))
        place[1] = min(HEIGHT - MARGIN, max(MARGIN, place[1]))
