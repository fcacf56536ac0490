"""Pages of tables: names instead of ids, what is shown and what not, how to cite them, nothing from elsewhere."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.testclient import TestClient

from service.browse_face import UNFINISHED, Passing
from service.faces import Message

PAGES = (
    "/browse/",
    "/browse/sheets",
    "/browse/alliances",
    "/browse/sheets/memberships",
    "/browse/sheets/countries_by_alliances",
    "/browse/alliances/memberships?role=member&_facet=since",
    "/browse/alliances/member_spans",
    "/browse/sheets/memberships/m-f00001",
    "/browse/alliances/organizations/jade-university",
    "/browse/alliances/who-left",
    "/browse/alliances/shared-members?alliance=lotus-network&other=orchid-alliance",
    "/browse/-/sql?sql=select+1",
)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_of_the_site(client: TestClient, ids: tuple[str, ...], path: str) -> None:
    answer = client.get(path)
    page = answer.text
    assert answer.status_code == 200
    assert '<header class="site">' in page
    assert page.count("<h1>") == page.count("</main>") == 1
    assert f"{ids[-1]}</a>, as of" in page
    assert set(re.findall(r"<script[^>]*>", page)) <= set(re.findall(r'<script defer src="/static/[^"]*">', page))
    assert 'style="' not in page
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "Licence of the data: " in text(page) or path == "/browse/-/sql?sql=select+1"
    assert "CC-BY-4.0" in page


@pytest.mark.parametrize("path", PAGES[3:])
def test_tables_rows_and_answers_say_how_to_cite_them(client: TestClient, ids: tuple[str, ...], path: str) -> None:
    page = client.get(path).text.replace("&amp;", "&").replace("%3D", "=")
    assert f"http://world.example/releases/{ids[-1]}{path}" in page


def test_ids_stay_out_of_the_way_and_names_lead_on(client: TestClient) -> None:
    page = client.get("/browse/sheets/memberships?id=m-f00001").text
    [row] = re.findall(r"<tbody>\s*<tr>(.*?)</tr>", page, re.DOTALL)
    assert "ficus-ring" not in re.sub(r"<[^>]*>", "", row)
    assert '<a href="/doc/alliance/ficus-ring.html">Ficus Ring</a>' in row
    assert '<a href="/doc/organization/chiang-orchid-university.html">Chiang Orchid University</a>' in row
    assert row.rstrip().endswith('<a href="/browse/sheets/memberships/m-f00001" aria-label="Row m-f00001">row</a></td>')
    headings = re.findall(r"<th scope=.col.[^>]*>(.*?)</th>", page)
    names = [re.sub(r"<[^>]*>|&nbsp;.", "", heading) for heading in headings]
    assert names[:4] == ["Alliance", "Organization", "Organization city", "Organization country"]
    assert "Since (year)" in names
    assert not any("_" in name or name == "Id" for name in names)


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/browse/alliances/memberships/m-b00002", '<a href="/doc/alliance/bamboo-circle.html">Bamboo Circle of Universities</a>'),
        ("/browse/alliances/parties?_size=max", '<a href="/doc/alliance/orchid-alliance.html">Orchid River Universities Alliance</a>'),
    ],
)  # fmt: skip
def test_records_are_named_where_datasette_has_their_ids_alone(client: TestClient, path: str, link: str) -> None:
    assert link in client.get(path).text


def test_a_column_is_counted_once_however_often_it_is_asked_for(client: TestClient) -> None:
    page = client.get("/browse/alliances/memberships?_facet=role").text
    assert page.count("<h2>Role") == 1
    assert 'aria-label="Do not count by Role"' in page


def test_stored_links_show_the_label_alone(client: TestClient) -> None:
    page = client.get("/browse/alliances/memberships?id=m-b00002").text
    assert '<a href="/doc/alliance/bamboo-circle.html">Bamboo Circle of Universities</a>' in page
    [row] = re.findall(r"<tbody>\s*<tr>(.*?)</tr>", page, re.DOTALL)
    assert "<em>" not in row
    assert ">yes</td>" in row


def test_a_row_is_a_list_of_facts(client: TestClient) -> None:
    page = client.get("/browse/sheets/memberships/m-f00001").text
    facts = dict(re.findall(r"<dt[^>]*>(.*?)</dt><dd>(.*?)</dd>", page))
    assert facts["Role"] == "Founding member"
    assert "Until" not in facts
    assert "<h1>Ficus Ring, Chiang Orchid University</h1>" in page
    assert 'href="/doc/membership/m-f00001.html">Its page</a>' in page
    assert "<h1>Jade University</h1>" in client.get("/browse/alliances/organizations/jade-university").text


def test_search_finds_in_all_scripts_and_all_columns(client: TestClient) -> None:
    def found(words: str) -> int:
        address = f"/browse/sheets/memberships.json?_search={words}&_nofacet=1"
        return int(client.get(address).json()["filtered_table_rows_count"])

    by_country = client.get("/browse/sheets/memberships.json?organization_country=Thailand").json()
    assert found("thailand") == by_country["filtered_table_rows_count"] > 0
    assert found("chiang thail") > 0
    assert found("nobody-at-all") == 0
    assert found('"chiang OR (') >= 0


def test_a_question_is_asked_by_choosing(client: TestClient) -> None:
    page = client.get("/browse/alliances/universities-of-a-country?country=TH").text
    assert '<option value="TH" selected>Thailand</option>' in page
    assert "/questions/universities-of-a-country.xlsx?country=TH" in page
    assert '<a href="/doc/organization/chiang-orchid-university.html">Chiang Orchid University</a>' in page
    [columns] = re.findall(r"<thead>\s*<tr>(.*?)</tr>", page, re.DOTALL)
    assert "Organization</th>" not in columns


def test_the_stylesheet_is_kept_for_ever(client: TestClient) -> None:
    [address] = set(re.findall(r'href="(/browse/-/tables\.[^"]*)"', client.get("/browse/").text))
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_the_way_from_older_tables_stays_there(client: TestClient, ids: tuple[str, ...]) -> None:
    page = client.get(f"/releases/{ids[0]}/browse/sheets/memberships").text
    inside = re.findall(r'href="(/[^"]*browse/[^"]*)"', page)
    assert inside
    assert all(address.startswith(f"/releases/{ids[0]}/browse/") for address in inside)
    assert f'href="/releases/{ids[0]}/doc/alliance/' in page


@pytest.mark.parametrize("body", [b"<p data-unfinished>", b"<p>"])
def test_what_was_not_counted_in_time_is_not_kept(body: bytes) -> None:
    async def passed() -> dict[bytes, bytes]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        passing = Passing(send)
        kept = [(b"Cache-Control", b"max-age=300")]
        await passing({"type": "http.response.start", "status": 200, "headers": kept})
        await passing({"type": "http.response.body", "body": body})
        return {name.lower(): value for name, value in sent[0]["headers"]}

    assert asyncio.run(passed())[b"cache-control"] == (b"no-store" if UNFINISHED in body else b"max-age=300")
