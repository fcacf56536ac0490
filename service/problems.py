"""Errors as answers: RFC 9457 problem+json for programs, a page for people. Each kind is a row of one catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.negotiation import choose

JSON = "application/problem+json"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: status, slug (its `type` is `/problems#slug`), title, and what it means."""

    status: int
    slug: str
    title: str
    doc: str

    @property
    def type(self) -> str:
        """The problem type, a path-absolute reference to its description."""
        return f"/problems#{self.slug}"


KINDS: tuple[Kind, ...] = (
    Kind(400, "bad-request", "Bad request", "The request cannot be understood; the detail says which part of it."),
    Kind(
        403, "forbidden", "Forbidden", "The service does not do this for anybody; the detail says what it does instead."
    ),
    Kind(404, "not-found", "Not found", "Nothing stands at this address, and nothing is known to have stood there."),
    Kind(405, "method-not-allowed", "Method not allowed", "The address knows only the methods listed in `Allow`."),
    Kind(
        406,
        "not-acceptable",
        "Not acceptable",
        "None of the formats given here is among those accepted; they are listed in `formats`.",
    ),
    Kind(410, "gone", "Gone", "The record was withdrawn. Older releases may still hold it."),
    Kind(413, "too-large", "Content too large", "The body of the request is larger than the address takes."),
    Kind(414, "uri-too-long", "URI too long", "The address is longer than the service reads."),
    Kind(
        415,
        "unsupported-media-type",
        "Unsupported media type",
        "The body of the request is in a format that is not read here.",
    ),
    Kind(
        416,
        "range-not-satisfiable",
        "Range not satisfiable",
        "The range asked for lies outside the file; `Content-Range` has its size.",
    ),
    Kind(
        429,
        "too-many-requests",
        "Too many requests",
        "The budget for costly work is used up; `Retry-After` says when to come back.",
    ),
    Kind(500, "internal-error", "Internal error", "The service failed. The request id finds the cause in its log."),
    Kind(
        503,
        "unavailable",
        "Unavailable",
        "The service cannot answer at the moment; `Retry-After` says when to come back.",
    ),
)
_BY_STATUS = {kind.status: kind for kind in KINDS}


def kind_of(status: int) -> Kind:
    """The kind of problem of a status; other statuses of a class are shown as 400 or 500, under their own number."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    model = _BY_STATUS[400 if status < 500 else 500]
    return Kind(status, model.slug, model.title, model.doc)


@dataclass(slots=True)
class Problem(Exception):
    """An error that ends a request: status, what went wrong with this request, further members and headers."""

    status: int
    detail: str
    members: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Status and detail, for logs."""
        return f"{self.status} {self.detail}"


def not_found(what: str) -> Problem:
    """404 for a thing that does not exist."""
    return Problem(404, what)


def not_acceptable(formats: Sequence[tuple[str, str]]) -> Problem:
    """406 with the list of (media type, address) that can be given, also as `Link: rel=alternate`."""
    links = ", ".join(f'<{href}>; rel="alternate"; {_typed(media)}' for media, href in formats)
    listed = [{"type": media, "href": href} for media, href in formats]
    detail = "Ask for one of: " + ", ".join(media for media, _ in formats)
    return Problem(406, detail, {"formats": listed}, {"Link": links, "Vary": "Accept"})


def _typed(media: str) -> str:
    """A media type as attributes of a link: its parameters stand beside it, as quotes cannot stand in quotes."""
    name, *parameters = media.split(";")
    return "; ".join((f'type="{name}"', *parameters))


def wants_html(accept: str | None) -> bool:
    """Whether the client would rather have a page than JSON: browsers name text/html, tools do not."""
    if accept is None or "html" not in accept.lower():
        return False
    return choose(accept, (JSON, "application/json", HTML)) == HTML


def document(problem: Problem, instance: str, request_id: str) -> bytes:
    """The problem as JSON."""
    kind = kind_of(problem.status)
    body: dict[str, object] = {
        "type": kind.type,
        "title": kind.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "request_id": request_id,
        **problem.members,
    }
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"
