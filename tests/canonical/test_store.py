"""Opening the canonical database, and the one clear line where it cannot be opened."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from datasets.canonical import store
from datasets.canonical.errors import NewerSchema, UnusableDatabase
from datasets.canonical.store import open_database
from datasets.canonical.tables import REVISION, metadata

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrations_make_the_tables_that_the_code_reads(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == REVISION
    assert ScriptDirectory(str(store._MIGRATIONS)).get_current_head() == REVISION


def test_the_first_migration_can_be_taken_back(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(store._MIGRATIONS))
    with store.writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_an_open_database_opens_again(url: str) -> None:
    for _ in range(2):
        opened = open_database(url)
        assert {"claim", "choice", "pin", "redirect", "load"} <= set(inspect(opened).get_table_names())
        opened.dispose()


def test_many_open_a_new_database_at_once(url: str) -> None:
    failures: list[BaseException] = []
    together = threading.Barrier(6)

    def open_it() -> None:
        together.wait()
        try:
            open_database(url).dispose()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_sqlite_is_set_up_for_readers_beside_a_load(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000


def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.sqlite'}").dispose()
    assert (tmp_path / "a" / "b" / "c.sqlite").exists()


def test_a_newer_schema_is_refused(url: str) -> None:
    opened = open_database(url)
    with opened.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.dispose()
    with pytest.raises(
        NewerSchema, match=r"schema version 9999, this program knows versions up to 0001: use the newer"
    ):
        open_database(url)


def test_the_database_of_another_program_is_refused_and_left_alone(url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "canonical.sqlite") as other:
            other.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
        other.close()
        before = (tmp_path / "canonical.sqlite").read_bytes()
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    with pytest.raises(UnusableDatabase, match=r"the database of another program .it has the tables recipes.; give"):
        open_database(url)
    if url.startswith("sqlite"):
        assert (tmp_path / "canonical.sqlite").read_bytes() == before


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    open_database(f"sqlite:///{tmp_path / 'new.sqlite'}").dispose()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("canonical.sqlite", "is not the address of a database; write sqlite:///path/to/file or postgresql://"),
        ("mysql://localhost/alliances", "'mysql' databases are not supported; write sqlite:/// or postgresql://"),
        ("sqlite://", "would be lost at once; write sqlite:///path/to/file"),
        ("sqlite:///{folder}", "is a folder; give the path of a file in it"),
        ("sqlite:///{folder}/notes.txt", "notes.txt is not an SQLite database; give another path"),
        ("sqlite:///{folder}/notes.txt/canonical.sqlite", "notes.txt cannot be made a folder"),
        (
            "sqlite:////proc/canonical.sqlite",
            "/proc/canonical.sqlite cannot be opened or created; check that its folder",
        ),
        (
            "postgresql://nobody:secret@127.0.0.1:9/alliances",
            "cannot be reached: .*check the address and that the server",
        ),
    ],
)
def test_what_cannot_be_opened_says_why_in_one_line(tmp_path: Path, address: str, message: str) -> None:
    (tmp_path / "notes.txt").write_text("The canonical database is described elsewhere. " * 100)
    with pytest.raises(UnusableDatabase, match=message) as caught:
        open_database(address.replace("{folder}", str(tmp_path)))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_database_or_a_wrong_user_is_told(server: str) -> None:
    with pytest.raises(UnusableDatabase, match='database "nowhere" does not exist'):
        open_database(server.replace("/postgres?", "/nowhere?"))
    with pytest.raises(UnusableDatabase, match='role "nobody" does not exist'):
        open_database(server.replace("postgres:@", "nobody:@"))


def test_a_database_that_cannot_hold_every_name_is_refused(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(UnusableDatabase, match=r"narrow is encoded in LATIN1.*createdb --encoding=UTF8"):
                open_database(server.replace("/postgres?", "/narrow?"))
        finally:
            connection.execute("DROP DATABASE narrow WITH (FORCE)")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite"
    open_database(f"sqlite:///{path}").dispose()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(UnusableDatabase, match=r"damaged\.sqlite is a damaged SQLite database; restore a copy"):
        open_database(f"sqlite:///{path}")
