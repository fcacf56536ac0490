"""Headers that every answer carries: security and CORS."""

from __future__ import annotations

Headers = list[tuple[bytes, bytes]]

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content policy of pages that bring none of their own: our files alone, nothing inline, in nobody's frame."""
_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        (
            b"ETag, Link, Location, Content-Location, Content-Disposition, Content-Range, Accept-Ranges, "
            b"Memento-Datetime, Retry-After, Vary, X-Request-Id"
        ),
    ),
    (b"content-security-policy", POLICY),
)
PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    (b"allow", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Accept, Accept-Datetime, Accept-Language, Content-Type, If-None-Match, Range, X-Request-Id",
    ),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
)
_ON_304 = frozenset({b"etag", b"cache-control", b"vary", b"content-location", b"link", b"expires"})


def sealed(headers: Headers | tuple[tuple[bytes, bytes], ...]) -> Headers:
    """The headers of an answer with those that every answer carries; what the answer says itself stands."""
    present = {name for name, _ in headers}
    return [*headers, *(pair for pair in _ALWAYS if pair[0] not in present)]


def unchanged(headers: Headers | tuple[tuple[bytes, bytes], ...]) -> Headers:
    """Those of the headers of an answer that its 304 carries."""
    return [pair for pair in headers if pair[0] in _ON_304]
