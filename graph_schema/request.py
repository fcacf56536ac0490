"""One request of GraphQL over HTTP, read and checked (https://graphql.github.io/graphql-over-http/draft/)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

from graph_schema.refusal import Refusal

RESPONSE = "application/graphql-response+json"
PLAIN = "application/json"
PAGE = "text/html"
DEEPEST = 100
"""How deep variables may nest: far more than any filter does."""
_RANGE = re.compile(r"([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: a document or the hash of one, with variables. `raw` holds the variables as sent."""

    query: str | None
    operation_name: str | None
    variables: Mapping[str, object]
    extensions: Mapping[str, object]

    @property
    def persisted(self) -> str | None:
        """The SHA-256 of a persisted document, if one is meant. Raises Refusal when it is malformed."""
        entry = self.extensions.get("persistedQuery")
        if entry is None:
            return None
        if not isinstance(entry, dict) or entry.get("version") != 1 or not isinstance(entry.get("sha256Hash"), str):
            raise Refusal(
                "BAD_REQUEST", 'Write extensions.persistedQuery as {"version": 1, "sha256Hash": "<64 hex digits>"}.'
            )
        sha = str(entry["sha256Hash"])
        if not re.fullmatch("[0-9a-f]{64}", sha):
            raise Refusal(
                "BAD_REQUEST", "extensions.persistedQuery.sha256Hash is not 64 lower-case hexadecimal digits."
            )
        return sha


def read_json(body: bytes, content_type: str) -> Request:
    """The request in a body. Raises Refusal: 415 for what is not JSON in UTF-8, 400 for what is malformed."""
    media, _, parameters = content_type.partition(";")
    if media.strip().lower() != PLAIN:
        raise Refusal(
            "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {PLAIN}; the Content-Type is {media.strip()!r}.", status=415
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise Refusal("UNSUPPORTED_MEDIA_TYPE", "Send the request in UTF-8.", status=415)
    try:
        content = _JSON.decode(body.decode("utf-8"))
    except RecursionError:
        raise Refusal("BAD_REQUEST", "The body nests too deeply.") from None
    except ValueError as error:
        raise Refusal("BAD_REQUEST", f"The body is not JSON in UTF-8: {error}.") from error
    if isinstance(content, list):
        raise Refusal("BATCHING_NOT_SUPPORTED", "Send one operation per request; batches are not taken.")
    if not isinstance(content, dict):
        raise Refusal("BAD_REQUEST", "The body is not a JSON object with a `query`.")
    return checked(content)


def read_query(query_string: bytes) -> Request:
    """The request in the address of a GET. Raises Refusal with status 400."""
    content: dict[str, object] = {}
    for pair in query_string.split(b"&"):
        if not pair:
            continue
        name, _, value = pair.partition(b"=")
        try:
            key, text = (unquote_plus(part.decode("ascii"), errors="strict") for part in (name, value))
        except UnicodeDecodeError as error:
            raise Refusal("BAD_REQUEST", "The address is not percent-encoded UTF-8.") from error
        if key not in ("query", "operationName", "variables", "extensions"):
            continue
        if key in content:
            raise Refusal("BAD_REQUEST", f"The parameter {key} stands twice in the address.")
        if key in ("variables", "extensions"):
            content[key] = _embedded(key, text)
        elif key == "query" or text:
            content[key] = text
    return checked(content)


def _embedded(key: str, text: str) -> object:
    if not text:
        return None
    try:
        return _JSON.decode(text)
    except RecursionError:
        raise Refusal("BAD_REQUEST", f"The parameter {key} nests too deeply.") from None
    except ValueError as error:
        raise Refusal("BAD_REQUEST", f"The parameter {key} is not JSON: {error}.") from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_no_constant)


def checked(content: Mapping[str, object]) -> Request:
    """The request, its members of the right type. Raises Refusal."""
    query, name = content.get("query"), content.get("operationName")
    variables, extensions = content.get("variables"), content.get("extensions")
    if query is not None and not isinstance(query, str):
        raise Refusal("BAD_REQUEST", "`query` is not a string.")
    if name is not None and not isinstance(name, str):
        raise Refusal("BAD_REQUEST", "`operationName` is neither a string nor null.")
    if variables is not None and not isinstance(variables, dict):
        raise Refusal("BAD_REQUEST", "`variables` is neither an object nor null.")
    if extensions is not None and not isinstance(extensions, dict):
        raise Refusal("BAD_REQUEST", "`extensions` is neither an object nor null.")
    if variables and _deeper(variables, DEEPEST):
        raise Refusal("BAD_REQUEST", f"`variables` nest more than {DEEPEST} deep.")
    return Request(query, name, variables or {}, extensions or {})


def _deeper(value: object, depth: int) -> bool:
    """Whether lists and objects nest deeper than that; looked at level by level, never by recursion."""
    level: list[object] = [value]
    for _ in range(depth + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


@lru_cache(maxsize=512)
def accepted(accept: str, offers: tuple[str, ...]) -> str | None:
    """The offer that an Accept header wants most, the first of equals; None when it wants none.

    An empty header takes the first offer.
    """
    if not accept.strip():
        return offers[0]
    best: tuple[float, str] | None = None
    for offer in offers:
        weight = _quality(accept, offer)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, offer)
    return best[1] if best else None


def _quality(accept: str, offer: str) -> float:
    kind, subtype = offer.split("/")
    found: tuple[int, float] = (-1, 0.0)
    for element in accept.split(","):
        head, *parameters = element.split(";")
        named = _RANGE.fullmatch(head.strip().lower())
        if named is None:
            continue
        if named[1] == kind and named[2] == subtype:
            precision = 2
        elif named[1] == kind and named[2] == "*":
            precision = 1
        elif named[1] == "*" and named[2] == "*":
            precision = 0
        else:
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.strip().partition("=")
            if name.strip().lower() == "q":
                weight = float(value) if re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", value.strip()) else 0.0
        if precision > found[0]:
            found = (precision, weight)
    return found[1]
