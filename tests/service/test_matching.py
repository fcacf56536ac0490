"""The command `match`: which columns it takes, what it writes, and what it says of bad files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from datasets.release.open import Release
from service.cli import alliances
from service.errors import OperationError
from service.matching import Wish, match, read
from tests.linked_data.conftest import published_world


@pytest.fixture(scope="module")
def release(world: Path) -> Iterator[Release]:
    with published_world(world) as found:
        yield found


def _written(release: Release, file: Path, wish: Wish) -> tuple[list[dict[str, str]], str]:
    stream, steps = io.StringIO(), []
    outcome = match(release, file, wish, stream, lambda step, done, total: steps.append((step, done, total)))
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert len(steps) == outcome.rows
    return rows, str(outcome)


def test_columns_are_found_by_their_headers(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("\ufeffnr;University name;Country\n1;Jade Univ.;China\n\n2;Nobody;\n3;Jade University;France\n")
    rows, said = _written(release, file, Wish())
    assert [row["nr"] for row in rows] == ["1", "2", "3"]
    assert [row["match"] for row in rows] == ["yes", "", "no"]
    assert rows[0]["match_id"] == "organization/jade-university"
    assert rows[0]["match_label"] == "Jade University"
    assert float(rows[0]["match_score"]) > 90
    assert "country agrees: China" in rows[0]["match_reasons"]
    assert "3 rows (names in 'University name', country in 'Country'): 1 matched, 1 with candidates" in said


def test_several_candidates_stand_in_rows_of_their_own(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("x,y\n5,Jade\n")
    rows, _ = _written(release, file, Wish(column="Y", limit=3, types=("organization",)))
    assert len(rows) > 1
    assert [row["match_rank"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert {row["x"] for row in rows} == {"5"}


def test_a_column_with_words_is_taken_where_no_header_tells(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "mine.tsv"
    file.write_text("a\tb\n12345\tJade University\n")
    rows, _ = _written(release, file, Wish())
    assert rows[0]["match"] == "yes"


@pytest.mark.parametrize(
    ("content", "wish", "message"),
    [
        (b"", Wish(), ":1: no header"),
        (b"a,b\n1\n", Wish(), ":2: 1 cells under 2 columns"),
        (b"name\nx\n\xff\n", Wish(), ":3: not UTF-8"),
        (b'name,b\n"x\n', Wish(), "not CSV"),
        (b"name,match_id\nx,y\n", Wish(), ":1: the column 'match_id'"),
        (b"name\nx\n", Wish(column="title"), ":1: there is no column 'title'; there are name"),
        (b"name\nx\n", Wish(country_column="land"), ":1: there is no column 'land'"),
        (b"name\nx\n", Wish(types=("planet",)), "there is no type 'planet'"),
        (b"a,b\n1,2\n", Wish(), ":1: no column looks like names"),
        (b"Jade University,CN\nPalm University,SG\n", Wish(), ":1: 'Jade University' is a name, not the header"),
        ("name\n大学\n".encode("utf-16"), Wish(), ":1: not UTF-8"),
        ("name\nUniversität\n".encode("latin-1"), Wish(), ":2: not UTF-8"),
        (b"name\nx\n" + b"y" * 1001 + b"\n", Wish(), ":3: a name has at most 1000"),
    ],
)
def test_bad_files(release: Release, tmp_path: Path, content: bytes, wish: Wish, message: str) -> None:
    file, written = tmp_path / "bad.csv", io.StringIO()
    file.write_bytes(content)
    with pytest.raises(OperationError) as caught:
        match(release, file, wish, written, lambda *_: None)
    assert message in str(caught.value)
    assert not written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "name,country\nJade University,CN\n",
        "\ufeffname,country\nJade University,CN\n",
        "name;country\r\nJade University;China\r\n",
        "country\tname\nCN\tJade University\n",
        '"name"|"country"\n"Jade University"|"CN"',
    ],
)
def test_files_as_people_have_them(release: Release, tmp_path: Path, content: str) -> None:
    file, written = tmp_path / "mine.csv", io.StringIO()
    file.write_text(content, encoding="utf-8", newline="")
    outcome = match(release, file, Wish(), written, lambda *_: None)
    assert (outcome.rows, outcome.matched, outcome.country) == (1, 1, "country")


def test_lines_are_counted_through_quoted_cells(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text('name,b\n"two\nlines",1\nx,2\n')
    assert [line for line, _ in read(file).rows] == [3, 4]


def test_the_command(release: Release, tmp_path: Path) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "out.csv"
    file.write_text("name\nJade University\n")
    arguments = ["match", str(file), "--releases", str(release.path.parent)]
    done = CliRunner().invoke(alliances, [*arguments, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "organization/jade-university" in out.read_text()
    done = CliRunner().invoke(alliances, arguments)
    assert "organization/jade-university" in done.stdout
    assert CliRunner().invoke(alliances, ["match", str(tmp_path / "none.csv"), *arguments[2:]]).exit_code == 2
