"""Between the routes and a release: holds the release for the time of a request, and answers from its cache."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.answers import answered, asked, give
from service.areas import Areas
from service.faces import FaceRow, Receive, Scope, Send
from service.negotiation import choose
from service.problems import not_acceptable
from service.switching import Held, Switch


async def _from(held: Held, router: Areas, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from a release: out of its cache where the very same was asked before, else through its routes."""
    scope["state"]["held"] = held
    if scope["method"] in ("GET", "HEAD") and (answer := held.cache.asked(asked(scope))):
        scope["app"].state.metrics.cache_hits += 1
        await give(answer, scope, send)
        return
    await router(scope, receive, send)


class Get:
    """An address that can only be read: what else is asked of it is 405, whatever other routes would say."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refuse_writing(scope)
        response = await self._endpoint(Request(scope, receive))
        await response(scope, receive, send)


def refuse_writing(scope: Scope) -> None:
    """Raises HTTPException 405 for every method but GET and HEAD."""
    if scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(405, headers={"Allow": "GET, HEAD, OPTIONS"})


class CurrentRelease:
    """The current release at the root."""

    def __init__(self, router: Areas) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        switch: Switch = scope["app"].state.switch
        with switch.current.use() as held:
            await _from(held, self._router, scope, receive, send)


class OlderRelease:
    """A release by its id, below `/releases/{release}`."""

    def __init__(self, router: Areas) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        switch: Switch = scope["app"].state.switch
        async with switch.hold(scope["path_params"]["release"]) as held:
            await _from(held, self._router, scope, receive, send)


class FaceApp:
    """A face of whatever release the request holds."""

    def __init__(self, row: FaceRow) -> None:
        self._row = row

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        held: Held = scope["state"]["held"]
        face = await held.face(self._row.name)
        variant = face.variant(scope) if scope["method"] in ("GET", "HEAD") else None
        await answered(face, variant, scope, receive, send)


Endpoint = Callable[[Request, Held], Awaitable[Response]]


class PageApp:
    """A page of the service itself: reads the release that the request holds, in one of the given formats."""

    def __init__(self, endpoint: Endpoint, offers: tuple[str, ...] = ("text/html",)) -> None:
        """`offers` are the media types that the endpoint can give, the preferred first."""
        self._endpoint = endpoint
        self._offers = offers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refuse_writing(scope)
        variant = self._offers[0]
        if len(self._offers) > 1:
            accept = Request(scope).headers.get("accept")
            wanted = choose(accept, self._offers)
            if wanted is None:
                raise not_acceptable([(offer, scope["path"]) for offer in self._offers])
            variant = wanted
        scope["state"]["media_type"] = variant
        await answered(self._respond, variant if len(self._offers) > 1 else "", scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._endpoint(Request(scope, receive), scope["state"]["held"])
        await response(scope, receive, send)
