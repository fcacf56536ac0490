"""The SQLite file of a release under construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import apsw

from datasets.canonical.read import CLAIMS
from datasets.release import layout
from datasets.release.ddl import (
    APPLICATION_ID,
    CREATE_SEARCH_INDEX,
    FILL_SEARCH_INDEX,
    FORMAT,
    PAGE_SIZE,
    create_indexes,
    create_table,
)
from datasets.release.errors import Violation
from datasets.release.fill import fill_labels, fill_small, fill_tables, staged
from datasets.release.identity import Redirect
from datasets.release.open import connect
from datasets.release.staging import SCHEMA, Staging
from datasets.shapes import Shapes

_CACHE_KILOBYTES = {"main": 64 * 1024, SCHEMA: 16 * 1024}
"""What is kept in memory of each file. That of `main` is also how much is sorted at a time, whatever the size."""


class Database:
    """Takes records into staging tables, and makes the release's tables of them when all is found right.

    Nothing is journalled and nothing synced: a failed database is thrown away, a finished one synced once as a file.
    """

    def __init__(self, path: Path, shapes: Shapes) -> None:
        self._path = path
        self._staging_path = path.with_name("staging.sqlite")
        self._shapes = shapes
        self.connection = apsw.Connection(str(path))
        with ExitStack() as opened:
            opened.callback(self.close)
            self._prepare()
            self.staging = Staging(self.connection, shapes)
            opened.pop_all()

    def _prepare(self) -> None:
        self._execute(f"PRAGMA page_size = {PAGE_SIZE}; PRAGMA foreign_keys = OFF")
        self.connection.execute(f"ATTACH ? AS {SCHEMA}", (str(self._staging_path),))
        for schema, kilobytes in _CACHE_KILOBYTES.items():
            self._execute(
                f"PRAGMA {schema}.journal_mode = OFF; PRAGMA {schema}.synchronous = OFF; "
                f"PRAGMA {schema}.cache_size = -{kilobytes}; PRAGMA {schema}.locking_mode = EXCLUSIVE"
            )
        self._execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; BEGIN")

    def _execute(self, sql: str) -> None:
        for _ in self.connection.execute(sql):
            pass

    def dangling(self, redirects: list[Redirect]) -> list[Violation]:
        """The redirects whose former id is a record still, or whose target is none."""
        tables = {entity.name: entity.plural for entity in self._shapes.entities if entity.name != CLAIMS}
        found: list[Violation] = []
        for kind, former, target in redirects:
            if kind not in tables:
                found.append(Violation("redirect", "redirects", former, "type", kind, "no such type of record"))
                continue
            if self._lives(tables[kind], former):
                message = f"the {kind} has a redirect but is a record still; remove one of them"
                found.append(Violation("redirect", "redirects", former, "id", former, message))
            if target and not self._lives(tables[kind], target):
                message = f"the former {kind} leads to no record; name one, or none when it is withdrawn"
                found.append(Violation("redirect", "redirects", former, "target", target, message))
        return found

    def _lives(self, table: str, identifier: str) -> bool:
        return bool(self.connection.execute(f"SELECT 1 FROM {staged(table)} WHERE id = ?", (identifier,)).get)

    def complete(
        self, redirects: list[Redirect], facts: dict[str, str], step: Callable[[str, int, int | None], None]
    ) -> None:
        """Make and fill all tables and indexes. Links are sound by now: the constraints have asked for each."""
        shapes = self._shapes
        step("tables", 0, None)
        fill_labels(self.connection, shapes)
        tables = layout.tables(shapes)
        for table in tables:
            self._execute(create_table(table))
        fill_tables(self.connection, shapes, facts["date"], step)
        fill_small(self.connection, shapes, redirects, facts)
        self._execute(CREATE_SEARCH_INDEX)
        statements = [sql for table in tables for sql in create_indexes(table)]
        statements += FILL_SEARCH_INDEX
        for done, statement in enumerate(statements):
            step("indexes", done, len(statements))
            self._execute(statement)
        step("indexes", len(statements), len(statements))
        self._execute("COMMIT")
        self._execute("ANALYZE main")
        self.close()
        self._staging_path.unlink()

    @contextmanager
    def reader(self) -> Iterator[apsw.Connection]:
        """A read-only connection to the finished database."""
        with closing(connect(self._path)) as connection:
            yield connection

    def close(self) -> None:
        """Close the database, finished or not."""
        self.connection.close(force=True)
