"""The ready-made sheets: what they hold, that they are the same again, and that they stand outside the release."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from datasets.browse.overview_sheets import WIDEST, overview_sheets
from datasets.browse.sheet import BETWEEN, KEY, PLACE, told
from datasets.browse.sheets import FOLDER, Sheets, open_sheets
from datasets.release.layout import LAST_DAY
from datasets.release.open import Release

Row = dict[str, str | int | None]


@pytest.fixture(scope="session")
def release(published: Path) -> Release:
    return Release.current(published)


@pytest.fixture(scope="session")
def sheets(release: Release) -> Sheets:
    return open_sheets(release.database, release.shapes)


def rows(path: Path, sql: str) -> list[Row]:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def test_every_record_has_its_row_and_every_column_its_meaning(release: Release, sheets: Sheets) -> None:
    for entity in told(release.shapes):
        ids = rows(release.database, f'SELECT id FROM "{entity.plural}" ORDER BY id')
        assert rows(sheets.path, f'SELECT id FROM "{entity.plural}" ORDER BY id') == ids
    for sheet in sheets.sheets:
        columns = [row["name"] for row in rows(sheets.path, f"PRAGMA table_info('{sheet.name}')")]
        assert columns == [*(heading.name for heading in sheet.headings), PLACE]
        assert all(heading.doc.endswith(".") for heading in sheet.headings), sheet.name
        assert sheet.headings[-1].name == KEY
        assert set(sheet.facets) <= set(columns)


def test_a_membership_has_names_country_and_sources(sheets: Sheets) -> None:
    [row] = rows(sheets.path, "SELECT * FROM memberships WHERE id = 'm-f00001'")
    assert (row["alliance"], row["organization"]) == ("Ficus Ring", "Chiang Orchid University")
    assert (row["organization_city"], row["organization_country"]) == ("Chiang Mai", "Thailand")
    assert (row["role"], row["since"], row["since_year"]) == ("Founding member", "2012", 2012)
    assert len(str(row["sources"]).split(BETWEEN)) == 2
    assert (row["alliance_id"], row["organization_id"]) == ("ficus-ring", "chiang-orchid-university")


def test_an_agreement_has_its_parties_with_their_roles(sheets: Sheets) -> None:
    [row] = rows(sheets.path, "SELECT * FROM agreements WHERE id = 'delta-declaration-2013'")
    assert row["parties"] == (
        "Chiang Orchid University (signatory) | Delta Polytechnic (host) | Delta Polytechnic (signatory)"
    )
    assert row["parties_count"] == 3
    assert (row["signed"], row["signed_year"]) == ("2013-21", 2013)
    [open_year] = rows(sheets.path, "SELECT * FROM agreements WHERE id = 'lotus-statement'")
    assert (open_year["signed"], open_year["signed_year"]) == (None, None)


def test_a_year_is_said_only_where_it_is_certain(sheets: Sheets) -> None:
    dated = rows(sheets.path, "SELECT date, year, earliest, latest FROM timeline")
    assert dated
    for row in dated:
        first, last = str(row["earliest"])[:4], str(row["latest"])[:4]
        assert row["year"] == (int(first) if first == last else None)


def test_the_timeline_holds_every_date_of_something_that_happened(release: Release, sheets: Sheets) -> None:
    [counted] = rows(sheets.path, "SELECT count(*) AS n FROM timeline WHERE type = 'membership'")
    [known] = rows(release.database, "SELECT count(since) + count(until) AS n FROM memberships")
    assert counted == known
    assert rows(sheets.path, "SELECT 1 AS n FROM timeline WHERE type = 'figure'") == []


def test_countries_against_alliances_add_up(release: Release, sheets: Sheets) -> None:
    pairs = rows(sheets.path, "SELECT country_id, alliance_id, members_now FROM countries_and_alliances")
    expected = rows(
        release.database,
        "SELECT o.country AS country_id, s.alliance AS alliance_id, count(DISTINCT s.organization) AS members_now "
        f"FROM member_spans s JOIN organizations o ON o.id = s.organization WHERE s.to_latest = '{LAST_DAY}' "
        "AND o.country IS NOT NULL GROUP BY 1, 2",
    )
    found = {(row["country_id"], row["alliance_id"]): row["members_now"] for row in pairs if row["members_now"]}
    assert found == {(row["country_id"], row["alliance_id"]): row["members_now"] for row in expected}
    wide = rows(sheets.path, "SELECT * FROM countries_by_alliances")
    assert {row["id"]: row["members_in_all"] for row in wide} == {
        country: sum(int(n or 0) for (at, _), n in found.items() if at == country) for country, _ in found
    }


def test_a_wide_table_that_leaves_alliances_out_says_so(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(release.connect()) as connection:
        whole = overview_sheets(connection, release.shapes)[-1]
        monkeypatch.setattr("datasets.browse.overview_sheets.WIDEST", 2)
        cut = overview_sheets(connection, release.shapes)[-1]
    assert len(whole.headings) < WIDEST
    assert "all of them" in whole.doc
    assert len(cut.headings) == 5
    assert "the 2 with the most members of" in cut.doc
    assert "which is complete" in cut.doc


def test_the_same_release_gives_the_same_sheets_beside_it(releases: Path, release: Release, sheets: Sheets) -> None:
    folder = releases / release.id
    before = sorted(path.name for path in folder.iterdir())
    again = open_sheets(folder / release.database.name, release.shapes)
    assert again.path.parent == releases / FOLDER
    assert sorted(path.name for path in folder.iterdir()) == before
    assert hashed(again.path) == hashed(sheets.path)
    made = again.path.stat().st_mtime_ns
    assert open_sheets(folder / release.database.name, release.shapes).path.stat().st_mtime_ns == made


def test_sheets_of_releases_that_are_gone_go_too(releases: Path, ids: tuple[str, ...], release: Release) -> None:
    shutil.rmtree(releases / FOLDER, ignore_errors=True)
    old = open_sheets(releases / ids[0] / release.database.name, release.shapes).path
    shutil.rmtree(releases / ids[0])
    assert old.is_file()
    kept = open_sheets(releases / release.id / release.database.name, release.shapes).path
    assert list((releases / FOLDER).iterdir()) == [kept]


def test_a_folder_that_cannot_be_written_gets_passing_sheets(
    releases: Path, release: Release, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(releases / FOLDER, ignore_errors=True)
    (releases / FOLDER).write_text("in the way")
    found = open_sheets(releases / release.id / release.database.name, release.shapes)
    assert found.path.is_file()
    assert "made anew at each start" in caplog.text
    found.close()
    assert not found.path.exists()


def hashed(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
