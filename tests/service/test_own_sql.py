"""Statements of a reader's own over HTTP: page, files, errors, and the setting that turns them off."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from starlette.testclient import TestClient

SQL = quote(
    "SELECT alliance, count(*) AS members FROM sheets.memberships WHERE role = :role GROUP BY 1 ORDER BY 2 DESC"
)
ASKED = f"sql={SQL}&role=Member"


def test_a_statement_is_answered_as_a_page_and_as_files(client: TestClient, ids: tuple[str, ...]) -> None:
    page = client.get(f"/browse/-/sql?{ASKED}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "CC-BY-4.0" in page.text
    assert f"/releases/{ids[-1]}/browse/-/sql?sql=" in page.text
    said = client.get(f"/browse/-/sql.json?{ASKED}").json()
    assert list(said["rows"][0]) == ["alliance", "members"]
    assert said["about"]["statement"].startswith("SELECT alliance")
    assert said["about"]["role"] == "Member"
    lines = client.get(f"/browse/-/sql.csv?{ASKED}").text.splitlines()
    assert lines[0].lstrip("\ufeff") == "alliance,members"
    assert f"# release: {ids[-1]}" in lines
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/browse/-/sql.xlsx?{ASKED}").content))
    assert book["Data"].max_row == len(said["rows"]) + 1
    for row in said["rows"][:20]:
        assert row["alliance"].replace("&", "&amp;") in page.text


def test_datasettes_own_address_for_statements_leads_there(client: TestClient) -> None:
    for suffix in ("", ".json"):
        answer = client.get(f"/browse/alliances{suffix}?sql=select+1")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/browse/-/sql{suffix}?sql=select+1"


def test_a_refusal_says_why(client: TestClient) -> None:
    page = client.get("/browse/-/sql?sql=drop+table+alliances", headers={"accept": "text/html"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "reading" in page.text
    problem = client.get("/browse/-/sql.json?sql=drop+table+alliances").json()
    assert problem["status"] == 400
    assert "reading" in problem["detail"]


def test_without_a_statement_there_is_a_form(client: TestClient) -> None:
    page = client.get("/browse/-/sql")
    assert page.status_code == 200
    assert "<textarea" in page.text
    assert 'role="alert"' not in page.text


def test_a_setting_turns_it_off(
    releases: Path, app_of: Callable[[Path], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIANCES_SQL", "no")
    with app_of(releases) as client:
        problem = client.get(f"/browse/-/sql.json?{ASKED}")
        assert problem.status_code == 403
        assert "turned off" in problem.json()["detail"]
        assert "/-/sql" not in client.get("/browse/").text
        assert client.get("/browse/sheets").status_code == 200
