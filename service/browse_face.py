"""Datasette as a face: the release's tables under `/browse/`, with our redirects, policy and error shape."""

from __future__ import annotations

import html
import re
from contextlib import closing

import orjson
from starlette.responses import RedirectResponse

from datasets.browse.mount import Browse
from datasets.release.open import Release
from service.faces import Message, Receive, Scope, Send
from service.leasing import refuse_writing
from service.problems import Problem

_SAID = re.compile(r'<div style="[^"]*border: 3px solid red;">(.*?)</div>', re.DOTALL)
_LONGEST_ERROR = 200_000
_OURS = {
    403: "Queries in SQL of your own are not answered here; download the database and ask it at home.",
    404: "There is no such table, row or question.",
}
_ASKED_WRONGLY = ("Cannot sort", "Cannot use", "Invalid", "_size must", "no such column")
"""Beginnings of messages that Datasette sends with status 500 although the question was at fault."""


class BrowseFace:
    """Datasette over one release, with a content policy that lets its own inline scripts run."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        self._policy = b""

    async def start(self) -> None:
        """Start Datasette and learn its inline scripts."""
        await self._browse.start()
        scripts = " ".join(("'self'", *self._browse.script_hashes))
        self._policy = (
            f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refuse_writing(scope)
        if scope["path"] + "/" == self._browse.prefix:
            await RedirectResponse(self._browse.prefix, 308)(scope, receive, send)
            return
        errors = _Errors(send, self._policy)
        await self._browse(scope, receive, errors)
        if errors.status:
            raise errors.problem()

    async def close(self) -> None:
        """End Datasette's threads and close its connections."""
        await self._browse.close()

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides, but for streams, which are as long as the table and are not kept."""
        return None if b"_stream" in scope["query_string"] or scope["path"].endswith(".db") else ""


class _Errors:
    """Lets answers pass with the policy, and keeps errors back to give them the shape of all others."""

    def __init__(self, send: Send, policy: bytes) -> None:
        self.status = 0
        self._send = send
        self._policy = policy
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] >= 400:
                self.status = message["status"]
                return
            headers = [(n, v) for n, v in message["headers"] if n.lower() != b"content-security-policy"]
            message = {**message, "headers": [*headers, (b"content-security-policy", self._policy)]}
        elif self.status:
            if len(self._body) < _LONGEST_ERROR:
                self._body += message.get("body", b"")
            return
        await self._send(message)

    def problem(self) -> Problem:
        """What Datasette said, in our shape."""
        said = _message(self._body)
        status = 400 if self.status == 500 and said.startswith(_ASKED_WRONGLY) else self.status
        if status >= 500:
            return Problem(status, "The table could not be shown; the fault is ours and is logged.")
        return Problem(status, _OURS.get(status) or said or "The question cannot be answered.")


def _message(body: bytes) -> str:
    """The message of an error of Datasette, in JSON or HTML; empty where there is none."""
    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        try:
            return str(orjson.loads(body).get("error") or "")
        except orjson.JSONDecodeError:
            return ""
    found = _SAID.search(text)
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""


def open_face(release: Release, root: str) -> BrowseFace:
    """Open the face over a release."""
    with closing(release.connect()) as connection:
        about = {str(key): str(value) for key, value in connection.execute("SELECT key, value FROM release")}
    return BrowseFace(Browse(release, about, f"{root}/browse/"))
