"""The network of all wholes that share parts: computed when a release is published, kept in it as a file.

Releases from before there was such a file are served too: their network is computed when somebody asks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import apsw
import orjson

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.layout import LAST_DAY, label_field, sort_field
from datasets.release.open import Release
from datasets.shapes.model import Entity, Shapes, Spans
from service.meanings import short_name
from service.pictures.places import communities, places

FILE = "network.json"
MOST = 140
"""Records in the picture: those with the most in common; all others are listed."""
LEAST = 2
"""Shared parts from which two wholes are tied in the picture: one alone makes a tangle that nobody can read."""
COLOURS = "Those of one colour share more with each other than with the rest; the groups are found by modularity."


@dataclass(frozen=True, slots=True)
class Node:
    """A whole: its id, its short and full name, how many parts it has now; in the picture its group and place."""

    id: str
    label: str
    name: str
    members: int
    group: int = 0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Tie:
    """Two wholes that share parts, by id, and how many."""

    first: str
    second: str
    shared: int


@dataclass(frozen=True, slots=True)
class Network:
    """What there is to draw: nodes of the largest connected part, ties between them, and what stands apart.

    `pairs` counts all pairs that share anything, in the picture or not.
    """

    type: str
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    apart: tuple[Node, ...]
    pairs: int

    @property
    def groups(self) -> tuple[tuple[Node, ...], ...]:
        """The nodes of each group, the largest group first, in it the node with most parts."""
        found: dict[int, list[Node]] = {}
        for node in sorted(self.nodes, key=lambda node: (-node.members, node.id)):
            found.setdefault(node.group, []).append(node)
        return tuple(tuple(found[group]) for group in sorted(found))


class NetworkFile(FromDatabase):
    """Writes the network of the first list of spans; without one there are no nodes."""

    FILES = (
        ExportFile(
            name=FILE,
            title="The network: which alliances share how many members, and where the picture puts them",
            media_type="application/json",
        ),
    )

    def finish(self, draft: Draft) -> None:
        """Compute and write it."""
        spans = next(iter(draft.shapes.spans), None)
        found = computed(draft.connection, draft.shapes, spans) if spans else Network("", (), (), (), 0)
        (draft.folder / FILE).write_bytes(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2) + b"\n")


def made(release: Release) -> bool:
    """Whether the network was made with the release, so that it takes no time."""
    return (release.path / FILE).is_file()


def network(release: Release, connection: apsw.Connection, spans: Spans) -> Network:
    """The network of a release, out of its file if it has one."""
    return _read(release.path) if made(release) else computed(connection, release.shapes, spans)


@lru_cache(maxsize=4)
def _read(folder: Path) -> Network:
    told = orjson.loads((folder / FILE).read_bytes())
    return Network(
        told["type"],
        tuple(Node(**node) for node in told["nodes"]),
        tuple(Tie(**tie) for tie in told["ties"]),
        tuple(Node(**node) for node in told["apart"]),
        told["pairs"],
    )


def computed(connection: apsw.Connection, shapes: Shapes, spans: Spans) -> Network:
    """The network of what a database holds. Takes a second or two: the places do."""
    whole = shapes.entity(spans.whole)
    pairs = _pairs(connection, spans, whole)
    strong = [tie for tie in pairs if tie.shared >= LEAST]
    weights: Counter[str] = Counter()
    for tie in strong:
        weights[tie.first] += tie.shared
        weights[tie.second] += tie.shared
    kept = {id for id, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST]}
    kept = _largest(kept, [tie for tie in strong if tie.first in kept and tie.second in kept])
    ties = tuple(tie for tie in strong if tie.first in kept and tie.second in kept)
    everything = _nodes(connection, spans, whole)
    told = {(tie.first, tie.second): tie.shared for tie in ties}
    ids = [node.id for node in everything if node.id in kept]
    groups = communities(ids, told)
    where = places(ids, told, groups)
    nodes = tuple(
        Node(n.id, n.label, n.name, n.members, groups[n.id], *where[n.id]) for n in everything if n.id in kept
    )
    return Network(whole.name, nodes, ties, tuple(n for n in everything if n.id not in kept), len(pairs))


def _pairs(connection: apsw.Connection, spans: Spans, whole: Entity) -> list[Tie]:
    sql = (
        f'SELECT s."{whole.name}", t."{whole.name}", count(DISTINCT s."{spans.part}") FROM "{spans.name}" s '
        f'JOIN "{spans.name}" t ON t."{spans.part}" = s."{spans.part}" AND t."{whole.name}" > s."{whole.name}" '
        f"WHERE s.to_latest = '{LAST_DAY}' AND t.to_latest = '{LAST_DAY}' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [Tie(str(a), str(b), int(n)) for a, b, n in connection.execute(sql)]


def _nodes(connection: apsw.Connection, spans: Spans, whole: Entity) -> list[Node]:
    short, label = short_name(whole), label_field(whole)
    called = f'coalesce("{short.name}", "{label}")' if short else f'"{label}"'
    members = (
        f'SELECT count(DISTINCT s."{spans.part}") FROM "{spans.name}" s '
        f"WHERE s.\"{whole.name}\" = e.id AND s.to_latest = '{LAST_DAY}'"
    )
    order = sort_field(whole, whole.orders[0])
    sql = f'SELECT id, {called}, "{label}", ({members}) FROM "{whole.plural}" e ORDER BY "{order}", id'
    return [Node(str(id), str(name), str(full), int(size)) for id, name, full, size in connection.execute(sql)]


def _largest(ids: set[str], ties: list[Tie]) -> set[str]:
    """The largest connected part."""
    beside: dict[str, set[str]] = {id: set() for id in ids}
    for tie in ties:
        beside[tie.first].add(tie.second)
        beside[tie.second].add(tie.first)
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
