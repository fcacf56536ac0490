"""What several tests of the canonical database need: folders made in a line, and all that a database holds."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from sqlalchemy import select

from datasets.canonical.tables import metadata
from datasets.intake.sheet import sheets
from datasets.shapes import SHAPES, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

Row = dict[str, str]


def write(folder: Path, files: Mapping[str, Iterable[Row]], shapes: Shapes = SHAPES) -> Path:
    """A folder with these rows by file name; headers that a row leaves out are empty cells."""
    folder.mkdir(parents=True, exist_ok=True)
    headers = {sheet.file: sheet.headers for sheet in sheets(shapes)}
    headers |= {"redirects.csv": ("type", "id", "target"), "pins.csv": ("type", "id", "column", "value", "reason")}
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, headers[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def source(id: str, kind: str = "official", published: str = "") -> Row:
    """A row of sources.csv."""
    return {"id": id, "url": f"https://{id}.example.org/", "title": id.title(), "kind": kind, "published": published}


def dump(engine: Engine, *, lines: bool = True, history: bool = False) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the tables that stay, sorted; without `lines` regardless of where claims stand in their files."""
    left_out = set() if lines else {"line", "position"}
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name == "load" and not history:
                continue
            columns = [column for column in table.c if column.name not in left_out]
            rows = [tuple(row) for row in connection.execute(select(*columns))]
            found[table.name] = sorted(set(rows), key=repr)
    return found


def chosen(engine: Engine, type: str, record: str, column: str) -> list[tuple[str, str]]:
    """The chosen values of a column with their reasons, sorted."""
    choice = metadata.tables["choice"]
    query = select(choice.c.value, choice.c.reason).where(
        choice.c.type == type, choice.c.record == record, choice.c["column"] == column
    )
    with engine.connect() as connection:
        return sorted((value, reason) for value, reason in connection.execute(query))
