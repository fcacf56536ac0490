"""Files of tables: the rows of the page with the same parameters, all of them, saying what they are."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlsplit

import openpyxl
import pytest
from starlette.testclient import TestClient

from datasets.browse.sheet import PLACE

FILTERS = (
    "",
    "?organization_country=Thailand",
    "?_search=orchid",
    "?_search=orchid&role=Member",
    "?role__not=Member&_sort_desc=since",
    "?_sort=organization&_sort_desc=",
    "?since__isnull=1&_nocol=sources",
    "?_col=alliance&_col=organization&_facet=role&_size=2",
    "?alliance__contains=o&organization__startswith=J&_sort_desc=alliance",
    "?organization_country__in=Thailand,Viet+Nam",
    "?organization=nobody",
)


def shown(client: TestClient, path: str, query: str) -> tuple[list[str], list[list[object]]]:
    """What Datasette shows with the same parameters: columns, and rows of all pages."""
    joined = f"{query}{'&' if query else '?'}_shape=arrays&_size=5&_labels=off"
    rows: list[list[object]] = []
    address: str | None = f"{path}.json{joined}".replace("_size=2&", "")
    columns: list[str] = []
    while address:
        page = client.get(address).json()
        columns = page["columns"]
        rows += page["rows"]
        following = page["next_url"]
        address = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else None
    keep = [place for place, column in enumerate(columns) if column != PLACE]
    return [columns[place] for place in keep], [[row[place] for place in keep] for row in rows]


@pytest.mark.parametrize("query", FILTERS)
def test_the_files_are_what_the_page_shows(client: TestClient, query: str) -> None:
    columns, rows = shown(client, "/browse/sheets/memberships", query)
    base = "/browse/-/export/sheets/memberships"
    lines = list(csv.reader(io.StringIO(client.get(f"{base}.csv{query}").content.decode("utf-8-sig"))))
    table = lines[: lines.index([])]
    assert table[0] == columns
    assert table[1:] == [["" if value is None else str(value) for value in row] for row in rows]
    said = client.get(f"{base}.json{query}").json()
    assert said["rows"] == [dict(zip(columns, row, strict=True)) for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}.xlsx{query}").content))
    cells = [list(row) for row in book["Data"].iter_rows(values_only=True)]
    assert cells[0] == columns
    assert cells[1:] == rows
    assert said["about"]["rows"] == str(len(rows))


def test_a_file_says_what_it_is(client: TestClient, ids: tuple[str, ...]) -> None:
    query = "?organization_country=Thailand&_search=orchid&_facet=role&_size=3&_next=x"
    about = client.get(f"/browse/-/export/sheets/memberships.json{query}").json()["about"]
    assert about["release"] == ids[-1]
    assert about["licence"] == "CC-BY-4.0"
    permalink = f"http://world.example/releases/{ids[-1]}/browse/sheets/memberships"
    assert about["permalink"] == f"{permalink}?organization_country=Thailand&_search=orchid"
    assert about["permalink"] in about["cite"]
    assert about["title"] == 'Memberships: where search matches "orchid" and organization_country = "Thailand"'
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/browse/-/export/sheets/memberships.xlsx{query.replace('&_next=x', '')}").content)
    )
    sheet = {row[0]: row[1] for row in book["About this file"].iter_rows(values_only=True)}
    assert sheet["cite"] == about["cite"]
    text = client.get(f"/browse/-/export/sheets/memberships.csv{query}").text
    assert f"# licence: {about['licence']}" in text
    assert about["permalink"] in text


@pytest.mark.parametrize("path", ["alliances/claims", "alliances/organizations", "alliances/member_spans"])
def test_tables_of_the_release_are_whole(client: TestClient, path: str) -> None:
    counted = client.get(f"/browse/{path}.json?_size=1").json()["filtered_table_rows_count"]
    said = client.get(f"/browse/-/export/{path}.json").json()
    assert len(said["rows"]) == counted > 10


@pytest.mark.parametrize("database", ["alliances", "sheets"])
def test_places_are_a_map_and_nothing_without_coordinates_is_lost(client: TestClient, database: str) -> None:
    answer = client.get(f"/browse/-/export/{database}/organizations.geojson?city=Chiang+Mai")
    assert answer.headers["content-type"] == "application/geo+json"
    [feature] = answer.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [98.98468, 18.79038]}
    assert feature["properties"]["name"] == "Chiang Orchid University"
    every = client.get(f"/browse/-/export/{database}/organizations.geojson").json()
    assert {feature["geometry"] is None for feature in every["features"]} == {True, False}
    assert len(every["features"]) == int(every["about"]["rows"])


def test_datasettes_own_files_are_never_made(client: TestClient) -> None:
    answer = client.get("/browse/alliances/memberships.csv?role=member&_stream=on")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/browse/-/export/alliances/memberships.csv?role=member&_stream=on"
    answer = client.get("/browse/alliances/who-left.csv?x=1")
    assert (answer.status_code, answer.headers["location"]) == (308, "/questions/who-left.csv?x=1")
    for query in ("_format=csv", "_shape=csv"):
        assert client.get(f"/browse/alliances/memberships?{query}").status_code == 400


def test_an_older_release_gives_its_own_files(client: TestClient, ids: tuple[str, ...]) -> None:
    page = client.get(f"/releases/{ids[0]}/browse/sheets/memberships?role=Member").text
    [address] = re.findall(r'href="([^"]*\.csv[^"]*)"', page)
    assert address == f"/releases/{ids[0]}/browse/-/export/sheets/memberships.csv?role=Member"
    assert f"# release: {ids[0]}" in client.get(address).text


def test_head_and_compression(client: TestClient) -> None:
    path = "/browse/-/export/alliances/claims.csv"
    bare = client.head(path)
    assert (bare.status_code, bare.content) == (200, b"")
    assert bare.headers["content-disposition"] == 'attachment; filename="claims.csv"'
    assert client.get(path, headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"
