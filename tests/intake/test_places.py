"""Where a cell begins, whatever stands in it: compared with what `csv` reads from that place on."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.intake.sheet import Places, rows

CELLS = st.text(st.sampled_from('ab," \n|é漢'), max_size=6)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans())
def test_the_cell_is_read_again_from_its_place(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], ends: str, quoting: int, last: bool
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ends, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    written = text.getvalue() if last else text.getvalue().removesuffix(ends)
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(written.encode())
    lines = list(io.StringIO(written, newline=""))
    places = Places(path)
    for start, cells in rows(path):
        for at, cell in enumerate(cells):
            line, column = places.of(start, at)
            rest = "".join([lines[line - 1][column - 1 :], *lines[line:]])
            assert next(csv.reader(io.StringIO(rest, newline="")), [""])[:1] in ([cell], [] if not cell else [cell])


def test_rows_know_where_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('a,b\n\n1,"x\ny"\n\n\n2,z\n', encoding="utf-8")
    assert list(rows(path)) == [(1, ["a", "b"]), (3, ["1", "x\ny"]), (7, ["2", "z"])]


def test_the_end_of_a_row_that_has_no_such_cell(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n1,2\n", encoding="utf-8")
    assert Places(path).of(2, 2) == (2, 4)
