"""Opening the canonical database: an SQLite file by default, a PostgreSQL database by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from time import sleep

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, inspect, make_url, select, text
from sqlalchemy import table as named_table
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import column

from datasets.canonical.errors import NewerSchema, UnusableDatabase, plain_errors
from datasets.canonical.tables import REVISION

WAIT_SECONDS = 60.0
"""How long a load waits for another one to end before it gives up."""
_LOCK = 0x0A11
"""The advisory lock that one load at a time holds in PostgreSQL."""
_MIGRATIONS = Path(__file__).with_name("migrations")


def open_database(url: str, *, wait: float = WAIT_SECONDS) -> Engine:
    """The canonical database at `url`, created and migrated where necessary.

    `url` is `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://user@host/name`. `wait` is how many
    seconds a load waits for another. Raises UnusableDatabase, NewerSchema, Busy or DiskFull.
    """
    address = _address(url)
    with plain_errors(address):
        engine = _sqlite(address, wait) if address.get_backend_name() == "sqlite" else _postgresql(address, wait)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes, alone: another one waits, or raises Busy when the wait is over.

    Committed when the block ends, rolled back when it raises.
    """
    options = {"begin": "BEGIN IMMEDIATE"}
    with plain_errors(engine.url), engine.connect().execution_options(**options) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


@contextmanager
def reading(engine: Engine | Connection) -> Iterator[Connection]:
    """One transaction that reads a state between two loads. A connection that is given stays as it is."""
    if isinstance(engine, Connection):
        with plain_errors(engine.engine.url):
            yield engine
        return
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with plain_errors(engine.url), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except exc.ArgumentError as error:
        raise UnusableDatabase(
            f"{url!r} is not the address of a database; write sqlite:///path/to/file or postgresql://user@host/name"
        ) from error
    backend = address.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise UnusableDatabase(f"{backend!r} databases are not supported; write sqlite:/// or postgresql://")
    if not address.database or address.database == ":memory:":
        raise UnusableDatabase("a canonical database in memory would be lost at once; write sqlite:///path/to/file")
    return address.set(drivername="sqlite+pysqlite")


def _sqlite(address: URL, wait: float) -> Engine:
    path = Path(str(address.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableDatabase(
            f"{path.parent} cannot be made a folder ({error.strerror}); give another path, or make it writable"
        ) from error
    if path.is_dir():
        raise UnusableDatabase(f"{path} is a folder; give the path of a file in it")
    engine = create_engine(address, connect_args={"timeout": wait, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.close()

    # The driver would begin only before the first INSERT, and never exclusively: transactions are begun here instead.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if statement := connection.get_execution_options().get("begin", "BEGIN"):
            connection.exec_driver_sql(statement)

    return engine


def _to_wal(engine: Engine) -> None:
    """Switch a file to write-ahead logging, so that readers and a load do not wait for each other."""
    with engine.connect().execution_options(begin="") as connection:
        for attempt in range(500):
            try:
                if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            except exc.OperationalError as error:
                # SQLite never waits here by itself: somebody else is opening the same new file.
                busy = isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode & 0xFF == SQLITE_BUSY
                if not busy or attempt == 499:
                    raise
                sleep(0.01)
            else:
                return


def _postgresql(address: URL, wait: float) -> Engine:
    milliseconds = max(1, int(wait * 1000))
    options = f"-c lock_timeout={milliseconds}"
    engine = create_engine(
        address,
        connect_args={"connect_timeout": 10, "options": options, "application_name": "open-alliances"},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone() or ("",)
        cursor.close()
        connection.rollback()
        if encoding != "UTF8":
            raise UnusableDatabase(
                f"the database {address.database} is encoded in {encoding}, which cannot hold every name; "
                "create one with: createdb --encoding=UTF8 --template=template0"
            )

    return engine


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if found != REVISION:
        _upgrade(engine, found)
    if engine.dialect.name == "sqlite":
        _to_wal(engine)


def _upgrade(engine: Engine, found: str | None) -> None:
    with writing(engine) as connection:
        if _revision(connection) == REVISION:  # somebody else was quicker
            return
        # Alembic is imported only where it has something to do: opening a current database stays fast.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            where = engine.url.render_as_string(hide_password=True)
            raise NewerSchema(
                f"{where} has schema version {found}, this program knows versions up to {REVISION}: "
                "use the newer program that wrote it, or load the facts into another database"
            ) from error


def _revision(connection: Connection) -> str | None:
    """The schema version, or None for an empty database. Raises UnusableDatabase for somebody else's."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            where = connection.engine.url.render_as_string(hide_password=True)
            raise UnusableDatabase(
                f"{where} is the database of another program (it has the tables {', '.join(sorted(tables)[:4])}); "
                "give another one"
            )
        return None
    version = named_table("alembic_version", column("version_num"))
    return connection.execute(select(version.c.version_num)).scalar()


__all__ = ["WAIT_SECONDS", "open_database", "reading", "writing"]
