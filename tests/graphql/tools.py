"""What the tests of GraphQL share: publishing a folder, asking, ASGI requests without a server."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.open import Release
from datasets.shapes import SHAPES, Shapes
from graph_schema.endpoint import Endpoint
from graph_schema.engine import Engine
from graph_schema.request import Request

GOLDEN = Path(__file__).parents[1] / "golden"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
"""With UPDATE_GOLDEN=1 the golden files are written instead of compared."""


def publish_folder(folder: Path, scratch: Path, shapes: Shapes = SHAPES) -> Release:
    """The release of a folder of facts."""
    database = open_database(f"sqlite:///{scratch / 'canonical.sqlite'}")
    try:
        load(database, folder, shapes)
        facts = read(folder, shapes)
        said = facts.release or {}
        done = publish(
            database,
            scratch / "releases",
            shapes,
            expectations=facts.expectations or (),
            base_iri="http://world.example",
            date=str(said["date"]),
            title=str(said["title"]),
            licence=str(said["licence"]),
        )
    finally:
        database.dispose()
    return Release.open(done.path)


def golden(name: str, text: str) -> None:
    """Compare a text with a golden file, or write it."""
    path = GOLDEN / name
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{path.name} is missing: run the tests once with UPDATE_GOLDEN=1"
    assert text == path.read_text(encoding="utf-8"), (
        f"{path.name} is not what it was: is that meant? UPDATE_GOLDEN=1 writes it"
    )


@dataclass
class Ask:
    """Asks an engine."""

    engine: Engine

    def whole(
        self, query: str, variables: Mapping[str, object] | None = None, name: str | None = None
    ) -> dict[str, Any]:
        """The whole answer."""
        answer = self.engine.answer(Request(query, name, variables or {}, {}))
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def __call__(self, query: str, variables: Mapping[str, object] | None = None) -> Any:
        """The data; there must be no errors."""
        found = self.whole(query, variables)
        assert "errors" not in found, found["errors"]
        return found["data"]

    def refused(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The one error of an operation that is not run."""
        found = self.whole(query, variables)
        assert "data" not in found, found
        (error,) = found["errors"]
        assert isinstance(error, dict)
        return error


@dataclass
class Reply:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def request(
    endpoint: Endpoint,
    method: str = "GET",
    path: str = "/graphql",
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    client: str = "192.0.2.1",
    root: str = "",
) -> Reply:
    """One HTTP request to the ASGI application."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root,
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
        "client": (client, 1),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(endpoint(scope, receive, send))
    start = sent[0]
    content = b"".join(m.get("body", b"") for m in sent[1:])
    return Reply(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, content)


def post(endpoint: Endpoint, content: object, accept: str = "application/graphql-response+json", **more: Any) -> Reply:
    """One operation by POST."""
    headers = {"Content-Type": "application/json", "Accept": accept, **more.pop("headers", {})}
    return request(endpoint, "POST", headers=headers, body=json.dumps(content).encode(), **more)
