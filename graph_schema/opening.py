"""From a release to an engine that answers questions about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing

from datasets.query.plan import SQLITE, Planner
from datasets.query.run import Database
from datasets.release.ddl import quote
from datasets.release.files import DELTA
from datasets.release.open import Release
from graph_schema.compile import refuse_unserved
from graph_schema.engine import Engine
from graph_schema.known import Json, KnownDocuments
from graph_schema.limits import Limits
from graph_schema.schema import build
from graph_schema.scope import Scope
from graph_schema.vocabulary import read_vocabularies


def open_engine(release: Release, limits: Limits | None = None) -> Engine:
    """The engine of a release. Close its `database` at the end. Takes a good part of a second."""
    with closing(release.connect()) as connection:
        vocabularies = read_vocabularies(connection, release.shapes)
        counts: list[Mapping[str, Json]] = []
        for entity in release.shapes.entities:
            number = connection.execute(f"SELECT count(*) FROM {quote(entity.plural)}").get
            counts.append({"type": entity.name, "records": number if isinstance(number, int) else 0})
    built = build(Scope(release.shapes, vocabularies, release.base_iri))
    refuse_unserved(built)
    chosen = limits or Limits()
    database = Database(release.database, largest=chosen.response_bytes)
    planner = Planner(release.shapes, SQLITE, database.statistics())
    return Engine(built, planner, database, known_documents(release, counts), chosen)


def known_documents(release: Release, counts: Sequence[Mapping[str, Json]]) -> KnownDocuments:
    """What is known beside the records: this release, the chain that led to it, and its changes."""
    own: dict[str, Json] = {
        "id": release.id,
        "date": release.date,
        "title": release.title,
        "licence": release.licence,
        "baseIri": release.base_iri,
        "counts": counts,
    }
    return KnownDocuments(own, (own,), _changes(release))


def _changes(release: Release) -> Sequence[Mapping[str, Json]]:
    path = release.path / DELTA
    if not path.is_file():
        return ()
    content = json.loads(path.read_bytes())
    return [
        {"kind": change["op"], "type": change["type"], "id": change["id"], "release": release.id, "date": release.date}
        for change in content.get("changes", ())
    ]
