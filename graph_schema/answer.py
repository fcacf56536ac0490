"""The answer to an operation: bytes in the shape of GraphQL, and the status that HTTP wants for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLError

from graph_schema.refusal import Refusal
from graph_schema.request import RESPONSE


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer.

    `status` is for `application/graphql-response+json`; `well_formed` says that the request was one of GraphQL, so that
    a client of `application/json` gets its errors with status 200.
    """

    status: int
    body: bytes
    well_formed: bool = True
    data: bool = False
    """Whether it has data: only such an answer may be kept."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def status_for(self, media_type: str) -> int:
        """The status for a media type."""
        return 200 if self.status == 400 and self.well_formed and media_type != RESPONSE else self.status


def dumped(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return _ENCODER.encode(value).encode("utf-8", "replace")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def data_answer(data: bytes, errors: Sequence[Mapping[str, object]], extensions: bytes) -> Answer:
    """An answer with data and extensions, which are finished JSON text."""
    pieces = [b'{"data":', data, b',"extensions":', extensions, b"}"]
    if errors:
        pieces[0] = b'{"errors":' + dumped(list(errors)) + b',"data":'
    return Answer(200, b"".join(pieces), data=True)


def error_answer(code: str, errors: Sequence[GraphQLError], status: int = 400) -> Answer:
    """An answer without data: the operation was well-formed as a request but cannot be run."""
    formatted = []
    for error in errors:
        entry: dict[str, object] = {"message": error.message}
        if error.locations:
            entry["locations"] = [{"line": spot.line, "column": spot.column} for spot in error.locations]
        entry["extensions"] = {"code": code}
        formatted.append(entry)
    return Answer(status, dumped({"errors": formatted}))


def refusal_answer(refusal: Refusal, *, well_formed: bool) -> Answer:
    """A refusal as an answer. `well_formed` is False for what is no request of GraphQL at all."""
    body = dumped({"errors": [refusal.error()]})
    return Answer(refusal.status, body, well_formed=well_formed, headers=refusal.headers)
