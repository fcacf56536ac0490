"""What a request asks, by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
LONGEST = 100_000
"""Bytes of a query."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and the dataset that the protocol names for it; None where it names none."""

    query: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MalformedError(Exception):
    """A request that the protocol does not know: status and what to do instead."""

    status: int
    message: str

    def __str__(self) -> str:
        return self.message


def question(method: str, query_string: str, content_type: str, body: bytes) -> Question | None:
    """What a request asks; None for a GET that asks nothing. Raises MalformedError."""
    given = _pairs(query_string)
    if method in ("GET", "HEAD"):
        if not any(name in ("query", "update") for name, _ in given):
            return None
        return _asked(given)
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise MalformedError(415, f"send the query in UTF-8, not in {charset}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError(400, "the body is not UTF-8") from None
    match kind.strip().lower():
        case "application/x-www-form-urlencoded":
            return _asked([*given, *_pairs(text)])
        case "application/sparql-query":
            return _asked([*given, ("query", text)])
        case "application/sparql-update":
            raise MalformedError(400, "updates are not done here: the data are read-only")
        case "":
            raise MalformedError(415, f"say what the body is: Content-Type {QUERY} or {FORM}")
        case other:
            raise MalformedError(415, f"send the query as {QUERY} or {FORM}, not as {other}")


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise MalformedError(400, "the parameters are not URL-encoded UTF-8") from None


def _asked(given: list[tuple[str, str]]) -> Question:
    def all_of(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in given if key == name)

    queries = all_of("query")
    if all_of("update") or all_of("using-graph-uri") or all_of("using-named-graph-uri"):
        raise MalformedError(400, "updates are not done here: the data are read-only")
    if len(queries) != 1:
        raise MalformedError(400, f"give one query; there are {len(queries)}")
    if len(queries[0].encode()) > LONGEST:
        raise MalformedError(413, f"the query has more than {LONGEST} bytes")
    default, named = all_of("default-graph-uri"), all_of("named-graph-uri")
    if default or named:
        return Question(queries[0], default, named)
    return Question(queries[0])
