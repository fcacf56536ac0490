"""Answers as Excel workbooks: the rows on one sheet, what they are on another."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook

from service.problems import Problem
from service.rows import Cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "About this file"
MOST_ROWS = 1_048_575
"""Rows that a sheet has room for, below its heading."""
_WIDEST = 60


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Cell]], about: Mapping[str, str], day: str) -> bytes:
    """A workbook as of a day: numbers as numbers, all else as text, so that no id or date is taken for something else.

    Raises Problem 413 for more rows than a sheet has room for.
    """
    if len(rows) > MOST_ROWS:
        raise Problem(413, f"{len(rows):,} rows do not fit on a sheet, which holds {MOST_ROWS:,}; take the CSV file.")
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"title": about.get("title", ""), "created": datetime.fromisoformat(day).replace(tzinfo=UTC)})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    data = book.add_worksheet("Data")
    for place, column in enumerate(columns):
        data.write_string(0, place, column, bold)
        longest = max((len(str(row[place])) for row in rows[:500] if row[place] is not None), default=0)
        data.set_column(place, place, min(_WIDEST, max(len(column), longest) + 2))
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                data.write_number(line, place, value)
            elif value is not None:
                data.write_string(line, place, value)
    data.freeze_panes(1, 0)
    if columns:
        data.autofilter(0, 0, len(rows), len(columns) - 1)
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for line, (name, text) in enumerate(about.items()):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, text, wrap)
    book.close()
    return stream.getvalue()
