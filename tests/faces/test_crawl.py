"""No link of any page is dead, and no link of Datasette leaves its mount but for the pages around it."""

from __future__ import annotations

import html
import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

HOST = "http://testserver"
BASE = "http://world.example"
LIMIT = 250
PAGES_AROUND = r"/($|doc/|graphql$|releases|about$|static/|questions|countries$|compare$|search$|map$|timeline$|network$|news$|dictionary$|ns$|sparql$)"
PER_PLACE = 4
"""How many addresses that differ in their query alone are visited; facets and sort orders multiply without end."""


def links(page: str, address: str) -> set[str]:
    """The addresses that a page links to or loads from, this site's own only, without fragments."""
    found = set()
    for quoted in re.findall(r"""<(?:a|link|img|script|form)\b[^>]*?\s(?:href|src|action)=["']([^"']*)["']""", page):
        target = urljoin(address, html.unescape(quoted)).partition("#")[0]
        target = HOST + target.removeprefix(BASE) if target.startswith(BASE) else target
        if target.startswith(HOST):
            found.add(target.removeprefix(HOST))
    return found


def crawl(client: TestClient, start: str, within: str) -> tuple[dict[str, int], set[str]]:
    """Visit what `start` leads to below `within`: status by address, and every address seen outside it."""
    waiting, seen, outside = deque([start]), {start}, set()
    statuses: dict[str, int] = {}
    places: dict[str, int] = {}
    while waiting and len(statuses) < LIMIT:
        address = waiting.popleft()
        place = urlsplit(address).path
        places[place] = places.get(place, 0) + 1
        if places[place] > PER_PLACE:
            continue
        answer = client.get(address, headers={"accept": "text/html,*/*;q=0.1"})
        statuses[address] = answer.status_code
        if answer.is_redirect:
            found = {answer.headers["location"].removeprefix(HOST)}
        elif answer.headers.get("content-type", "").startswith("text/html"):
            found = links(answer.text, HOST + address)
        else:
            found = set()
        for target in sorted(found - seen):
            seen.add(target)
            if target.startswith(within):
                waiting.append(target)
            else:
                outside.add(target)
    return statuses, outside


def bad(statuses: dict[str, int]) -> dict[str, int]:
    return {address: status for address, status in statuses.items() if status >= 400}


@pytest.mark.parametrize(
    "start",
    [
        "/browse/",
        "/browse/alliances/organizations",
        "/browse/alliances/memberships?_facet=since&_facet=organization",
        "/browse/sheets/memberships?_facet=alliance&_search=o",
    ],
)
def test_datasette_is_whole(client: TestClient, start: str) -> None:
    statuses, outside = crawl(client, start, "/browse/")
    assert len(statuses) > 50
    assert bad(statuses) == {}
    doubled = [address for address in statuses if address.count("/browse/") > 1]
    assert doubled == []
    leaving = {place for place in outside if not re.match(PAGES_AROUND, place)}
    assert leaving == set()
    assert bad({place: client.get(place).status_code for place in sorted(outside)[:60]}) == {}


def test_the_pages_are_whole(client: TestClient) -> None:
    statuses, _ = crawl(client, "/", "/")
    assert len(statuses) > 100
    assert bad(statuses) == {}
