"""The page of the API: a form that works without scripts, GraphiQL where set-up could fetch it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from graph_schema.page import EXAMPLES
from graph_schema.request import Request
from service import graphiql

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "graphiql.min.css")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as set-up leaves it, with short files of the right names."""
    made = tmp_path / "graphiql"
    made.mkdir()
    for name in FILES:
        (made / name).write_text(f"/* {name} from npm */" * 100)
    monkeypatch.setattr(graphiql, "FOLDER", made)
    return made


def test_without_graphiql_a_form_asks(
    releases: Path, app_of: Callable[[Path], TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphiql, "FOLDER", tmp_path / "nowhere")
    with app_of(releases) as client:
        page = client.get("/graphql", headers=PAGE)
        assert '<form class="ask" action="/graphql" method="get">' in page.text
        assert "<script" not in page.text
        assert "unsafe" not in page.headers["content-security-policy"]
        answer = client.get("/graphql", params={"query": "{ alliances(first: 1) { totalCount } }"}, headers=PAGE)
        assert answer.json()["data"]["alliances"]["totalCount"] > 0


def test_a_folder_that_is_not_whole_is_none(folder: Path) -> None:
    (folder / FILES[2]).unlink()
    assert graphiql.found(folder) is None


def test_with_graphiql_scripts_and_styles_come_from_files_alone(
    folder: Path, releases: Path, ids: tuple[str, ...], app_of: Callable[[Path], TestClient]
) -> None:
    with app_of(releases) as client:
        for root in ("", f"/releases/{ids[0]}"):
            page = client.get(f"{root}/graphql", headers=PAGE)
            assert page.text.count("<script") == page.text.count("<script defer src=") == 4
            assert f'data-endpoint="{root}/graphql"' in page.text
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" in policy
            assert "unsafe" not in policy
        named = re.findall(r'(?:src|href)="(/static/graphiql/[^"]+)"', page.text)
        assert len(named) == 5
        for address in named:
            plain = client.get(address, headers={"Accept-Encoding": "identity"})
            packed = client.get(address, headers={"Accept-Encoding": "gzip"})
            assert plain.status_code == packed.status_code == 200
            assert plain.content == packed.content
            assert packed.headers["content-encoding"] == "gzip"
            assert plain.headers["etag"] != packed.headers["etag"]
            for found in (plain, packed):
                assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
                assert found.headers["vary"] == "Accept-Encoding"
                again = client.get(address, headers={"If-None-Match": found.headers["etag"], "Accept-Encoding": "gzip"})
                assert again.status_code == (304 if found is packed else 200)
        (folder / "secret.js").touch()
        for name in ("graphiql.min.js", "secret.js", "graphiql.min.0000000000000000.js", "../secret.js", ""):
            assert client.get(f"/static/graphiql/{name}").status_code == 404


@pytest.fixture
def engine(releases: Path) -> Engine:
    return open_engine(Release.current(releases))


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES])
def test_every_example_is_answered(engine: Engine, text: str) -> None:
    answer = engine.answer(Request(text, None, {}, {}))
    engine.database.close()
    assert answer.status == 200
    assert b'"errors"' not in answer.body
