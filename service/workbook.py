"""Answers as Excel workbooks: the rows on one sheet, what they are on another."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO

from xlsxwriter import Workbook

from service.problems import Problem
from service.rows import Cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "About this file"
MOST_ROWS = 1_048_575
"""Rows that a sheet has room for, below its heading."""
_WIDEST = 60
_MEASURED = 500
"""Rows by which the width of the columns is measured."""


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Cell]], about: Mapping[str, str], day: str) -> bytes:
    """A workbook as of a day: numbers as numbers, all else as text, so that no id or date is taken for something else.

    Raises Problem 413 for more rows than a sheet has room for.
    """
    stream = io.BytesIO()
    write_workbook(stream, columns, rows, about, day)
    return stream.getvalue()


def write_workbook(
    stream: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Cell]], about: Mapping[str, str], day: str
) -> None:
    """The same, written to a stream while the rows come in; they wait on the disk, not in memory."""
    book = Workbook(stream, {"constant_memory": True})
    book.set_properties({"title": about.get("title", ""), "created": datetime.fromisoformat(day).replace(tzinfo=UTC)})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    data = book.add_worksheet("Data")
    data.freeze_panes(1, 0)
    widths = [len(column) for column in columns]
    for place, column in enumerate(columns):
        data.write_string(0, place, column, bold)
    line = 0
    for line, row in enumerate(rows, 1):
        if line > MOST_ROWS:
            raise Problem(413, f"The rows do not fit on a sheet, which holds {MOST_ROWS:,}; take the CSV file.")
        for place, value in enumerate(row):
            if isinstance(value, int | float):
                data.write_number(line, place, value)
            elif value is not None:
                data.write_string(line, place, value)
            if line <= _MEASURED and value is not None:
                widths[place] = max(widths[place], len(str(value)))
    for place, width in enumerate(widths):
        data.set_column(place, place, min(_WIDEST, width + 2))
    if columns:
        data.autofilter(0, 0, line, len(columns) - 1)
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for place, (name, text) in enumerate(about.items()):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, text, wrap)
    book.close()
