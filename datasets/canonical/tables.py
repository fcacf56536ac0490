"""The tables of the canonical database: claims and what is decided about them, whatever the entities.

A column of an entity needs no migration, since it is a value here. Whoever changes a table here adds a file to
`migrations/versions/` that does the same to a database in use, and names it in `REVISION`. Text sorts by code point in
every database (`COLLATE "C"` in PostgreSQL).
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

REVISION = "0001"
"""The schema version that this code reads and writes: the newest migration."""

metadata = MetaData()

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _text(name: str, doc: str, *, key: bool = False, null: bool = False) -> Column[str]:
    return Column(name, _TEXT, primary_key=key, nullable=null, doc=doc)


claim = Table(
    "claim",
    metadata,
    _text("type", "Entity of the record.", key=True),
    _text("record", "Id of the record.", key=True),
    _text("column", "Column, or set of compound values.", key=True),
    _text("id", "Id of the claim: `c-` and 16 hex digits.", key=True),
    _text("origin", "Who loaded it: `facts`, or the name of an importer.", key=True),
    _text("file", "File that it was read from.", key=True),
    Column("line", Integer, primary_key=True, nullable=False, doc="Line of that file."),
    Column("position", Integer, primary_key=True, nullable=False, doc="Place of the source in its cell."),
    _text("value", "The value as stored."),
    _text("source", "Id of the source; empty where the editors speak."),
    _text("locator", "Where in the source."),
    _text("evidence", "value, record or editorial."),
    sqlite_with_rowid=False,
)
"""What each source says: one row per place that says it; places with one id are one claim."""

choice = Table(
    "choice",
    metadata,
    _text("type", "Entity of the record.", key=True),
    _text("record", "Id of the record.", key=True),
    _text("column", "Column, or set of compound values.", key=True),
    _text("claim", "Id of the claim that stands for the value.", key=True),
    _text("value", "The chosen value, or one value of a set."),
    _text("reason", "The step of the rule that decided."),
    _text("earliest", "First day that a date can mean; empty for other kinds.", null=True),
    _text("latest", "Last day that a date can mean; empty for other kinds.", null=True),
    sqlite_with_rowid=False,
)
"""The chosen values, with the reason."""

pin = Table(
    "pin",
    metadata,
    _text("origin", "Who loaded it.", key=True),
    Column("line", Integer, primary_key=True, autoincrement=False, doc="Line of the pins' file."),
    _text("type", "Entity of the record."),
    _text("record", "Id of the record."),
    _text("column", "Column, or set."),
    _text("value", "The value that is chosen; of a set, the value that is left out."),
    _text("reason", "Why, in words."),
    sqlite_with_rowid=False,
)
"""Decisions of the editors, which override the rule."""

redirect = Table(
    "redirect",
    metadata,
    _text("origin", "Who loaded it.", key=True),
    _text("type", "Entity of the former id.", key=True),
    _text("record", "The former id.", key=True),
    _text("target", "The id that took its place; empty when the record is withdrawn."),
    Column("line", Integer, nullable=False, doc="Line of the redirects' file."),
    sqlite_with_rowid=False,
)
"""Former ids and where they lead."""

load = Table(
    "load",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, doc="Loads in order."),
    _text("origin", "Who loaded."),
    _text("finished", "When, UTC, ISO 8601."),
    _text("summary", "What changed, as JSON."),
)
"""Every load that changed something."""

file = Table(
    "file",
    metadata,
    _text("origin", "Who loaded it.", key=True),
    _text("name", "Name of the file.", key=True),
    _text("content", "The text of a file that makes no claims, such as release.toml; empty for others.", null=True),
    sqlite_with_rowid=False,
)
"""The files whose content the database holds, those without a row too."""

state = Table(
    "state",
    metadata,
    _text("key", "What.", key=True),
    _text("value", "Its value."),
    sqlite_with_rowid=False,
)
"""What the choices and views were made with: `shapes` (a hash), `views` (their names, JSON)."""
