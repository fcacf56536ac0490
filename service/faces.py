"""What a face is to the service: a way to read one release, plugged in by one row of `FACES`.

A face is opened for one release under one root (`""` for the current release, `/releases/{id}` for an older one),
started once, called as an ASGI application for the paths that it names, and closed once, after its last request.
Faces never learn of each other, of switching, of caching or of compression.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from datasets.release.open import Release

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Face(Protocol):
    """One way to read one release."""

    async def start(self) -> None:
        """Do what the first request should not have to wait for. Raises on failure: the release is not served."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request. `path` is the whole path, `root_path` the root of the release."""

    async def close(self) -> None:
        """End threads and processes, close connections and files. No request is in flight, none follows."""

    def variant(self, scope: Scope) -> str | None:
        """The media type that a GET of this address would be answered with; "" where only the address decides.

        None keeps an answer out of the cache and without ETag. It is asked before the work, so it must be cheap;
        what an answer depends on beside release, address and coding has to be in here.
        """


@runtime_checkable
class Settling(Protocol):
    """A face that goes on with its preparations after `start`: the service starts without waiting for them."""

    async def settled(self) -> None:
        """Wait until the preparations have ended, well or not: a switch of releases waits for that."""


Opener = Callable[[Release, str], Face]
"""Opens a face: release, root (without a slash at the end)."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """A face of the service: its name, the paths it answers (each with all below it), and what opens it."""

    name: str
    paths: tuple[str, ...]
    opener: str
    """`module:function`, imported when the first release is opened, so that commands start fast."""

    def open(self, release: Release, root: str) -> Face:
        """Open the face for a release. Takes its time: call it in a thread."""
        module, _, function = self.opener.partition(":")
        opener: Opener = getattr(import_module(module), function)
        return opener(release, root)


FACES: tuple[FaceRow, ...] = (
    FaceRow("browse", ("/browse",), "service.browse_face:open_face"),
    FaceRow("linked", ("/context",), "service.linked_face:open_face"),
    FaceRow(
        "described",
        (
            *(f"/ns{suffix}" for suffix in ("", ".html", ".ttl", ".jsonld", ".nt", ".rdf")),
            *(f"/catalog{suffix}" for suffix in ("", ".ttl", ".jsonld", ".nt", ".rdf")),
            "/shapes",
            "/shapes.ttl",
            "/.well-known/void",
        ),
        "service.described_face:open_face",
    ),
    FaceRow("sparql", ("/sparql",), "service.sparql_face:open_face"),
    FaceRow("reconcile", ("/reconcile",), "service.reconcile_face:open_face"),
    FaceRow("changes", ("/changes", "/feed.atom", "/sitemap.xml", "/sitemap"), "service.changes_face:open_face"),
    FaceRow("memento", ("/timegate", "/timemap"), "service.memento_face:open_face"),
    FaceRow("graphql", ("/graphql",), "service.graphql_face:open_face"),
)
