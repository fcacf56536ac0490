"""The feeds as their formats want them: Atom by RFC 4287, sitemaps by their protocol, tombstones as HTTP has them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from linked_data.changes.chain import steps
from linked_data.changes.feed import feed
from service.app import create_app
from service.settings import Settings
from tests.linked_data.chain import BASE, published_chain

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
ONCE = {"id", "title", "updated", "published", "rights", "subtitle", "summary", "content", "generator", "icon", "logo"}
CHILDREN = {
    "feed": ONCE - {"published", "summary", "content"} | {"author", "category", "contributor", "link", "entry"},
    "entry": ONCE - {"subtitle", "generator", "icon", "logo"} | {"author", "category", "contributor", "link", "source"},
}


@pytest.fixture(scope="module")
def releases(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_chain(world, tmp_path_factory.mktemp("feeds"))


@pytest.fixture(scope="module")
def client(releases: Path) -> Iterator[TestClient]:
    """The whole service over the chain."""
    app = create_app(Settings(releases=releases, access_log=False, sparql=False))
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


def faults(text: bytes) -> list[str]:
    """What is wrong with an Atom feed, by section 4 of RFC 4287."""
    top = ET.fromstring(text)  # noqa: S314 (our own)
    if top.tag != f"{ATOM}feed":
        return ["no feed"]
    entries = top.findall(f"{ATOM}entry")
    found = _faults_of(top, "feed")
    for entry in entries:
        found += _faults_of(entry, "entry")
        if top.find(f"{ATOM}author") is None and entry.find(f"{ATOM}author") is None:
            found.append("an entry without author")
        if entry.find(f"{ATOM}content") is None and entry.find(f"{ATOM}link[@rel='alternate']") is None:
            found.append("an entry without content or alternate")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        found.append("two entries of one id")
    return found


def _faults_of(element: ET.Element, kind: str) -> list[str]:
    names = [child.tag.removeprefix(ATOM) for child in element]
    found = [f"{kind}: {name} does not belong there" for name in names if name not in CHILDREN[kind]]
    found += [f"{kind}: {name} {names.count(name)} times" for name in ONCE if names.count(name) > 1]
    found += [f"{kind}: no {name}" for name in ("id", "title", "updated") if name not in names]
    for child in element:
        name, text = child.tag.removeprefix(ATOM), child.text or ""
        if (name == "id" and not IRI.fullmatch(text)) or (
            name in ("updated", "published") and not MOMENT.fullmatch(text)
        ):
            found.append(f"{kind}: {name} {text!r}")
        if name == "link" and not (
            IRI.fullmatch(child.get("href", "")) and MEDIA_TYPE.fullmatch(child.get("type", ""))
        ):
            found.append(f"{kind}: link {child.attrib}")
        if name == "author" and not child.findtext(f"{ATOM}name"):
            found.append(f"{kind}: author without name")
    links = [(link.get("rel"), link.get("type")) for link in element.findall(f"{ATOM}link")]
    if links.count(("alternate", "text/html")) > 1:
        found.append(f"{kind}: two alternates of one type")
    return found


def test_the_feed_is_valid_atom(client: TestClient, releases: Path) -> None:
    answer = client.get("/feed.atom")
    assert faults(answer.content) == []
    assert ET.fromstring(answer.content).find(f"{ATOM}link[@rel='self']").get("href") == f"{BASE}/feed.atom"  # type: ignore[union-attr]  # noqa: S314
    for step in steps(Release.current(releases)):
        assert faults(client.get(f"/releases/{step.id}/feed.atom").content) == []
    moments = [entry.findtext(f"{ATOM}updated") or "" for entry in ET.fromstring(answer.content).iter(f"{ATOM}entry")]  # noqa: S314
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<updated>2026-06-30T00:00:00Z</updated>", "<updated>2026-06-30</updated>"),
        ("<title>", "<headline>"),
        ("<id>http", "<id>no iri: http"),
        ('rel="alternate"', 'rel="related"'),
        ("<name>", "<nick>"),
    ],
)
def test_planted_errors_in_a_feed_are_caught(releases: Path, old: str, new: str) -> None:
    text = feed(steps(Release.current(releases)), "").decode()
    assert old in text
    broken = text.replace(old, new)
    if old in ("<title>", "<name>"):
        broken = broken.replace(f"</{old[1:]}", f"</{new[1:]}")
    assert faults(broken.encode())


def test_entries_lead_where_they_say(client: TestClient) -> None:
    for link in ET.fromstring(client.get("/feed.atom").content).iter(f"{ATOM}link"):  # noqa: S314 (our own)
        answer = client.get(link.get("href", "").removeprefix(BASE), headers={"Accept": link.get("type", "")})
        assert answer.status_code == 200, link.attrib
        assert answer.headers["content-type"].partition(";")[0] == link.get("type"), link.attrib


def test_what_the_changes_say_last_of_a_record_is_how_it_answers(client: TestClient) -> None:
    last: dict[str, dict[str, Any]] = {}
    at = client.get("/changes").json()["first"]["id"]
    while at:
        page = client.get(at.removeprefix(BASE)).json()
        last.update({item["object"]["id"]: item for item in page["orderedItems"]})
        at = page.get("next", {}).get("id", "")
    answers = {"Create": 303, "Update": 303, "Move": 308, "Delete": 410}
    assert {item["type"] for item in last.values()} == set(answers)
    for iri, item in last.items():
        answer = client.get(iri.removeprefix(BASE))
        assert answer.status_code == answers[item["type"]], iri
        if item["type"] == "Move":
            assert answer.headers["location"] == item["target"]["id"].removeprefix(BASE)
        if item["type"] == "Delete":
            assert item["object"]["type"] == "Tombstone"
            assert item["object"]["formerType"]
            assert MOMENT.fullmatch(item["object"]["deleted"])


def test_activities_use_only_what_their_context_declares(client: TestClient, releases: Path) -> None:
    for step in steps(Release.current(releases)):
        page = client.get(f"/changes/{step.id}/1").json()
        streams, own = page["@context"]
        assert streams == "https://www.w3.org/ns/activitystreams"
        for item in page["orderedItems"]:
            object_ = item["object"]
            for class_ in (object_["type"], object_.get("formerType", object_["type"])):
                assert class_ == "Tombstone" or class_.partition(":")[0] in own
            assert MOMENT.fullmatch(item["published"])
            assert item["id"].startswith(f"{page['id']}#")
        ids = [item["id"] for item in page["orderedItems"]]
        assert len(set(ids)) == len(ids)


def test_a_release_that_changes_nothing_has_a_page_and_an_entry(client: TestClient, releases: Path) -> None:
    (empty,) = (step for step in steps(Release.current(releases)) if step.previous and not any(step.counts.values()))
    page = client.get(f"/changes/{empty.id}/1").json()
    assert page["orderedItems"] == []
    assert page["prev"]
    assert page["next"]
    assert f"<id>{BASE}/releases/{empty.id}/</id>" in client.get("/feed.atom").text


def test_sitemaps_are_valid_and_robots_name_them(client: TestClient) -> None:
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text
    index = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    assert index.tag == f"{MAP}sitemapindex"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one.text or "") for one in index.iter(f"{MAP}lastmod"))
    files = [str(one.text) for one in index.iter(f"{MAP}loc")]
    parts = [client.get(file.removeprefix(BASE)) for file in files]
    assert all(answer.headers["content-type"].partition(";")[0] == "application/xml" for answer in parts)
    maps = [ET.fromstring(answer.content) for answer in parts]  # noqa: S314 (our own)
    assert {one.tag for one in maps} == {f"{MAP}urlset"}
    addresses = list(chain.from_iterable([str(loc.text) for loc in one.iter(f"{MAP}loc")] for one in maps))
    assert len(set(addresses)) == len(addresses) > 20
    for address in addresses:
        assert len(address) < 2048
        assert address.startswith(f"{BASE}/doc/")
        assert client.head(address.removeprefix(BASE)).status_code == 200, address
