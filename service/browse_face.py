"""Datasette as a face: the release's tables under `/browse/`."""

from __future__ import annotations

from contextlib import closing

from datasets.browse.mount import Browse
from datasets.release.open import Release
from service.faces import Message, Receive, Scope, Send


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

        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(n, v) for n, v in message["headers"] if n.lower() != b"content-security-policy"]
                message = {**message, "headers": [*headers, (b"content-security-policy", self._policy)]}
            await send(message)

        await self._browse(scope, receive, with_policy)

    async def close(self) -> None:
        """End Datasette's threads and close its connections."""
        await self._browse.close()

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides, but for streams, which are as long as the table and are not kept."""
        return None if b"_stream" in scope["query_string"] or scope["path"].endswith(".db") else ""


def open_face(release: Release, root: str) -> BrowseFace:
    """Open the face over a release."""
    with closing(release.connect()) as connection:
        about = {str(key): str(value) for key, value in connection.execute("SELECT key, value FROM release")}
    return BrowseFace(Browse(release, about, f"{root}/browse/"))
