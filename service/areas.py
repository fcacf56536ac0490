"""Routes found by the first part of the path, so that a request is not tried against all of them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp

from service.faces import Receive, Scope, Send


class Everywhere(BaseRoute):
    """A route that takes every path as it is: a mount without a prefix, without the work of taking the path apart."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Always."""
        return Match.FULL, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)


class Areas:
    """A router that tries only those routes, in their order, that the first part of a path does not rule out."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        firsts = [_first(route) for route in routes]
        self._routers = {
            first: _router([r for r, own in zip(routes, firsts, strict=True) if own in (first, None)])
            for first in firsts
            if first is not None
        }
        self._rest = _router([r for r, own in zip(routes, firsts, strict=True) if own is None])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        router = self._routers.get(path[1:].partition("/")[0], self._rest)
        await router(scope, receive, send)


def _router(routes: Sequence[BaseRoute]) -> Router:
    return Router(routes, redirect_slashes=False)


def _first(route: BaseRoute) -> str | None:
    """The first part of the paths that a route takes; None where it may be any."""
    first: str = getattr(route, "path", "").removeprefix("/").partition("/")[0]
    return None if "{" in first or not getattr(route, "path", "").startswith("/") else first
