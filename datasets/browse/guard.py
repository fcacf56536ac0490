"""A fence around SQLite connections that readers' words reach: what a statement may read, call and build.

SQLite's time limits cannot interrupt one long function call, and SQLite counts neither its own results nor file paths
as secrets. So only functions are called that are known to be harmless, values are capped so that no single call lasts
long, and nothing but reading the release is allowed. Both modules for SQLite number their actions and limits alike.
"""

from __future__ import annotations

import sqlite3

FUNCTIONS = frozenset(
    """
    -> ->> abs acos asin atan atan2 avg bm25 ceil ceiling changes char coalesce concat concat_ws cos count cume_dist
    current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor glob
    group_concat highlight ifnull iif instr json json_array json_array_length json_each json_extract json_group_array
    json_group_object json_object json_quote json_tree json_type json_valid julianday lag last_value lead length like
    ln log log10 log2 lower ltrim match max median min mod nth_value ntile nullif octet_length percent_rank pi pow
    power quote radians random rank regexp replace round row_number rtrim sign sin snippet sqlite_version sqrt strftime
    string_agg substr substring sum tan time timediff total trim trunc typeof unicode unixepoch upper
    """.split()  # noqa: SIM905 (one word a line would fill two pages)
)
"""The functions that a statement may call. Those that build values of any size, read files or return pointers are
none of them: hex, zeroblob, randomblob, printf, format, readfile, load_extension, fts3_tokenizer."""

PRAGMAS = frozenset(
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
"""What Datasette and FTS5 ask of their connections."""
OWN_PRAGMAS = frozenset({"data_version", "foreign_key_list", "index_info", "index_list", "table_info", "table_xinfo"})
"""What readers may ask in statements of their own: none tells where a file stands."""

MOST_BYTES = 100_000
"""Of one value: a search or a trim within so much ends in a moment, within a megabyte it takes seconds."""
MOST_PATTERN = 500
"""Bytes of a pattern of LIKE or GLOB."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 30,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 2,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: MOST_PATTERN,
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_BYTES,
}
"""By the number of the limit. Attached databases are counted, but none can be attached by a statement."""

_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION})


def fence(connection: sqlite3.Connection) -> None:
    """Put the fence around a connection of Datasette to a release."""
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    connection.set_authorizer(authorize)


def authorize(action: int, first: str | None, second: str | None, _database: str | None, _view: str | None) -> int:
    """What SQLite asks before each thing that a statement of Datasette does: whether that may be done."""
    return _judged(action, first, second, PRAGMAS)


def authorize_own(action: int, first: str | None, second: str | None, _database: str | None, _view: str | None) -> int:
    """The same for a statement of a reader: less may be asked, and no transaction begun."""
    if action == sqlite3.SQLITE_TRANSACTION:
        return sqlite3.SQLITE_DENY
    return _judged(action, first, second, OWN_PRAGMAS)


def _judged(action: int, first: str | None, second: str | None, pragmas: frozenset[str]) -> int:
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        hidden = (first or "").lower().startswith("pragma_")
        return sqlite3.SQLITE_DENY if hidden else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK if (second or "").lower() in FUNCTIONS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in pragmas else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK  # what SQLite asks when FTS5 declares its table; the file itself is read-only
    return sqlite3.SQLITE_DENY
