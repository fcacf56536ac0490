"""GraphQL as a face of the service: one release, one endpoint."""

from __future__ import annotations

import asyncio

from datasets.release.open import Release
from graph_schema.endpoint import Endpoint, Receive, Scope, Send
from graph_schema.opening import open_engine

PATHS = ("/graphql",)
"""The paths that the face answers, each with all below it."""


class GraphQLFace:
    """The endpoint of one release."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.engine = endpoint.engine
        """What answers operations: others who ask for records in the shape of GraphQL use it too."""

    async def start(self) -> None:
        """Nothing is left to do: opening made the schema and read the statistics."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._endpoint(scope, receive, send)

    async def close(self) -> None:
        """End the threads and close the database."""
        await asyncio.to_thread(self._endpoint.close)

    def variant(self, scope: Scope) -> str | None:
        """The media type that a GET is answered with."""
        return self._endpoint.variant(scope)


def open_face(release: Release, root: str, *, postgres: str = "") -> GraphQLFace:
    """The face of a release. Takes a good part of a second; the root comes with each request.

    With `postgres` it answers from that database, see `open_engine`.
    """
    return GraphQLFace(Endpoint(open_engine(release, postgres=postgres)))
