"""SPARQL as a face: the protocol over a pool of workers, a page for people, the service description."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from datasets.release import pointer
from datasets.release.open import Release
from linked_data.dump import QUADS_FILE
from linked_data.namespaces import Namespaces
from linked_data.ontology import serialized
from linked_data.sparql import isolation
from linked_data.sparql.children import finished
from linked_data.sparql.description import description
from linked_data.sparql.examples import examples
from linked_data.sparql.formats import SOLUTIONS, TRIPLES
from linked_data.sparql.pool import Answer, Limits, Pool, QueryError
from linked_data.sparql.protocol import LONGEST, MalformedError, Question, question
from linked_data.sparql.store import build, forget, store_of
from service import pages
from service.faces import Receive, Scope, Send
from service.negotiation import choose
from service.problems import Problem, not_acceptable
from service.settings import resolve
from service.sparql_table import Table, table

log = logging.getLogger("alliances.sparql")
NEWEST = 2
"""So many of the newest releases have a store; of older ones there are the dumps."""
_ROOT = Path(__file__).resolve().parent.parent
_HTML = "text/html"
SOLUTIONS_JSON = "application/sparql-results+json"
_DESCRIPTIONS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}
_SHORT = {"json": SOLUTIONS_JSON, "csv": "text/csv", "xml": "application/sparql-results+xml"}


class SparqlFace:
    """The endpoint of one release. Its store is built in the background; until then it asks to come back."""

    def __init__(self, release: Release, root: str, limits: Limits, *, on: bool = True) -> None:
        """Where it is not `on`, every question is told so, and nothing is built."""
        self._release = release
        self._root = root
        self._limits = limits
        self._names = Namespaces(release.shapes, release.base_iri)
        self._pool: Pool | None = None
        self._opening: asyncio.Task[None] | None = None
        self._failure: Problem | None = None
        if not on:
            self._failure = _missing(f"it is turned off on this server; load the dump {QUADS_FILE.name}")

    async def start(self) -> None:
        """Begin to build the store, where it is not there yet, and to start the workers."""
        if self._failure is None:
            self._opening = asyncio.create_task(self._open())

    async def settled(self) -> None:
        """Wait until the store is there and the workers run, or until it is known that they never will."""
        if self._opening is not None:
            await asyncio.wait([self._opening])

    async def _open(self) -> None:
        try:
            newest = await asyncio.to_thread(pointer.listed, self._release.path.parent)
            kept = {path.name for path in newest[:NEWEST]}
            if self._release.id not in kept:
                self._failure = _missing(
                    f"release {self._release.id} has no SPARQL endpoint any more: load its dump {QUADS_FILE.name}"
                )
                return
            # The processes that build and ask stand elsewhere than the one that was given a relative place.
            store = await asyncio.to_thread(store_of(self._release.path).absolute)
            if not store.is_dir():
                await asyncio.to_thread(forget, self._release.path.parent, kept)
                await self._built(store)
            self._pool = Pool(store, f"{self._release.base_iri}{self._root}/sparql", self._limits, self._names.prefixes)
            await self._isolated()
        except (OSError, QueryError) as error:
            self._failure = Problem(
                503,
                "There is no SPARQL here now: the endpoint could not be opened; the log of the service says why.",
                headers={"Retry-After": "3600"},
            )
            log.error("no SPARQL over %s: %s", self._release.id, error)  # noqa: TRY400 (the message says all)

    async def _isolated(self) -> None:
        """Say so where queries cannot be kept from the network."""
        script = _ROOT.joinpath(*isolation.__name__.split(".")).with_suffix(".py")
        code, _ = await finished(sys.executable, "-I", "-S", str(script))
        if code:
            log.warning("SPARQL queries run with the network in reach: the system allows no network namespace")

    async def _built(self, store: Path) -> None:
        """Build the store in a process of its own, which gives its memory back."""
        dump = (self._release.path / QUADS_FILE.name).absolute()
        if not dump.is_file():
            raise OSError(f"{dump} is missing: the release was published without it; publish again")
        log.info("building the RDF store of %s", self._release.id)
        code, errors = await finished(sys.executable, "-m", build.__module__, str(dump), str(store), cwd=_ROOT)
        if code:
            raise OSError(f"building {store} failed: {errors.strip()[-500:]}")

    async def close(self) -> None:
        """End the workers, and the building if it is still at it."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._pool is not None:
            await self._pool.close()

    def variant(self, scope: Scope) -> str | None:
        """What the answer to a GET is negotiated to; nothing is kept of what is no GET."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        accept = Request(scope).headers.get("accept")
        return " ".join(str(chosen) for chosen in self._wanted(Request(scope), accept)) or "page"

    def _wanted(self, request: Request, accept: str | None) -> tuple[str | None, str | None]:
        """The media types for solutions and for triples, `text/html` included."""
        short = _SHORT.get(request.query_params.get("format", ""))
        if short:
            return short, "text/turtle"
        return choose(accept, [*SOLUTIONS, _HTML]), choose(accept, [*TRIPLES, _HTML])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except MalformedError as error:
            raise Problem(error.status, error.message) from error
        except QueryError as error:
            headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            raise Problem(error.status, str(error), headers=headers) from error
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD", "POST"):
            raise Problem(405, "Ask with GET or POST.", headers={"Allow": "GET, HEAD, POST"})
        body = await _body(request) if request.method == "POST" else b""
        query_string = request.scope["query_string"].decode("latin-1")
        asked = question(request.method, query_string, request.headers.get("content-type", ""), body)
        accept = request.headers.get("accept")
        if asked is None:
            return self._described(accept)
        solutions, triples = self._wanted(request, accept)
        if solutions is None and triples is None:
            raise not_acceptable([(media_type, f"{self._root}/sparql") for media_type in (*SOLUTIONS, *TRIPLES)])
        if _HTML in (solutions, triples):
            return await self._page(request, asked)
        answer = await self._ask(request, asked, solutions, triples)
        return Response(answer.body, media_type=_typed(answer.media_type), headers={"Vary": "Accept"})

    async def _ask(self, request: Request, asked: Question, solutions: str | None, triples: str | None) -> Answer:
        if self._failure is not None:
            raise replace(self._failure)
        if self._pool is None:
            raise QueryError(503, "the RDF store of this release is being built; come back in a minute", 30)
        client = request.client.host if request.client else ""
        return await self._pool.answer(asked, solutions, triples, client)

    def _described(self, accept: str | None) -> Response:
        """Without a query: the page for people, else the service description."""
        chosen = choose(accept, [*_DESCRIPTIONS, _HTML])
        if chosen == _HTML:
            return Response(self._rendered("", None), media_type="text/html; charset=utf-8", headers={"Vary": "Accept"})
        if chosen is None:
            raise not_acceptable([(media_type, f"{self._root}/sparql") for media_type in (*_DESCRIPTIONS, _HTML)])
        graph = description(self._names, f"{self._release.base_iri}{self._root}/sparql", self._release.title)
        body = serialized(graph, _DESCRIPTIONS[chosen], self._names.prefixes)
        return Response(body, media_type=_typed(chosen), headers={"Vary": "Accept"})

    async def _page(self, request: Request, asked: Question) -> Response:
        """The answer as a table on the page."""
        status, problem, text = 200, "", ""
        shown: Table | None = None
        try:
            answer = await self._ask(request, asked, SOLUTIONS_JSON, "text/turtle")
        except QueryError as error:
            status, problem = error.status, str(error)
        else:
            if answer.media_type == SOLUTIONS_JSON:
                if "boolean" in (content := json.loads(answer.body)):
                    text = "yes" if content["boolean"] else "no"
                else:
                    shown = table(answer.body, self._names, self._root)
            else:
                text = answer.body.decode()
        body = self._rendered(asked.query, shown, text=text, problem=problem)
        return Response(body, status, media_type="text/html; charset=utf-8", headers={"Vary": "Accept"})

    def _rendered(self, query: str, shown: Table | None, *, text: str = "", problem: str = "") -> bytes:
        return pages.render(
            "sparql.html",
            root=self._root,
            release=self._release,
            path="/sparql",
            query=query,
            table=shown,
            text=text,
            problem=problem,
            prefixes=self._names.prefixes,
            examples=examples(self._names),
            limits=self._limits,
            endpoint=f"{self._release.base_iri}{self._root}/sparql",
            dump=QUADS_FILE.name,
        )


def _missing(why: str) -> Problem:
    return Problem(404, f"There is no SPARQL here: {why}.")


async def _body(request: Request) -> bytes:
    """The body of a request. Raises Problem 413 where it is longer than any query."""
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > 4 * LONGEST:
            raise Problem(413, f"A query has at most {LONGEST} bytes.")
    return found


def _typed(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def open_face(release: Release, root: str) -> SparqlFace:
    """Open the face over a release."""
    return SparqlFace(release, root, Limits(), on=resolve().sparql)
