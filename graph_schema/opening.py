"""From a release to an engine that answers questions about it."""

from __future__ import annotations

from contextlib import closing

from datasets.query.capacity import capacity
from datasets.query.plan import POSTGRES, SQLITE, Planner
from datasets.query.run import AnyDatabase, Database
from datasets.query.run_postgres import PostgresDatabase
from datasets.query.to_postgres import copy_release, schema_name
from datasets.release.chain import chain
from datasets.release.open import Release
from graph_schema.changelog import changelog
from graph_schema.compile import refuse_unserved
from graph_schema.engine import Engine
from graph_schema.limits import Limits, within
from graph_schema.past import known_documents
from graph_schema.promises import refuse_false_promises
from graph_schema.schema import build
from graph_schema.scope import Scope
from graph_schema.vocabulary import read_vocabularies


def open_engine(release: Release, limits: Limits | None = None, *, postgres: str = "") -> Engine:
    """The engine of a release. Close its `database` at the end. Takes a good part of a second.

    With `postgres`, the address of a database (`postgresql://…`), the release is copied there, if it is not there yet,
    and answered from there.
    """
    with closing(release.connect()) as connection:
        vocabularies = read_vocabularies(connection, release.shapes)
    built = build(Scope(release.shapes, vocabularies, release.base_iri))
    refuse_unserved(built)
    refuse_false_promises(built)
    chosen = limits or Limits()
    database = _database(release, chosen.response_bytes, postgres)
    planner = Planner(release.shapes, POSTGRES if postgres else SQLITE, database.statistics())
    taken = capacity(planner, database)
    known = known_documents(chain(release), release.shapes)
    return Engine(built, planner, database, known, within(chosen, taken), lambda: changelog(release), taken)


def _database(release: Release, largest: int, postgres: str) -> AnyDatabase:
    if not postgres:
        return Database(release.database, largest=largest)
    schema = schema_name(release.id)
    copy_release(release.database, release.shapes, postgres, schema)
    return PostgresDatabase(postgres, schema, largest=largest)
