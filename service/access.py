"""The outermost layer of every request: its id, its log line, its counters, security headers, CORS, and its errors."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time

from starlette.exceptions import HTTPException

from service import metrics as counters
from service.answers import header
from service.faces import Message, Receive, Scope, Send
from service.log import AccessLog
from service.metrics import Metrics
from service.pages import problem_page
from service.problems import HTML, JSON, Problem, document, kind_of, wants_html

log = logging.getLogger("alliances.access")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
"""A request id that a client or proxy may give; others are replaced."""
LONGEST_ADDRESS = 8000
"""Path and query of more bytes are answered with 414."""

POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
)
CORS: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        (
            b"ETag, Link, Location, Content-Location, Content-Disposition, Content-Range, Accept-Ranges, "
            b"Memento-Datetime, Retry-After, Vary, X-Request-Id"
        ),
    ),
)
PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-None-Match, Range, X-Request-Id"),
    (b"access-control-max-age", b"86400"),
)
_ALWAYS = (*SECURITY, *CORS)


class Access:
    """Middleware: what happens to every request before and after it is answered."""

    def __init__(self, app: object, metrics: Metrics, access_log: AccessLog | None) -> None:
        """`app` is the ASGI application inside; without `access_log` nothing is logged."""
        self._app = app
        self._metrics = metrics
        self._log = access_log
        self._prefix = secrets.token_hex(5)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or start and stop the service."""
        if scope["type"] != "http":
            await self._app(scope, receive, _plain_failure(scope, send))  # type: ignore[operator]
            return
        request = _Request(scope, send, self._request_id(scope))
        self._metrics.in_flight += 1
        try:
            if scope["method"] == "OPTIONS":
                await _preflight(scope, request)
            else:
                await self._answer(scope, receive, request)
        finally:
            self._metrics.in_flight -= 1
            seconds = time.perf_counter() - request.began
            self._metrics.observe(counters.area(scope["path"]), scope["method"], request.status, seconds)
            if self._log:
                self._log.write(_line(scope, request, seconds))

    async def _answer(self, scope: Scope, receive: Receive, request: _Request) -> None:
        scope["state"] = {**scope.get("state", {}), "request_id": request.id.decode()}
        try:
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
                raise Problem(414, f"Path and query have more than {LONGEST_ADDRESS} bytes.")
            await self._app(scope, receive, request)  # type: ignore[operator]
        except Exception as error:
            if request.started:
                log.exception("an answer broke off", extra={"request_id": request.id.decode(), "path": scope["path"]})
                raise
            await request.problem(scope, self._problem(error, scope, request))

    def _problem(self, error: Exception, scope: Scope, request: _Request) -> Problem:
        if isinstance(error, Problem):
            return error
        if isinstance(error, HTTPException):
            return Problem(error.status_code, _detail(error, scope), headers=dict(error.headers or {}))
        log.error("a request failed", exc_info=error, extra={"request_id": request.id.decode(), "path": scope["path"]})
        return Problem(500, "The service failed; the fault is ours and is logged under this request id.")

    def _request_id(self, scope: Scope) -> bytes:
        given = header(scope, b"x-request-id")
        if given and REQUEST_ID.fullmatch(given):
            return given
        return f"{self._prefix}-{next(self._numbers):x}".encode()


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
    """The way back of one request: adds headers to the answer and notes status and size."""

    __slots__ = ("began", "id", "send", "size", "started", "status")

    def __init__(self, scope: Scope, send: Send, request_id: bytes) -> None:
        self.began = time.perf_counter()
        self.id = request_id
        self.send = send
        self.status = 500
        self.size = 0
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = list(message["headers"])
            present = {name for name, _ in headers}
            headers.extend(pair for pair in _ALWAYS if pair[0] not in present)
            if b"content-security-policy" not in present:
                headers.append((b"content-security-policy", POLICY))
            headers.append((b"x-request-id", self.id))
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self.send(message)

    async def problem(self, scope: Scope, problem: Problem) -> None:
        """Answer with a problem, as a page where the client would rather have one."""
        accept = header(scope, b"accept").decode("latin-1") or None
        headers = [
            (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in problem.headers.items()
        ]
        if wants_html(accept):
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


async def _preflight(scope: Scope, request: _Request) -> None:
    headers = [*PREFLIGHT, (b"allow", b"GET, HEAD, POST, OPTIONS"), (b"content-length", b"0")]
    await request({"type": "http.response.start", "status": 204, "headers": headers})
    await request({"type": "http.response.body", "body": b""})


def _line(scope: Scope, request: _Request, seconds: float) -> dict[str, object]:
    state = scope.get("state", {})
    held = state.get("held")
    line: dict[str, object] = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "request_id": request.id.decode(),
        "client": (scope.get("client") or ("",))[0],
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "status": request.status,
        "bytes": request.size,
        "milliseconds": round(seconds * 1000, 2),
        "agent": header(scope, b"user-agent").decode("latin-1"),
    }
    if held is not None:
        line["release"] = held.release.id
    if state.get("cached"):
        line["cached"] = True
    return line
