"""What a release says of itself in RDF, as a face: the vocabulary, SHACL shapes, catalogue."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from datasets.release.open import Release
from linked_data.addresses import Offer, Resources
from service import pages
from service.faces import Receive, Scope, Send
from service.leasing import refuse_writing
from service.negotiation import choose
from service.problems import not_acceptable, not_found


class DescribedFace:
    """The descriptions of one release under one root."""

    def __init__(self, release: Release, root: str) -> None:
        self._release = release
        self._root = root
        self._resources = Resources(release)

    async def start(self) -> None:
        """Make nothing yet: all of it is small, and made when first asked for."""

    async def close(self) -> None:
        """Hold nothing open."""

    def variant(self, scope: Scope) -> str | None:
        """The media type that a description with several formats would be given in."""
        offers = self._offers(self._path(scope))
        if len(offers) < 2:
            return ""
        return choose(Request(scope).headers.get("accept"), [offer.media_type for offer in offers]) or "none"

    def _path(self, scope: Scope) -> str:
        return str(scope["path"]).removeprefix(self._root)

    def _offers(self, path: str) -> tuple[Offer, ...]:
        pages_ = (Offer("html", "text/html", self._ontology_page),) if path == "/ns" else ()
        return (*pages_, *self._resources.offers.get(path, ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refuse_writing(scope)
        response = await asyncio.to_thread(self._answer, Request(scope))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = self._path(request.scope)
        offers = self._offers(path)
        if len(offers) == 1:
            return self._given(path, offers[0])
        if offers:
            return self._negotiated(request, path, offers)
        stem, _, suffix = path.rpartition(".")
        for offer in self._offers(stem):
            if offer.suffix == suffix:
                return self._given(stem, offer)
        raise not_found(f"Nothing stands at {path}.")

    def _negotiated(self, request: Request, path: str, offers: tuple[Offer, ...]) -> Response:
        chosen = choose(request.headers.get("accept"), [offer.media_type for offer in offers])
        if chosen is None:
            raise not_acceptable([(offer.media_type, f"{self._root}{path}.{offer.suffix}") for offer in offers])
        offer = next(offer for offer in offers if offer.media_type == chosen)
        response = self._given(path, offer)
        response.headers["Content-Location"] = f"{self._root}{path}.{offer.suffix}"
        response.headers["Vary"] = "Accept"
        return response

    def _given(self, path: str, offer: Offer) -> Response:
        others = [
            f'<{self._root}{path}.{other.suffix}>; rel="alternate"; type="{other.media_type}"'
            for other in self._offers(path)
            if other.suffix != offer.suffix
        ]
        content = f"{offer.media_type}; charset=utf-8" if offer.media_type.startswith("text/") else offer.media_type
        return Response(offer.make(), media_type=content, headers={"Link": ", ".join(others)} if others else {})

    def _ontology_page(self) -> bytes:
        resources = self._resources
        return pages.render(
            "ontology.html",
            root=self._root,
            release=self._release,
            path="/ns",
            ontology=resources.ontology,
            offers=resources.offers["/ns"],
        )


def open_face(release: Release, root: str) -> DescribedFace:
    """Open the face over a release."""
    return DescribedFace(release, root)
