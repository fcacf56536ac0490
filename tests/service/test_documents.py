"""Records in all formats: which is given for what, and that pages and JSON say what the release holds."""

import json
import re
from pathlib import Path

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from datasets.release.open import Release
from service import lists
from service.documents import FORMATS

DOC = "/doc/alliance/orchid-alliance"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        (DOC, None, "text/html"),
        (DOC, "*/*", "text/html"),
        (DOC, BROWSER, "text/html"),
        (DOC, "application/json", "application/json"),
        (DOC, "application/ld+json", "application/ld+json"),
        (DOC, "text/turtle", "text/turtle"),
        (DOC, "application/n-triples;q=0.9, text/turtle;q=0.5", "application/n-triples"),
        (DOC, "application/rdf+xml", "application/rdf+xml"),
        (DOC, "text/*;q=0.5, application/ld+json;q=0.4", "text/html"),
        (f"{DOC}.ttl", BROWSER, "text/turtle"),
        (f"{DOC}.json", "text/turtle", "application/json"),
        (f"{DOC}.html", "application/ld+json", "text/html"),
        (f"{DOC}.nt", "image/png", "application/n-triples"),
    ],
)
def test_negotiation(client: TestClient, path: str, accept: str | None, media_type: str) -> None:
    headers = {"Accept": accept} if accept else {}
    request = client.build_request("GET", path, headers=headers)
    if accept is None:
        request.headers.pop("accept", None)
    answer = client.send(request)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    suffix = next(f.suffix for f in FORMATS if f.media_type == media_type)
    if path == DOC:
        assert answer.headers["content-location"] == f"{DOC}.{suffix}"
    assert "Accept" in answer.headers["vary"].split(", ") or path != DOC


def test_formats_have_their_own_tags_and_link_to_each_other(client: TestClient) -> None:
    tags = set()
    for format in FORMATS:
        answer = client.get(f"{DOC}.{format.suffix}")
        assert answer.status_code == 200
        tags.add(answer.headers["etag"])
        linked = set(re.findall(r'<([^>]*)>; rel="alternate"', answer.headers["link"]))
        assert linked == {f"{DOC}.{other.suffix}" for other in FORMATS if other is not format}
    assert len(tags) == len(FORMATS)


def test_every_record_has_a_page_and_json(client: TestClient, published: Path) -> None:
    release = Release.current(published)
    connection = release.connect()
    for entity in release.shapes.entities:
        ids = [str(id) for (id,) in connection.execute(f'SELECT id FROM "{entity.plural}" ORDER BY id LIMIT 25')]
        assert ids, entity.name
        for id in ids:
            page = client.get(f"/doc/{entity.name}/{id}.html")
            assert page.status_code == 200, f"{entity.name}/{id}"
            body = json.loads(client.get(f"/doc/{entity.name}/{id}.json").content)
            assert body["id"] == id
    connection.close()


def test_no_link_of_a_page_is_broken(client: TestClient) -> None:
    """Every page that can be reached from the home page in two steps, and all that these link to."""
    seen: dict[str, int] = {}
    layer = ["/"]
    for depth in range(3):
        following: list[str] = []
        for path in layer:
            answer = client.get(path, headers={"Accept": BROWSER})
            seen[path] = answer.status_code
            if depth < 2 and answer.headers["content-type"].startswith("text/html"):
                links = [
                    link.partition("#")[0].replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', answer.text)
                ]
                following += [link for link in links if link and not link.startswith("/browse/")]
        layer = [link for link in dict.fromkeys(following) if link not in seen][:150]
    broken = {path: status for path, status in seen.items() if status not in (200, 303, 307, 308)}
    assert not broken
    assert len(seen) > 40


def test_rival_values_stand_side_by_side_with_the_choice_and_its_reason(client: TestClient, published: Path) -> None:
    release = Release.current(published)
    connection = release.connect()
    sql = (
        'SELECT record_type, record, "column", value, source FROM claims c WHERE NOT chosen AND EXISTS '
        '(SELECT 1 FROM claims d WHERE d.record = c.record AND d."column" = c."column" AND d.chosen)'
    )
    rivals = connection.execute(sql).fetchall()
    assert rivals
    for type, record, column, value, source in rivals:
        page = client.get(f"/doc/{type}/{record}.html").text
        section = re.search(rf'data-column="{column}">(.*?)</table>', page, re.DOTALL)
        assert section, (record, column)
        assert "Sources disagree; chosen by:" in section[1]
        assert "✓ chosen" in section[1]
        title = connection.execute("SELECT title FROM sources WHERE id = ?", (source,)).get
        assert str(escape(title)) in section[1]
        assert str(value) in section[1] or "<a href" in section[1]
    connection.close()


def test_a_page_says_who_says_so(client: TestClient) -> None:
    page = client.get("/doc/organization/jade-university.html").text
    marks = set(re.findall(r'href="#(source-\d+)"', page))
    assert marks
    assert marks == set(re.findall(r'id="(source-\d+)"', page))


def test_lists_are_turned_page_by_page(client: TestClient, published: Path) -> None:
    release = Release.current(published)
    connection = release.connect()
    source, total = connection.execute(
        "SELECT source, count(*) FROM claims WHERE source IS NOT NULL GROUP BY source ORDER BY 2 DESC LIMIT 1"
    ).fetchall()[0]
    connection.close()
    link = next(link for link in release.shapes.entity("claim").links if link.name == "source")
    pages = -(-int(str(total)) // lists.PAGE)
    assert pages > 1
    found: list[str] = []
    for page in range(1, pages + 1):
        text = client.get(f"/doc/source/{source}.html?{link.reverse}={page}").text
        assert f"Page {page} of {pages}" in text
        found += re.findall(r'class="more" href="/doc/claim/(c-[0-9a-f]{16})"', text)
    assert len(found) == len(set(found)) == total
    beyond = client.get(f"/doc/source/{source}.html?{link.reverse}={pages + 5}").text
    assert f"Page {pages} of {pages}" in beyond


def test_names_in_all_scripts_are_escaped_and_whole(client: TestClient) -> None:
    for path in ("/search?q=<script>alert(1)</script>", '/search?q="><b>', "/doc/alliance/<b>"):
        assert "<script>alert" not in client.get(path, headers={"Accept": "text/html"}).text
        assert "<b>" not in client.get(path, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("words", "type", "id"),
    [
        ("lotus", "alliance", "lotus-network"),
        ("LOTUS network", "alliance", "lotus-network"),
        ("02jade174", "organization", "jade-university"),
        ("jade univ", "organization", "jade-university"),
    ],
)
def test_search_finds(client: TestClient, words: str, type: str, id: str) -> None:
    assert f'href="/doc/{type}/{id}"' in client.get("/search", params={"q": words}).text


@pytest.mark.parametrize(
    "words", ["", " ", "-", '"', "lotus OR", "NEAR(", "a*b", "😀", "x" * 5000, "* * *", "nothing-of-this"]
)
def test_search_takes_any_words(client: TestClient, words: str) -> None:
    assert client.get("/search", params={"q": words}).status_code == 200
