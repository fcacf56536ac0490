"""What can go wrong with the canonical database: one line each that says where, what and how to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, exc


class CanonicalError(Exception):
    """The canonical database could not do what was asked; it is as it was before. The text is for people."""


class UnusableDatabase(CanonicalError):
    """The address does not lead to a canonical database that this program can use."""


class NewerSchema(UnusableDatabase):
    """The database was written by a newer version of this program."""


class Busy(CanonicalError):
    """Another load holds the database."""


class DiskFull(CanonicalError):
    """There is no room to write."""


class UnusableFacts(CanonicalError):
    """The facts contradict the database, or themselves, in a way that would lose or invent something."""


class UnusableFolder(CanonicalError):
    """The facts cannot be written to the folder."""


class UnknownRecord(CanonicalError):
    """No record, past or present, has the address that was asked for."""


_SQLITE = {
    sqlite3.SQLITE_BUSY: (Busy, "another load is running on {where}; wait for it to end, then try again"),
    sqlite3.SQLITE_LOCKED: (Busy, "another load is running on {where}; wait for it to end, then try again"),
    sqlite3.SQLITE_FULL: (
        DiskFull,
        "no room left on the disk of {where} or of the temporary folder: free some (nothing was changed)",
    ),
    sqlite3.SQLITE_NOTADB: (UnusableDatabase, "{where} is not an SQLite database; give another path"),
    sqlite3.SQLITE_CORRUPT: (
        UnusableDatabase,
        "{where} is a damaged SQLite database; restore a copy, or delete the file and load the facts again",
    ),
    sqlite3.SQLITE_READONLY: (UnusableDatabase, "{where} may not be written; change its owner or permissions"),
    sqlite3.SQLITE_PERM: (UnusableDatabase, "{where} may not be written; change its owner or permissions"),
    sqlite3.SQLITE_CANTOPEN: (
        UnusableDatabase,
        "{where} cannot be opened or created; check that its folder exists and may be written",
    ),
    sqlite3.SQLITE_IOERR: (
        UnusableDatabase,
        "the disk of {where} failed to read or write, or is full; nothing was changed; check it, then try again",
    ),
}
_POSTGRESQL = {
    "53100": (DiskFull, "no room left on the server of {where}: free some (nothing was changed)"),
    "55P03": (Busy, "another load is running on {where}; wait for it to end, then try again"),
    "40001": (Busy, "another load changed {where} at the same time; try again"),
    "40P01": (Busy, "another load changed {where} at the same time; try again"),
    "25006": (UnusableDatabase, "{where} is read-only; give the address of the primary server"),
    "42501": (UnusableDatabase, "the user of {where} may not do this: {detail}; grant it, or give another user"),
    "2BP01": (UnusableDatabase, "views of yours in {where} use ours, which must change: {detail}; drop yours first"),
}


@contextmanager
def plain_errors(url: URL) -> Iterator[None]:
    """Turn what a driver raises for reasons outside this program into a CanonicalError that says how to mend it."""
    try:
        yield
    except (exc.DBAPIError, psycopg.Error, sqlite3.Error) as error:  # what is done in bulk speaks to the driver itself
        found = _translate(error.orig if isinstance(error, exc.DBAPIError) else error, _where(url))
        if found is None:
            raise
        raise found from error


def _translate(original: BaseException | None, where: str) -> CanonicalError | None:
    detail = " ".join(str(original).split())
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in _SQLITE:
            return None
        kind, text = _SQLITE[code]
        return kind(text.format(where=where, detail=detail))
    if isinstance(original, psycopg.DataError) and "NUL" in detail:
        return UnusableFacts("a value holds the character NUL, which PostgreSQL cannot keep; `check` says where")
    state = getattr(original, "sqlstate", None)
    if state in _POSTGRESQL:
        kind, text = _POSTGRESQL[state]
        return kind(text.format(where=where, detail=detail))
    lost = isinstance(original, psycopg.OperationalError) and state is None
    if lost or (state is not None and state.startswith(("08", "57P", "28", "3D", "53"))):
        return UnusableDatabase(f"{where} cannot be reached: {detail}; check the address and that the server runs")
    return None


def _where(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)
