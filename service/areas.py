"""Routes found by the first part of the path, so that a request is not tried against all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp

from service.faces import Receive, Scope, Send


class Everywhere(BaseRoute):
    """A route that takes every path as it is: a mount without a prefix, without the work of taking the path apart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Always."""
        return Match.FULL, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.app(scope, receive, send)


class Areas:
    """A router that tries only those routes, in their order, that the first part of a path does not rule out."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        firsts = [_first(route) for route in routes]
        areas = {
            first: [r for r, own in zip(routes, firsts, strict=True) if own in (first, None)]
            for first in firsts
            if first is not None
        }
        self._apps = {first: _tried(own) for first, own in areas.items()}
        self._rest = _tried([r for r, own in zip(routes, firsts, strict=True) if own is None])
        self._fixed = {path: app for own in areas.values() for path, app in _fixed(own)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        app = self._fixed.get(path) or self._apps.get(path[1:].partition("/")[0], self._rest)
        await app(scope, receive, send)


def _tried(routes: Sequence[BaseRoute]) -> ASGIApp:
    """What tries the routes one after the other; where the first takes everything, what stands behind it."""
    if routes and isinstance(routes[0], Everywhere):
        return routes[0].app
    return Router(routes, redirect_slashes=False)


def _fixed(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, ASGIApp]]:
    """Paths without parameters that nothing before their route takes, with what answers them, whatever the method."""
    for route in routes:
        if isinstance(route, Route) and route.methods is None and "{" not in route.path:
            scope = {"type": "http", "method": "GET", "path": route.path, "root_path": ""}
            if next(r for r in routes if r.matches(scope)[0] is not Match.NONE) is route:
                yield route.path, route.app


def _first(route: BaseRoute) -> str | None:
    """The first part of the paths that a route takes; None where it may be any."""
    first: str = getattr(route, "path", "").removeprefix("/").partition("/")[0]
    return None if "{" in first or not getattr(route, "path", "").startswith("/") else first
