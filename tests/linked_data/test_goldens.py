"""What the public relies on, as files: a change of one of them is a change that users see.

Write them anew with `python -m tests.linked_data.test_goldens` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from datasets.shapes import SHAPES
from linked_data.context import context
from linked_data.formats import JSON_LD, N_QUADS, TURTLE
from linked_data.linked import LinkedData
from linked_data.ontology import Ontology

BASE = "http://localhost:8000"
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "linked_data"
EXAMPLES = {
    "country": "CN",
    "concept": "membership_role.founding_member",
    "source": "jade-history",
    "organization": "jade-university",
    "alliance": "orchid-alliance",
    "membership": "m-f00001",
    "agreement": "orchid-lotus-mou-2023",
    "party": "p-j00001",
    "event": "orchid-summit-2023",
    "figure": "f-l00001",
    "official": "o-l00001",
    "claim": "c-0e7aa22558281423",
}


def fixed() -> dict[str, bytes]:
    """The goldens that depend on the shapes alone."""
    return {
        "context.jsonld": context(SHAPES, BASE).document,
        "ontology.ttl": Ontology(SHAPES, BASE).serialized("turtle"),
    }


@pytest.mark.parametrize("name", ["context.jsonld", "ontology.ttl"])
def test_what_is_read_off_the_shapes(name: str) -> None:
    assert (GOLDEN / name).read_bytes() == fixed()[name], f"{name} changed; see the docstring of {__name__}"


@pytest.mark.parametrize("type_", list(EXAMPLES))
def test_a_record_of_each_type(linked: LinkedData, connection: apsw.Connection, type_: str) -> None:
    found = documents(linked, connection, type_)
    for name, body in found.items():
        assert (GOLDEN / name).read_bytes() == body, f"{name} changed; see the docstring of {__name__}"


def documents(linked: LinkedData, connection: apsw.Connection, type_: str) -> dict[str, bytes]:
    """A record cut by concern: its facts as Turtle, the same as JSON-LD, the evidence as N-Quads."""
    id_ = EXAMPLES[type_]
    turtle = linked.document(connection, type_, id_, TURTLE)
    json_ld = linked.document(connection, type_, id_, JSON_LD)
    quads = linked.document(connection, type_, id_, N_QUADS)
    assert turtle is not None
    assert json_ld is not None
    assert quads is not None
    graph = "/graph/" if type_ == "figure" else "/graph/source/"  # claims as nodes: one example is enough
    lines = quads.splitlines(keepends=True)
    evidence = b"".join(line for line in lines if line.rpartition(b" <")[2].startswith(f"{BASE}{graph}".encode()))
    found = {f"{type_}.ttl": turtle, f"{type_}.jsonld": json_ld + b"\n", f"{type_}.evidence.nq": evidence}
    return {name: body for name, body in found.items() if body}


def test_every_type_has_an_example(linked: LinkedData) -> None:
    assert set(linked.types()) == set(EXAMPLES)


def write() -> None:
    """Write all goldens."""
    from tests.linked_data.conftest import published_world

    GOLDEN.mkdir(parents=True, exist_ok=True)
    with published_world(Path(__file__).resolve().parents[1] / "world") as release:
        linked, connection = LinkedData.of(release), release.connect()
        for name, body in fixed().items():
            (GOLDEN / name).write_bytes(body)
        for type_ in EXAMPLES:
            for name, body in documents(linked, connection, type_).items():
                (GOLDEN / name).write_bytes(body)
        connection.close()


if __name__ == "__main__":
    write()
