"""Documents put together from pieces: the same bytes as composed from the tables, and claims composed as before."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from datasets.release.exporter import Draft
from datasets.release.files import sha256
from datasets.release.identity import Imprint
from datasets.release.open import Release
from linked_data.formats import JSON_LD, TURTLE, Format
from linked_data.laid_out import PIECES_FILE, LaidOut, Pieces
from linked_data.linked import LinkedData


@pytest.fixture(scope="module")
def composed(release: Release) -> LinkedData:
    """The same release, its documents composed from the tables."""
    return LinkedData(release.shapes, release.base_iri, release.date)


@pytest.mark.parametrize("format_", [JSON_LD, TURTLE], ids=lambda f: f.suffix)
def test_documents_are_the_same_as_composed_from_the_tables(
    release: Release, linked: LinkedData, composed: LinkedData, connection: apsw.Connection, format_: Format
) -> None:
    count = 0
    with closing(release.connect()) as other:
        for type_ in linked.types():
            plural = linked.shapes.entity(type_).plural
            ids = [str(id_) for (id_,) in connection.execute(f"SELECT id FROM {plural} ORDER BY id")]
            for id_ in ids if type_ != "claim" else ids[:10]:
                count += 1
                found = linked.document(connection, type_, id_, format_)
                assert found is not None
                assert found == composed.document(other, type_, id_, format_), (type_, id_)
    assert count > 100


def test_all_is_laid_out_but_claims_and_concepts(
    release: Release, linked: LinkedData, connection: apsw.Connection
) -> None:
    laid_out = LaidOut(connection, release.path / PIECES_FILE.name, linked.context)
    for type_ in linked.types():
        (id_,) = connection.execute(f"SELECT id FROM {linked.shapes.entity(type_).plural}").fetchone() or ("",)
        found = (laid_out.json_ld(type_, str(id_)), laid_out.turtle(type_, str(id_)))
        assert (None in found) == (type_ in ("claim", "concept")), type_
    assert laid_out.json_ld("alliance", "nothing") is None
    assert laid_out.turtle("planet", "mars") is None


def test_one_connection_serves_several(release: Release, linked: LinkedData, connection: apsw.Connection) -> None:
    again = LinkedData.of(release)
    one = linked.document(connection, "alliance", "orchid-alliance", JSON_LD)
    assert one == again.document(connection, "alliance", "orchid-alliance", JSON_LD)
    assert one == linked.document(connection, "alliance", "orchid-alliance", JSON_LD)


def test_a_release_from_before_is_served_all_the_same(release: Release, linked: LinkedData, tmp_path: Path) -> None:
    folder = tmp_path / release.id
    shutil.copytree(release.path, folder)
    (folder / PIECES_FILE.name).unlink()
    older = replace(release, path=folder, database=folder / release.database.name)
    with closing(older.connect()) as connection, closing(release.connect()) as other:
        for format_ in (JSON_LD, TURTLE):
            found = LinkedData.of(older).document(connection, "organization", "jade-university", format_)
            assert found is not None
            assert found == linked.document(other, "organization", "jade-university", format_)


def test_the_same_release_gives_the_same_bytes(release: Release, connection: apsw.Connection, tmp_path: Path) -> None:
    imprint = Imprint(date=release.date, title=release.title, licence=release.licence, base_iri=release.base_iri)
    draft = Draft(
        id=release.id,
        imprint=imprint,
        shapes=release.shapes,
        folder=tmp_path,
        database=release.database,
        connection=connection,
    )
    Pieces(tmp_path, release.shapes).finish(draft)
    assert sha256(tmp_path / PIECES_FILE.name) == sha256(release.path / PIECES_FILE.name)
