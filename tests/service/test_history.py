"""A record's page tells what each release changed about it and about what belongs to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datasets.release import pointer
from service import history
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import publish_world

DATES = ("2026-01-31", "2026-02-28", "2026-03-31")


@pytest.fixture(scope="module")
def folder(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: with the second a member joins, one's start is dated, a figure goes; with the third two are one."""
    scratch = tmp_path_factory.mktemp("history")
    facts = scratch / "facts"
    shutil.copytree(world, facts)
    publish_world(facts, scratch, DATES[0])
    joined = "m-l00009,lotus-network,jade-university,member,2020,,,lotus-journal-2020\n"
    _change(facts / "memberships.csv", "m-l00008,lotus-network,taiping-university,member,201X", "m-l00008,lotus-network,taiping-university,member,2016")  # fmt: skip
    _change(facts / "memberships.csv", "m-o0", f"{joined}m-o0")
    figures = facts / "figures.csv"
    figures.write_text(re.sub(r"^f-l00003,.*\n", "", figures.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    _change(facts / "redirects.csv", "membership,m-o0000z", "figure,f-l00003,\nmembership,m-o0000z")
    publish_world(facts, scratch, DATES[1])
    memberships = facts / "memberships.csv"
    memberships.write_text(memberships.read_text("utf-8").replace(joined, ""), "utf-8")
    _change(facts / "redirects.csv", "membership,m-o0000z", "membership,m-l00009,m-l00008\nmembership,m-o0000z")
    publish_world(facts, scratch, DATES[2])
    return scratch / "releases"


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(Settings(releases=folder, access_log=False))
    with TestClient(app, follow_redirects=False) as client:
        yield client


def steps(client: TestClient, path: str) -> list[str]:
    """The steps of a page's history as plain text."""
    page = client.get(path).text
    section = page[page.index('<ol class="steps"') :].partition("</ol>")[0]
    items = re.findall(r"<li><a.*?(?=\n<li><a|\Z)", section, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "/doc/alliance/lotus-network.html",
            [
                "31 March 2026 : what belongs to it changed Memberships: 1 gone",
                "28 February 2026 : what belongs to it changed Figures: 1 gone Memberships: 1 new, 1 changed",
                "31 January 2026 : there already in the first release",
            ],
        ),
        (
            "/doc/organization/jade-university.html",
            [
                "31 March 2026 : what belongs to it changed Memberships: 1 gone",
                "28 February 2026 : what belongs to it changed Memberships: 1 new",
                "31 January 2026 : there already in the first release",
            ],
        ),
        (
            "/doc/membership/m-l00008.html",
            [
                "31 March 2026 : taken in m-l00009 was found to be the same and leads here since",
                "28 February 2026 : changed Since: “201X” became “2016” Statements of sources: 1 more, 1 fewer",
                "31 January 2026 : there already in the first release",
            ],
        ),
        (
            "/doc/alliance/bamboo-circle.html",
            ["31 January 2026 : there already in the first release, unchanged in the 2 releases since"],
        ),
    ],
)
def test_each_release_tells_what_it_changed(client: TestClient, path: str, expected: list[str]) -> None:
    assert steps(client, path) == expected


def test_what_came_later_is_new(client: TestClient, folder: Path) -> None:
    second = next(path.name for path in pointer.listed(folder) if path.name.startswith(DATES[1]))
    assert steps(client, f"/releases/{second}/doc/membership/m-l00009.html") == ["28 February 2026 : new"]


def test_releases_that_are_not_kept_are_told(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "releases"
    shutil.copytree(folder, copied, symlinks=True)
    oldest = pointer.listed(copied)[-1]
    shutil.rmtree(oldest)
    app = create_app(Settings(releases=copied, access_log=False))
    with TestClient(app, follow_redirects=False) as client:
        told = steps(client, "/doc/alliance/lotus-network.html")
        assert told[-1] == "28 February 2026 : there already in the oldest release that is kept or looked into"
        assert told[0].startswith("31 March 2026")


def test_a_release_that_changed_very_much_is_not_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_CHANGES", 0)
    assert len(steps(client, "/doc/alliance/lotus-network.html")) == 1
    assert len(steps(client, "/doc/membership/m-l00008.html")) == 3
