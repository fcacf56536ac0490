"""What pages give to others: cards, frames, permalinks, suggestions, and the history of a record."""

from __future__ import annotations

import html
import re
import struct
import zlib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.cards import PATH
from service.pictures.card import Card, drawable, png

BASE = "http://world.example"
ORCHID = "/doc/alliance/orchid-alliance.html"


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG, whose parts are all whole."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    place = 8
    while place < len(picture):
        length = struct.unpack(">I", picture[place : place + 4])[0]
        checksum = struct.unpack(">I", picture[place + 8 + length : place + 12 + length])[0]
        assert zlib.crc32(picture[place + 4 : place + 8 + length]) == checksum
        place += 12 + length
    width, height = struct.unpack(">II", picture[16:24])
    return int(width), int(height)


def meta(page: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', page)
    assert found, name
    return html.unescape(found[1])


@pytest.mark.parametrize(
    ("path", "card"),
    [
        ("/", PATH),
        ("/map", PATH),
        (ORCHID, "/card/alliance/orchid-alliance.png"),
        ("/doc/country/TH.html", "/card/country/TH.png"),
        ("/doc/figure/f-l00002.html", "/card/figure/f-l00002.png"),
    ],
)
def test_every_page_has_a_card(client: TestClient, ids: tuple[str, ...], path: str, card: str) -> None:
    page = client.get(path).text
    assert meta(page, "og:image") == BASE + card
    assert meta(page, "twitter:card") == "summary_large_image"
    assert meta(page, "og:title") in html.unescape(page.partition("</title>")[0])
    assert meta(page, "og:description") == meta(page, "description") != ""
    answer = client.get(card)
    assert answer.headers["content-type"] == "image/png"
    assert size(answer.content) == (1200, 630)
    assert client.get(card, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    older = client.get(f"/releases/{ids[0]}{path}").text
    assert meta(older, "og:image") == f"{BASE}/releases/{ids[0]}{card}"
    assert client.get(f"/releases/{ids[0]}{card}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/card/alliance/orchid-alliance", 404),
        ("/card/alliance/nobody.png", 404),
        ("/card/nothing/orchid-alliance.png", 404),
    ],
)
def test_what_has_no_card_is_told(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_card_is_the_same_each_time_and_differs_by_what_it_says() -> None:
    card = Card("ALLIANCE", "Đại học & <Қазақ> İstanbul", "A sentence. " * 30, "as of today", ("FR", "SG", "XX"))
    assert png(card) == png(card)
    assert png(card) != png(Card("ALLIANCE", "Another", card.words, card.below, card.countries))
    assert size(png(Card("", "x " * 300, "", "", ()))) == (1200, 630)


def test_names_that_the_font_lacks_get_the_card_of_the_release() -> None:
    assert drawable("Universität Łódź – Ελλάδα, Қазақ")
    assert not drawable("清华大学")
    assert not drawable("جامعة")


@pytest.mark.parametrize("path", ["/", "/questions/members-then?year=2018", "/map", "/search?q=jade", ORCHID, "/about"])
def test_every_page_has_a_permalink(client: TestClient, ids: tuple[str, ...], path: str) -> None:
    page = client.get(path).text
    found = re.search(r'<a href="([^"]*)">Permanent link to this page as it is now</a>', page)
    assert found
    permalink = html.unescape(found[1])
    assert permalink.startswith(f"/releases/{ids[-1]}/")
    kept = client.get(permalink, headers={"Accept": "text/html"}, follow_redirects=True)
    assert kept.status_code == 200
    title = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    assert title.findall(kept.text) == title.findall(page)


@pytest.mark.parametrize("what", ["map", "timeline", "network"])
@pytest.mark.parametrize("of", ["", "/alliance/lotus-network"])
def test_pictures_may_stand_in_frames_and_nothing_else_may(
    client: TestClient, ids: tuple[str, ...], what: str, of: str
) -> None:
    for root in ("", f"/releases/{ids[0]}"):
        answer = client.get(f"{root}/embed/{what}{of}")
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "<svg" in answer.text
        assert "<script" not in answer.text
        assert '<base target="_blank">' in answer.text
        assert f'href="{root}/' in answer.text
    page = client.get(f"/doc{of}.html" if of else f"/{what}")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    if what != "network" or not of:
        code = html.unescape(page.text)
        found = re.search(
            rf'<iframe src="{BASE}(/releases/{ids[-1]}/embed/{what}{of})" title="[^"]+" width="100%"', code
        )
        assert found
        assert client.get(found[1]).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/embed/pie",
        "/embed/pie/alliance/orchid-alliance",
        "/embed/map/alliance/nobody",
        "/embed/map/nothing/orchid-alliance",
        "/embed/map/figure/f-l00002",
    ],
)
def test_what_cannot_be_framed_is_told(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_suggestions_are_the_first_hits_of_the_search(client: TestClient, ids: tuple[str, ...]) -> None:
    told = client.get("/search/suggest?q=jade").json()
    assert told["query"] == "jade"
    jade = {"label": "Jade University", "type": "organization", "href": "/doc/organization/jade-university"}
    assert jade in told["suggestions"]
    assert len(told["suggestions"]) <= 8
    page = client.get("/search?q=jade").text
    assert [s["href"] for s in told["suggestions"]] == re.findall(r'<li><a href="(/doc/[^"]+)">', page)[
        : len(told["suggestions"])
    ]
    assert client.get("/search/suggest?q=j").json()["suggestions"] == []
    assert client.get("/search/suggest").json()["suggestions"] == []
    assert client.get('/search/suggest?q="*').json()["suggestions"] == []
    older = client.get(f"/releases/{ids[0]}/search/suggest?q=jade univ").json()["suggestions"][0]["href"]
    assert older == f"/releases/{ids[0]}/doc/organization/jade-university"


def test_a_search_is_narrowed_by_type(client: TestClient) -> None:
    page = client.get("/search?q=universit").text
    counts = dict(re.findall(r'&amp;type=(\w+)"[^>]*>[^<]+<span class="count">(\d+)</span>', page))
    assert set(counts) >= {"alliance", "organization"}
    for type_, count in counts.items():
        hits = re.findall(r'<li><a href="/doc/(\w+)/', client.get(f"/search?q=universit&type={type_}").text)
        assert set(hits) == {type_}
        assert len(hits) == min(int(count), 50)
    assert client.get("/search?q=jade&type=nothing").status_code == 400


def test_lists_are_turned_round(client: TestClient) -> None:
    def members(sort: str) -> list[str]:
        page = client.get(f"{ORCHID}?members_sort={sort}").text
        section = page[page.index('<h2 id="members"') :].partition("</table>")[0]
        return re.findall(r'<tr><td><a href="/doc/organization/([^"]+)"', section)

    forwards, backwards = members("organization"), members("-organization")
    assert len(forwards) > 2
    assert backwards == forwards[::-1]
    assert 'aria-sort="descending"' in client.get(f"{ORCHID}?members_sort=-since").text
    assert members("-nonsense") == backwards


def test_history_begins_with_the_first_release(client: TestClient, ids: tuple[str, ...]) -> None:
    page = client.get(ORCHID).text
    section = page[page.index('<h2 id="history"') :].partition("</section>")[0]
    assert f'<a href="/releases/{ids[0]}/">31 January 2026</a>: there already in the first release' in section
    assert "unchanged in the 2 releases since" in section
    first = client.get(f"/releases/{ids[0]}{ORCHID}").text
    assert "unchanged" not in first[first.index('<h2 id="history"') :].partition("</section>")[0]


def test_pages_stay_light(client: TestClient, published: Path) -> None:
    for path in ("/", "/map", "/network", "/timeline", "/dictionary", ORCHID, "/doc/country/CN.html"):
        answer = client.get(path)
        assert int(answer.headers["content-length"]) < 100_000, path
