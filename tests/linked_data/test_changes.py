"""The change feed over a chain of releases: who replays it arrives at the newest."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from datasets.release.pointer import rollback, switch
from datasets.release.stored import records, redirects
from datasets.shapes import SHAPES
from linked_data.changes import activities
from linked_data.changes.activities import Changes
from linked_data.changes.chain import steps
from linked_data.changes.feed import in_words
from service.app import create_app
from service.faces import FACES, FaceRow
from service.settings import Settings
from tests.linked_data.chain import BASE, published_chain

ROW = FaceRow("changes", ("/changes", "/feed.atom", "/sitemap.xml", "/sitemap"), "service.changes_face:open_face")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def releases(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_chain(world, tmp_path_factory.mktemp("chain"))


@pytest.fixture
def client(releases: Path) -> Iterator[TestClient]:
    app = create_app(Settings(releases=releases, access_log=False), [ROW])
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


def _pages(client: TestClient, collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at = collection["first"]["id"]
    while at:
        answer = client.get(at.removeprefix(BASE))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == activities.MEDIA_TYPE
        page = answer.json()
        assert page["id"] == at
        assert page["type"] == "OrderedCollectionPage"
        assert len(page["orderedItems"]) <= activities.PAGE
        yield page
        at = page["next"]["id"] if "next" in page else ""


State = tuple[dict[tuple[str, str], object], dict[tuple[str, str], str]]


def _key(iri: str) -> tuple[str, str]:
    assert iri.startswith(f"{BASE}/id/")
    type_, _, id_ = iri.removeprefix(f"{BASE}/id/").partition("/")
    return type_, id_


def _held(path: Path) -> State:
    """What a release holds: records with all that sources say of them, and former ids."""
    release = Release.open(path)
    with closing(release.connect()) as connection:
        return (
            {(r.type, r.id): r for r in records(connection, release.shapes)},
            {(type_, id_): target for type_, id_, target in redirects(connection)},
        )


def _replayed(client: TestClient, releases: Path) -> State:
    """What a consumer holds who follows all changes, and fetches what they tell from the release of the page."""
    held: dict[tuple[str, str], object] = {}
    former: dict[tuple[str, str], str] = {}
    collection = client.get("/changes").json()
    total = 0
    for page in _pages(client, collection):
        assert page["startIndex"] == total
        there, _ = _held(releases / page["id"].removeprefix(f"{BASE}/changes/").partition("/")[0])
        for item in page["orderedItems"]:
            total += 1
            key = _key(item["object"]["id"])
            match item["type"]:
                case "Create":
                    assert key not in held
                    former.pop(key, None)
                    held[key] = there[key]
                case "Update":
                    assert key in held
                    held[key] = there[key]
                case "Move":
                    held.pop(key, None)
                    former[key] = _key(item["target"]["id"])[1]
                    assert (key[0], former[key]) in there
                case "Delete":
                    assert item["object"]["type"] == "Tombstone"
                    held.pop(key, None)
                    former[key] = ""
    assert total == collection["totalItems"]
    return held, former


def test_who_replays_all_changes_arrives_at_the_newest(client: TestClient, releases: Path) -> None:
    expected = _held((releases / "current").resolve())
    assert _replayed(client, releases) == expected


def test_small_pages_say_the_same(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _items(Changes(Release.current(releases), ""))
    monkeypatch.setattr(activities, "PAGE", 7)
    assert [{**i, "id": ""} for i in _items(Changes(Release.current(releases), ""))] == [{**i, "id": ""} for i in whole]


def _items(changes: Changes) -> list[dict[str, Any]]:
    """The activities of a feed, gone through from the end to the beginning."""
    found: list[dict[str, Any]] = []
    reference: Any = changes.collection()["last"]
    while reference:
        release, _, number = reference["id"].removeprefix(f"{BASE}/changes/").partition("/")
        page: Any = changes.page(release, int(number.removeprefix("start/")), start="start/" in number)
        found = page["orderedItems"] + found
        reference = page.get("prev")
    return found


def test_a_page_of_a_release_stays_as_it_was(client: TestClient, releases: Path) -> None:
    chain = steps(Release.current(releases))
    assert len(chain) == 6
    for step in chain[:-1]:
        then, now = (
            Changes(step.release, "").page(step.id, 1, start=False),
            Changes(chain[-1].release, "").page(step.id, 1, start=False),
        )
        assert then is not None
        assert now is not None
        assert now.pop("next")
        assert then == now


def test_each_sort_of_change(client: TestClient, releases: Path) -> None:
    chain = steps(Release.current(releases))
    told = [
        [(i["type"], *_key(i["object"]["id"])) for i in client.get(f"/changes/{s.id}/1").json()["orderedItems"]]
        for s in chain
    ]
    assert ("Move", "organization", "qinghe-college") in told[0]
    assert ("Delete", "alliance", "tamarind-club") in told[0]
    assert told[1] == [("Create", "organization", "new-college"), ("Create", "organization", "second-college")]
    assert told[2] == [("Move", "organization", "new-college"), ("Update", "event", "lotus-forum-2016")]
    assert told[3] == []
    assert sorted(told[4]) == [("Delete", "organization", "second-college"), ("Move", "organization", "new-college")]
    assert ("Create", "organization", "second-college") in told[5]
    update = client.get(f"/changes/{chain[2].id}/1").json()["orderedItems"][1]
    assert update["summary"] == "changed: name"
    assert update["published"] == "2026-03-31T00:00:00Z"
    assert update["object"]["url"] == f"{BASE}/doc/event/lotus-forum-2016"


def test_the_chain_begins_where_releases_are_kept(releases: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "releases"
    shutil.copytree(releases, fewer, symlinks=True)
    first, second, *_ = steps(Release.current(releases))
    shutil.rmtree(fewer / first.id)
    app = create_app(Settings(releases=fewer, access_log=False), [ROW])
    with TestClient(app, base_url=BASE) as client:
        collection = client.get("/changes").json()
        assert collection["first"]["id"] == f"{BASE}/changes/{second.id}/start/1"
        assert client.get(f"/changes/{second.id}/1").status_code == 404
        assert _replayed(client, fewer) == _held((fewer / "current").resolve())


def test_an_older_release_has_the_feed_that_led_to_it(releases: Path, client: TestClient) -> None:
    middle = steps(Release.current(releases))[2]
    collection = client.get(f"/releases/{middle.id}/changes").json()
    assert collection["last"]["id"] == f"{BASE}/releases/{middle.id}/changes/{middle.id}/1"
    assert client.get(f"/releases/{middle.id}/feed.atom").status_code == 200


def test_after_a_rollback_the_feed_is_that_of_the_older_release(releases: Path, tmp_path: Path) -> None:
    copied = tmp_path / "releases"
    shutil.copytree(releases, copied, symlinks=True)
    newest = Release.current(copied).id
    now = rollback(copied)
    assert [step.id for step in steps(Release.current(copied))][-1] == now.name != newest
    switch(copied, newest)


def test_the_feed_of_releases(client: TestClient, releases: Path) -> None:
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)  # noqa: S314 (our own)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 6
    assert entries[0].findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated") == "2026-06-30T00:00:00Z"
    said = [e.findtext(f"{ATOM}summary") or "" for e in reversed(entries)]
    assert said[0].startswith("The first release, with ")
    assert said[1].startswith("2 records added since 2026-01-31-")
    assert said[2].startswith("1 record changed and 1 record withdrawn or moved since")
    assert said[3].startswith("No record changed since")
    assert len({e.findtext(f"{ATOM}id") for e in entries}) == 6
    assert in_words(steps(Release.current(releases))[-1]) == said[-1]


def test_what_is_not_there(client: TestClient, releases: Path) -> None:
    current = Release.current(releases).id
    for path in (f"/changes/{current}/2", f"/changes/{current}/0", "/changes/2020-01-01-0000000000/1", "/changes/x"):
        assert client.get(path).status_code == 404
    assert client.post("/changes").status_code == 405


def test_answers_can_be_kept(client: TestClient) -> None:
    answer = client.get("/changes")
    again = client.get("/changes", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_sitemap_lists_every_record(client: TestClient, releases: Path) -> None:
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    listed = set()
    for file in index.findall("s:sitemap/s:loc", spaces):
        part = ET.fromstring(client.get(str(file.text).removeprefix(BASE)).content)  # noqa: S314 (our own)
        listed |= {str(loc.text).removeprefix(f"{BASE}/doc/") for loc in part.findall("s:url/s:loc", spaces)}
    there, _ = _held((releases / "current").resolve())
    assert listed == {f"{type_}/{id_}" for type_, id_ in there if SHAPES.entity(type_).file}
    assert client.get("/sitemap/organization-2.xml").status_code == 404
    assert client.get("/sitemap/planet-1.xml").status_code == 404


@pytest.fixture(scope="module")
def documents(releases: Path) -> Iterator[TestClient]:
    """All that stands about documents and their times."""
    rows = [row for row in FACES if row.name in ("linked", "graphql", "memento")]
    with TestClient(create_app(Settings(releases=releases, access_log=False), rows), base_url=BASE) as client:
        client.follow_redirects = False
        yield client


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        (None, 5),
        ("Sat, 28 Feb 2026 00:00:00 GMT", 1),
        ("Mon, 30 Mar 2026 23:59:59 GMT", 1),
        ("Tue, 31 Mar 2026 00:00:00 GMT", 2),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 5),
    ],
)
def test_a_timegate_leads_to_the_document_of_that_time(
    documents: TestClient, releases: Path, wanted: str | None, place: int
) -> None:
    chain = steps(Release.current(releases))
    headers = {"Accept-Datetime": wanted} if wanted else {}
    answer = documents.get("/timegate/event/lotus-forum-2016", headers=headers)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/releases/{chain[place].id}/doc/event/lotus-forum-2016"
    assert "accept-datetime" in answer.headers["vary"].lower()
    assert 'rel="original"' in answer.headers["link"]
    memento = documents.get(answer.headers["location"], headers={"Accept": "text/turtle"})
    assert memento.status_code == 200
    assert parsedate_to_datetime(memento.headers["memento-datetime"]).date().isoformat() == chain[place].release.date
    assert '</doc/event/lotus-forum-2016>; rel="original"' in memento.headers["link"]
    assert '</timegate/event/lotus-forum-2016>; rel="timegate"' in memento.headers["link"]
    assert ("Lotus Forum of 2016" in memento.text) == (2 <= place <= 4)


def test_what_only_some_releases_hold(documents: TestClient, releases: Path) -> None:
    chain = steps(Release.current(releases))
    answer = documents.get("/timemap/organization/second-college")
    assert answer.headers["content-type"].startswith("application/link-format")
    lines = answer.text.split(",\n")
    assert f'<{BASE}/doc/organization/second-college>; rel="original"' in lines
    mementos = [line for line in lines if "memento" in line.partition(";")[2]]
    assert [line.partition("/doc/")[0].rpartition("/")[2] for line in mementos] == [
        chain[place].id for place in (1, 2, 3, 5)
    ]
    assert 'rel="first memento"; datetime="Sat, 28 Feb 2026 00:00:00 GMT"' in mementos[0]
    assert 'rel="last memento"' in mementos[-1]


def test_the_original_names_its_timegate_and_is_no_memento(documents: TestClient) -> None:
    answer = documents.get("/doc/event/lotus-forum-2016", headers={"Accept": "text/turtle"})
    assert 'rel="timegate"' in answer.headers["link"]
    assert "memento-datetime" not in answer.headers


def test_times_that_are_none(documents: TestClient, releases: Path) -> None:
    for path in ("/timegate/event/nothing", "/timemap/planet/mars", "/timegate", "/timemap/event"):
        assert documents.get(path).status_code == 404
    path = "/timegate/event/lotus-forum-2016"
    for wanted in ("yesterday", "2026-01-31", ""):
        assert documents.get(path, headers={"Accept-Datetime": wanted}).status_code == 400
    assert documents.get(f"/releases/{Release.current(releases).id}{path}").status_code == 404
    assert documents.post(path).status_code == 405
