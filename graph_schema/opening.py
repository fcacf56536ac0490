"""From a release to an engine that answers questions about it."""

from __future__ import annotations

from contextlib import closing

from datasets.query.plan import SQLITE, Planner
from datasets.query.run import Database
from datasets.release.chain import chain
from datasets.release.open import Release
from graph_schema.changelog import changelog
from graph_schema.compile import refuse_unserved
from graph_schema.engine import Engine
from graph_schema.limits import Limits
from graph_schema.past import known_documents
from graph_schema.schema import build
from graph_schema.scope import Scope
from graph_schema.vocabulary import read_vocabularies


def open_engine(release: Release, limits: Limits | None = None) -> Engine:
    """The engine of a release. Close its `database` at the end. Takes a good part of a second."""
    with closing(release.connect()) as connection:
        vocabularies = read_vocabularies(connection, release.shapes)
    built = build(Scope(release.shapes, vocabularies, release.base_iri))
    refuse_unserved(built)
    chosen = limits or Limits()
    database = Database(release.database, largest=chosen.response_bytes)
    planner = Planner(release.shapes, SQLITE, database.statistics())
    return Engine(
        built, planner, database, known_documents(chain(release), release.shapes), chosen, lambda: changelog(release)
    )
