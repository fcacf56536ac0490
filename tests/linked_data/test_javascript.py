"""What libraries of JavaScript read: N3 and jsonld, which know nothing of rdflib and pyoxigraph."""

from __future__ import annotations

import gzip
import json
import subprocess
from itertools import islice
from pathlib import Path

import apsw
import pytest

from datasets.release.open import Release
from linked_data.dump import LINES_FILE
from linked_data.formats import EXPANDED_JSON_LD, JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE
from linked_data.linked import LinkedData
from tests.linked_data.test_documents import inlined

CLIENTS = Path(__file__).resolve().parents[1] / "clients"
RECORDS = (
    ("organization", "jade-university"),
    ("alliance", "orchid-alliance"),
    ("figure", "f-l00001"),
    ("concept", "membership_role"),
    ("source", "jade-history"),
)

pytestmark = [
    pytest.mark.needs("node", "nodejs"),
    pytest.mark.skipif(
        not (CLIENTS / "node_modules" / "n3").is_dir(), reason="n3 and jsonld are missing; run npm ci in tests/clients"
    ),
]


def canonical(documents: list[dict[str, str]]) -> list[str]:
    done = subprocess.run(
        ["node", str(CLIENTS / "canonize.mjs")],
        input=json.dumps(documents).encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: list[str] = json.loads(done.stdout)
    return found


def test_all_formats_are_the_same_graph_to_them(linked: LinkedData, connection: apsw.Connection) -> None:
    formats = (N_TRIPLES, TURTLE, JSON_LD, EXPANDED_JSON_LD, N_QUADS, TRIG)
    documents = []
    for type_, id_ in RECORDS:
        for format_ in formats:
            body = linked.document(connection, type_, id_, format_)
            assert body is not None
            body = inlined(linked, body) if format_ is JSON_LD else body
            documents.append({"format": format_.media_type, "body": body.decode()})
    found = canonical(documents)
    for place, record in enumerate(RECORDS):
        plain, turtle, compacted, expanded, quads, trig = found[place * len(formats) : (place + 1) * len(formats)]
        assert plain.count("\n") > 3, record
        assert turtle == plain, record
        assert compacted == plain, record
        assert expanded == plain, record
        assert quads == trig, record
        assert set(plain.splitlines()) <= set(quads.splitlines()), record


def test_lines_of_the_dump_are_documents_to_them(release: Release, linked: LinkedData) -> None:
    context = json.loads(linked.context.document)["@context"]
    with gzip.open(release.path / LINES_FILE.name, "rt", encoding="utf-8") as lines:
        some = [json.loads(line) for line in islice(lines, 0, None, 20)]
    documents = [
        {"format": JSON_LD.media_type, "body": json.dumps({**document, "@context": context})} for document in some
    ]
    assert all(canonical(documents))


def test_a_planted_error_is_caught(linked: LinkedData, connection: apsw.Connection) -> None:
    body = (linked.document(connection, "figure", "f-l00001", TURTLE) or b"").decode()
    other = body.replace('"2016-11', '"2016-12', 1)
    assert other != body
    one, changed = canonical([{"format": TURTLE.media_type, "body": text} for text in (body, other)])
    assert one != changed
