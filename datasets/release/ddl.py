"""The SQL that makes the tables of a release, read off the layout.

Tables are STRICT and, but for the search entries, WITHOUT ROWID; foreign keys are declared and checked once, after
filling. The documentation of each field stands as a comment in the statement, so that `.schema` explains the file.
"""

from __future__ import annotations

from datasets.release.layout import SEARCH, SEARCH_INDEX, Field, Table

APPLICATION_ID = 0x4F416C6C
"""`OAll`: what a release file calls itself in its header (PRAGMA application_id)."""
FORMAT = 1
"""Version of the layout of a release, in the file's header (PRAGMA user_version) and in the release id. It grows when
the tables, the search index or the meaning of derived fields change, so that unchanged facts are published anew."""
PAGE_SIZE = 4096
"""Bytes of a database page: on the real facts 8192 and 16384 gave larger files and no faster look-ups."""


def quote(name: str) -> str:
    """An SQL identifier in quotes."""
    return '"' + name.replace('"', '""') + '"'


def names(fields: tuple[str, ...]) -> str:
    """Several identifiers, separated by commas."""
    return ", ".join(quote(field) for field in fields)


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table) -> str:
    """The CREATE TABLE statement of a table, with the documentation of its fields."""
    keyed = table.rowid and len(table.primary_key) == 1
    lines = [(_field(field, primary=keyed and field.name in table.primary_key), field.doc) for field in table.fields]
    if not keyed:
        lines.append((f"PRIMARY KEY ({names(table.primary_key)})", ""))
    last = len(lines) - 1
    body = "".join(
        f"  {sql}{'' if place == last else ','}{' -- ' + ' '.join(doc.split()) if doc else ''}\n"
        for place, (sql, doc) in enumerate(lines)
    )
    options = "STRICT" if table.rowid else "STRICT, WITHOUT ROWID"
    return f"CREATE TABLE {quote(table.name)} (\n{body}) {options}"


def _field(field: Field, *, primary: bool) -> str:
    sql = f"{quote(field.name)} {field.type}"
    if field.not_null:
        sql += " NOT NULL"
    if primary:
        sql += " PRIMARY KEY"
    if field.references:
        sql += f" REFERENCES {quote(field.references)} (id)"
    return sql


def create_indexes(table: Table) -> tuple[str, ...]:
    """The CREATE INDEX statements of a table."""
    return tuple(
        f"CREATE INDEX {quote('_'.join((table.name, *fields)))} ON {quote(table.name)} ({names(fields)})"
        for fields in table.indexes
    )


CREATE_SEARCH_INDEX = (
    f"CREATE VIRTUAL TABLE {quote(SEARCH_INDEX)} USING fts5(name, alias, summary, content={literal(SEARCH)}, "
    "content_rowid='entry', prefix='2 3', tokenize=\"ascii tokenchars '|'\")"
)
"""The full-text index. The entries are tokens already, folded and separated by spaces: the plain tokenizer, for which
every character outside ASCII and the stroke between two texts are letters, splits them just as `tokens` did."""
FILL_SEARCH_INDEX = (
    f"INSERT INTO {quote(SEARCH_INDEX)} ({quote(SEARCH_INDEX)}) VALUES ('rebuild')",
    f"INSERT INTO {quote(SEARCH_INDEX)} ({quote(SEARCH_INDEX)}) VALUES ('optimize')",
)
