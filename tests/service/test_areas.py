"""Routes found by the first part of the path: the same ones, in the same order, as if all were tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from service.areas import Areas


def _named(name: str) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    async def give(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{name} {request.path_params}")

    return give


@pytest.fixture(scope="module")
def client() -> TestClient:
    inner = Areas([Route("/", _named("root")), Route("/a/{x}", _named("a")), Route("/{any}/{x}", _named("any"))])
    routes = [
        Route("/b", _named("b")),
        Route("/{first}", _named("first")),
        Route("/c", _named("hidden by first")),
        Mount("/in/{id}", app=inner),
        Mount("", app=inner),
    ]
    return TestClient(Starlette(routes=[Mount("", app=Areas(routes))]))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/b", "b {}"),
        ("/c", "first {'first': 'c'}"),
        ("/", "root {}"),
        ("/a/1", "a {'x': '1'}"),
        ("/b/1", "any {'any': 'b', 'x': '1'}"),
        ("/in/7/", "root {'id': '7'}"),
        ("/in/7/a/1", "a {'id': '7', 'x': '1'}"),
        ("/in/7/z/1", "any {'id': '7', 'any': 'z', 'x': '1'}"),
        ("/%61/1", "a {'x': '1'}"),
    ],
)
def test_a_path_finds_the_route_that_comes_first(client: TestClient, path: str, answer: str) -> None:
    assert client.get(path).text == answer


@pytest.mark.parametrize("path", ["/a/1/2", "/in/7/a/1/2"])
def test_a_path_of_no_route_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
