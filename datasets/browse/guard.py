"""A fence around every SQLite connection that Datasette opens: what a query may read, call and build.

Datasette's time limit cannot interrupt one long function call, and SQLite counts neither its own results nor file
paths as secrets. So functions that build large values are refused, values are capped, and nothing but reading the
release is allowed. What Datasette itself needs (`PRAGMA database_list`, FTS5's own statements) stays allowed.
"""

from __future__ import annotations

import sqlite3

REFUSED_FUNCTIONS = frozenset(
    {
        "edit",
        "fts3_tokenizer",
        "fts5",
        "hex",
        "load_extension",
        "printf",
        "format",
        "randomblob",
        "readfile",
        "writefile",
        "zeroblob",
    },
)
"""Functions that build values of any size, read files or return pointers."""

ALLOWED_PRAGMAS = frozenset(
    {
        "case_sensitive_like",
        "data_version",
        "database_list",
        "foreign_key_list",
        "foreign_keys",
        "index_info",
        "index_list",
        "index_xinfo",
        "recursive_triggers",
        "schema_version",
        "table_info",
        "table_xinfo",
    },
)

MAX_VALUE_BYTES = 1_000_000
MAX_SQL_BYTES = 20_000
MAX_EXPRESSION_DEPTH = 100
MAX_COMPOUND_SELECTS = 20
MAX_COLUMNS = 200

_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION})


def fence(connection: sqlite3.Connection) -> None:
    """Put the fence around a connection to a release."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, MAX_EXPRESSION_DEPTH)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, MAX_COMPOUND_SELECTS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MAX_COLUMNS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _view: str | None) -> int:
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        return sqlite3.SQLITE_DENY if (first or "").startswith("pragma_database_list") else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in REFUSED_FUNCTIONS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in ALLOWED_PRAGMAS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK  # what SQLite asks when FTS5 declares its table; the file itself is read-only
    return sqlite3.SQLITE_DENY
