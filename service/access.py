"""The outermost layer of every request: id, log line, counters, common headers, cache, errors."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time

from starlette.exceptions import HTTPException

from graph_schema.answer import refusal_answer
from graph_schema.refusal import Refusal
from graph_schema.request import PLAIN, RESPONSE, accepted
from service import metrics as counters
from service.answers import address, header
from service.faces import Message, Receive, Scope, Send
from service.headers import PREFLIGHT, Headers, sealed
from service.log import AccessLog
from service.metrics import Metrics
from service.pages import problem_page
from service.problems import HTML, JSON, Problem, document, kind_of, wants_html
from service.switching import Switch

log = logging.getLogger("alliances.access")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
"""A request id that a client or proxy may give; others are replaced."""
LONGEST_ADDRESS = 8000
"""Path and query of more bytes are answered with 414."""
GRAPHQL = re.compile(r"(?:/releases/[^/]+)?/graphql(?:/|$)")
"""The addresses of which every answer has the shape of GraphQL, errors of the service too."""
_READ = frozenset({b"accept", b"accept-encoding", b"if-none-match", b"x-request-id", b"user-agent"})


class Access:
    """Middleware: what happens to every request before and after it is answered."""

    def __init__(self, app: object, switch: Switch, metrics: Metrics, access_log: AccessLog | None) -> None:
        """`app` is the ASGI application inside; without `access_log` nothing is logged."""
        self._app = app
        self._switch = switch
        self._metrics = metrics
        self._log = access_log
        self._prefix = secrets.token_hex(5)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or start and stop the service."""
        if scope["type"] != "http":
            await self._app(scope, receive, _plain_failure(scope, send))  # type: ignore[operator]
            return
        request = _Request(scope, send, f"{self._prefix}-{next(self._numbers):x}".encode())
        self._metrics.in_flight += 1
        try:
            if not await self._from_cache(scope, request):
                await self._answer(scope, receive, request)
        finally:
            self._metrics.in_flight -= 1
            seconds = time.perf_counter() - request.began
            self._metrics.observe(counters.area(scope["path"]), scope["method"], request.status, seconds)
            if self._log:
                self._log.write(_line(scope, request, seconds))

    async def _from_cache(self, scope: Scope, request: _Request) -> bool:
        """Answer out of the cache of the current release, where the very same was asked before; whether it was.

        The answer is whole and in memory, so no release needs to be held for it, and no route to be found.
        """
        said, method = request.said, scope["method"]
        if method not in ("GET", "HEAD") or not self._switch.ready:
            return False
        cache = self._switch.current.cache
        answer = cache.asked((address(scope), said.get(b"accept", b""), said.get(b"accept-encoding", b"")))
        if answer is None:
            return False
        self._metrics.cache_hits += 1
        request.release, request.cached = self._switch.current.release.id, True
        status, headers, body = answer.given(said.get(b"if-none-match", b""), method)
        request.status, request.size = status, len(body)
        await request.send({"type": "http.response.start", "status": status, "headers": request.identified(headers)})
        await request.send({"type": "http.response.body", "body": body})
        return True

    async def _answer(self, scope: Scope, receive: Receive, request: _Request) -> None:
        scope["state"] = {**scope.get("state", {}), "request_id": request.id.decode()}
        try:
            if len(address(scope)) > LONGEST_ADDRESS:
                raise Problem(414, f"Path and query have more than {LONGEST_ADDRESS} bytes.")
            if scope["method"] == "OPTIONS":
                await request({"type": "http.response.start", "status": 204, "headers": list(PREFLIGHT)})
                await request({"type": "http.response.body", "body": b""})
            else:
                await self._app(scope, receive, request)  # type: ignore[operator]
        except Exception as error:
            if request.started:
                log.exception("an answer broke off", extra={"request_id": request.id.decode(), "path": scope["path"]})
                raise
            await request.problem(scope, self._problem(error, scope, request))
        finally:
            held = scope["state"].get("held")
            request.release = held.release.id if held else ""

    def _problem(self, error: Exception, scope: Scope, request: _Request) -> Problem:
        if isinstance(error, Problem):
            return error
        if isinstance(error, HTTPException):
            return Problem(error.status_code, _detail(error, scope), headers=dict(error.headers or {}))
        log.error("a request failed", exc_info=error, extra={"request_id": request.id.decode(), "path": scope["path"]})
        return Problem(500, "The service failed; the fault is ours and is logged under this request id.")


def _plain_failure(scope: Scope, send: Send) -> Send:
    """Where the start fails for a reason that the user can mend, says that reason instead of a traceback."""

    async def plain(message: Message) -> None:
        failure = getattr(scope["app"].state, "failure", "")
        if message["type"] == "lifespan.startup.failed" and failure:
            message = {**message, "message": failure}
        await send(message)

    return plain


def _detail(error: HTTPException, scope: Scope) -> str:
    if error.status_code == 404:
        return f"Nothing stands at {scope['path']}."
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "GET, HEAD")
        return f"{scope['method']} is not possible here; {allowed} is. Nothing can be written through this service."
    return error.detail


class _Request:
    """One request and the way back: what its headers say, headers added to the answer, its status and size noted."""

    __slots__ = ("began", "cached", "id", "release", "said", "send", "size", "started", "status")

    def __init__(self, scope: Scope, send: Send, fallback_id: bytes) -> None:
        self.began = time.perf_counter()
        said: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _READ:
                said[name] = said[name] + b"," + value if name in said else value
        self.said = said
        given = said.get(b"x-request-id")
        self.id = given if given and REQUEST_ID.fullmatch(given) else fallback_id
        self.send = send
        self.status = 500
        self.size = 0
        self.started = False
        self.release = ""
        self.cached = False

    def identified(self, headers: Headers) -> Headers:
        """Headers with the id of the request."""
        return [*headers, (b"x-request-id", self.id)]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message = {**message, "headers": self.identified(sealed(message["headers"]))}
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self.send(message)

    async def problem(self, scope: Scope, problem: Problem) -> None:
        """Answer with a problem, as a page where the client would rather have one."""
        accept = header(scope, b"accept").decode("latin-1") or None
        headers = [(n.lower().encode(), value.encode("latin-1", "replace")) for n, value in problem.headers.items()]
        if GRAPHQL.match(scope["path"]):
            kind, body = _as_graphql(problem, accept)
        elif wants_html(accept):
            kind, body = f"{HTML}; charset=utf-8", problem_page(problem, self.id.decode(), scope.get("root_path", ""))
        else:
            kind, body = JSON, document(problem, scope["path"], self.id.decode())
        headers += [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store" if problem.status >= 429 else b"no-cache"),
        ]
        if b"vary" not in {name for name, _ in headers}:
            headers.append((b"vary", b"Accept"))
        await self({"type": "http.response.start", "status": kind_of(problem.status).status, "headers": headers})
        await self({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _as_graphql(problem: Problem, accept: str | None) -> tuple[str, bytes]:
    """A problem in the shape of GraphQL, whose clients read no other: its media type and body."""
    code = kind_of(problem.status).slug.replace("-", "_").upper()
    refusal = Refusal(code, problem.detail, status=problem.status, facts=problem.members)
    media_type = accepted(accept or "", (PLAIN, RESPONSE)) or PLAIN
    return f"{media_type}; charset=utf-8", refusal_answer(refusal, well_formed=False).body


def _line(scope: Scope, request: _Request, seconds: float) -> dict[str, object]:
    line: dict[str, object] = {
        "time": counters.now(),
        "request_id": request.id.decode(),
        "client": (scope.get("client") or ("",))[0],
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "status": request.status,
        "bytes": request.size,
        "milliseconds": round(seconds * 1000, 2),
        "agent": request.said.get(b"user-agent", b"").decode("latin-1"),
    }
    if request.release:
        line["release"] = request.release
    if request.cached:
        line["cached"] = True
    return line
