"""GraphQL as the service shows it: the face of `graph_schema`, with a page for people in the dress of the others.

Where set-up could fetch GraphiQL, the page starts it; the form that stands there without scripts does the same work.
"""

from __future__ import annotations

from datasets.release.open import Release
from graph_schema.face import GraphQLFace
from graph_schema.face import open_face as open_plain
from graph_schema.page import EXAMPLES
from graph_schema.request import PAGE
from service import graphiql, pages
from service.faces import Receive, Scope, Send
from service.headers import Headers
from service.json_documents import question
from service.settings import resolve


class DressedFace:
    """The GraphQL face of one release under one root."""

    def __init__(self, face: GraphQLFace, release: Release, root: str) -> None:
        self._face = face
        self._root = root
        self.engine = face.engine
        found = graphiql.found(graphiql.FOLDER)
        self._page = pages.render(
            "graphql.html", root=root, release=release, path="/graphql", examples=EXAMPLES, graphiql=found
        )
        self._headers: Headers = [(b"content-type", b"text/html; charset=utf-8"), (b"vary", b"Accept")]
        if found:
            self._headers.append((b"content-security-policy", graphiql.POLICY))

    async def start(self) -> None:
        """Start the face inside."""
        await self._face.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = str(scope["path"]).removeprefix(self._root).rstrip("/")
        if path == "/graphql" and scope["method"] in ("GET", "HEAD") and self.variant(scope) == PAGE:
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            await send({"type": "http.response.body", "body": self._page})
        else:
            await self._face(scope, receive, send)

    async def close(self) -> None:
        """Close the face inside."""
        await self._face.close()

    def variant(self, scope: Scope) -> str | None:
        """The media type that a GET is answered with."""
        return self._face.variant(scope)


def open_face(release: Release, root: str) -> DressedFace:
    """Open the face over a release, in its file or in the PostgreSQL of the settings."""
    face = open_plain(release, root, postgres=resolve().graphql_database)
    for _, text in EXAMPLES:
        face.engine.keep(text)
    for entity in release.shapes.entities:
        face.engine.keep(question(face.engine.built.schema, entity))
    return DressedFace(face, release, root)
