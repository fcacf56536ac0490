"""The network of all alliances: made with the release, the same whenever it is made, and legible."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from service import networks
from service.app import create_app
from service.exporters import exporters
from service.networks import FILE, Network, NetworkFile, Node, Tie
from service.pictures.network import picture, plain
from service.pictures.places import GAP, HEIGHT, MARGIN, WIDTH, communities, places
from service.settings import Settings
from tests.service.conftest import publish_world


def ring(sizes: tuple[int, ...]) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Groups in which everybody shares much with everybody, each tied to the next by little."""
    ids: list[str] = []
    ties: dict[tuple[str, str], int] = {}
    for group, size in enumerate(sizes):
        here = [f"n{group}-{place:02}" for place in range(size)]
        ties.update({(one, other): 5 for one in here for other in here if one < other})
        if ids:
            ties[ids[-1], here[0]] = 2
        ids += here
    return ids, ties


@pytest.fixture
def drawn() -> Network:
    ids, ties = ring((9, 7, 5, 4))
    groups = communities(ids, ties)
    where = places(ids, ties, groups)
    nodes = tuple(
        Node(id, f"Alliance {id}", f"The alliance {id}", 30 - n, groups[id], *where[id]) for n, id in enumerate(ids)
    )
    return Network("alliance", nodes, tuple(Tie(*pair, shared) for pair, shared in ties.items()), (), len(ties))


def test_what_shares_much_is_a_group_and_the_largest_comes_first() -> None:
    ids, ties = ring((4, 9, 7))
    groups = communities(ids, ties)
    assert {id: group for id, group in groups.items() if id.startswith("n1")} == {f"n1-{n:02}": 0 for n in range(9)}
    assert {groups[id] for id in ids if id.startswith("n2")} == {1}
    assert {groups[id] for id in ids if id.startswith("n0")} == {2}
    assert communities([], {}) == {}
    assert places([], {}, {}) == {}
    assert communities(["a"], {}) == {"a": 0}


def test_places_are_the_same_each_time_apart_and_inside(drawn: Network) -> None:
    ids, ties = ring((9, 7, 5, 4))
    groups = communities(ids, ties)
    assert places(ids, ties, groups) == {node.id: (node.x, node.y) for node in drawn.nodes}
    for number, one in enumerate(drawn.nodes):
        assert MARGIN <= one.x <= WIDTH - MARGIN
        assert MARGIN <= one.y <= HEIGHT - MARGIN
        for other in drawn.nodes[number + 1 :]:
            assert abs(one.x - other.x) + abs(one.y - other.y) > GAP / 2


def test_no_name_is_written_over_another_or_over_a_dot(drawn: Network) -> None:
    svg = picture(drawn, lambda node: f"/doc/alliance/{node}")
    boxes = []
    for x, y, anchor, text in re.findall(r'<text x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)">([^<]+)', svg):
        wide = 6.6 * len(text)
        left = float(x) - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        boxes.append((left, float(y) - 10, left + wide, float(y) + 3))
    dots = [tuple(map(float, found)) for found in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)]
    assert len(dots) == len(drawn.nodes)
    assert len(boxes) > len(drawn.nodes) / 2
    everything = boxes + [(x - r, y - r, x + r, y + r) for x, y, r in dots]
    for number, one in enumerate(boxes):
        for other in everything[number + 1 :]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
    assert "<title>The alliance n0-00: 30 members recorded</title>" in svg
    assert "<text" not in plain(drawn)
    assert "<a " not in plain(drawn)


def test_the_network_is_a_file_of_the_release(published: Path) -> None:
    release = Release.current(published)
    spans = release.shapes.spans[0]
    with closing(release.connect()) as connection:
        told = networks.network(release, connection, spans)
        assert told == networks.computed(connection, release.shapes, spans)
    assert json.loads((release.path / FILE).read_text())["type"] == "alliance"
    listed = {file["name"] for file in release.manifest["files"]}  # type: ignore[attr-defined]
    assert FILE in listed
    everyone = {node.id for node in (*told.nodes, *told.apart)}
    with closing(release.connect()) as connection:
        assert everyone == {id for (id,) in connection.execute("SELECT id FROM alliances")}


def test_a_release_without_the_file_is_drawn_too(world: Path, tmp_path: Path) -> None:
    drawn = {}
    for name, chosen in (
        ("with", exporters()),
        ("without", tuple(e for e in exporters() if e.FILES != NetworkFile.FILES)),
    ):
        publish_world(world, tmp_path / name, "2026-01-31", chosen)
        app = create_app(Settings(releases=tmp_path / name / "releases", access_log=False))
        with TestClient(app, follow_redirects=False) as client:
            drawn[name] = client.get("/network").text
            assert ('<div class="hero-picture"' in client.get("/").text) is (name == "with")
    assert drawn["with"] == drawn["without"]
