"""The page of the API: a form that works without scripts, GraphiQL where set-up could fetch it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service import static

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "graphiql.min.css")


@pytest.fixture
def graphiql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as set-up leaves it, with empty files of the right names."""
    folder = tmp_path / "graphiql"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text("/* from npm */")
    monkeypatch.setattr(static, "_GRAPHIQL", folder)
    return folder


def test_without_graphiql_a_form_asks(
    releases: Path, app_of: Callable[[Path], TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static, "_GRAPHIQL", tmp_path / "nowhere")
    with app_of(releases) as client:
        page = client.get("/graphql", headers=PAGE)
        assert '<form class="ask" action="/graphql" method="get">' in page.text
        assert "<script" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        answer = client.get("/graphql", params={"query": "{ alliances(first: 1) { totalCount } }"}, headers=PAGE)
        assert answer.json()["data"]["alliances"]["totalCount"] > 0


def test_with_graphiql_scripts_come_from_files_alone(
    graphiql: Path, releases: Path, ids: tuple[str, ...], app_of: Callable[[Path], TestClient]
) -> None:
    with app_of(releases) as client:
        for root in ("", f"/releases/{ids[0]}"):
            page = client.get(f"{root}/graphql", headers=PAGE)
            assert page.text.count("<script") == page.text.count("<script defer src=") == 4
            assert f'data-endpoint="{root}/graphql"' in page.text
            policy = page.headers["content-security-policy"]
            assert "script-src 'self';" in policy
        for name in FILES:
            found = client.get(f"/static/graphiql/{name}")
            assert found.status_code == 200
            again = client.get(f"/static/graphiql/{name}", headers={"If-None-Match": found.headers["etag"]})
            assert again.status_code == 304
        start = static.graphiql()
        assert start
        assert "immutable" in client.get(start).headers["cache-control"]
        (graphiql / "secret.txt").touch()
        for name in ("secret.txt", "../secret.js", "..%2fsecret.js", "none.js", ""):
            assert client.get(f"/static/graphiql/{name}").status_code == 404
