"""Claims, choices, pins, redirects, loads, files and state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=key, nullable=null)


def upgrade() -> None:
    op.create_table(
        "claim",
        *(_text(name, key=True) for name in ("type", "record", "column", "id", "origin", "file")),
        sa.Column("line", sa.Integer, primary_key=True, nullable=False),
        sa.Column("position", sa.Integer, primary_key=True, nullable=False),
        *(_text(name) for name in ("value", "source", "locator", "evidence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "choice",
        *(_text(name, key=True) for name in ("type", "record", "column", "claim")),
        *(_text(name) for name in ("value", "reason")),
        *(_text(name, null=True) for name in ("earliest", "latest")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pin",
        _text("origin", key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        *(_text(name) for name in ("type", "record", "column", "value", "reason")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "redirect",
        *(_text(name, key=True) for name in ("origin", "type", "record")),
        _text("target"),
        sa.Column("line", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "load",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        *(_text(name) for name in ("origin", "finished", "summary")),
    )
    op.create_table(
        "file",
        *(_text(name, key=True) for name in ("origin", "name")),
        _text("content", null=True),
        sqlite_with_rowid=False,
    )
    op.create_table("state", _text("key", key=True), _text("value"), sqlite_with_rowid=False)


def downgrade() -> None:
    for name in ("state", "file", "load", "redirect", "pin", "choice", "claim"):
        op.drop_table(name)
