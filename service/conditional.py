"""Entity tags, conditional requests and content codings."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib

from service.build import code_build

CODINGS = ("gzip",)
"""Content codings that can be given, the preferred first. `identity` needs no name."""
SMALLEST = 400
"""Bodies below this many bytes are sent as they are: a coding would not make them smaller."""
LEVEL = 5

_TAG = re.compile(rb'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def entity_tag(release: str, address: bytes, variant: str, coding: str) -> bytes:
    """The strong ETag of an answer, quotes included: release, code, address (or document with variables), type, coding.

    It is known before the work, because an answer depends on nothing else.
    """
    parts = (release.encode(), code_build().encode(), address, variant.encode(), coding.encode())
    return b'"' + hashlib.sha256(b"\0".join(parts)).hexdigest()[:32].encode() + b'"'


def none_match(header: bytes, tag: bytes) -> bool:
    """Whether If-None-Match holds a tag: compared weakly, as RFC 9110 says; `*` matches whatever exists."""
    if header.strip() == b"*":
        return True
    return tag.strip(b'"') in _TAG.findall(header)


def compressible(content_type: bytes) -> bool:
    """Whether bodies of a content type get smaller by compressing."""
    kind = content_type.partition(b";")[0].strip().lower()
    return (
        kind.startswith(b"text/")
        or kind.endswith((b"+json", b"+xml", b"/json", b"/xml", b"/javascript"))
        or kind in (b"application/n-triples", b"application/n-quads", b"application/trig", b"application/sparql-query")
    )


def compress(body: bytes) -> bytes:
    """A whole body in the coding gzip: the same bytes for the same body."""
    return gzip.compress(body, LEVEL, mtime=0)


class Compressor:
    """A body in the coding gzip, piece by piece; at the latest after 16 kB, all that came in can be read."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
        self._unread = 0

    def piece(self, data: bytes, *, last: bool) -> bytes:
        """The compressed piece; empty while too little has come in."""
        compressed = self._stream.compress(data)
        if last:
            return compressed + self._stream.flush(zlib.Z_FINISH)
        self._unread += len(data)
        if self._unread < 16_384:
            return compressed
        self._unread = 0
        return compressed + self._stream.flush(zlib.Z_SYNC_FLUSH)
