import gzip
import re
import zlib

import pytest

from service.build import code_build
from service.conditional import Compressor, compress, compressible, entity_tag, none_match

TAG = entity_tag("2026-01-01-0123456789", b"/doc/alliance/aua", "text/html", "gzip")


def test_a_tag_is_strong_and_short() -> None:
    assert re.fullmatch(rb'"[0-9a-f]{32}"', TAG)


def test_a_tag_differs_by_everything_that_an_answer_depends_on() -> None:
    others = [
        entity_tag("2026-01-02-0123456789", b"/doc/alliance/aua", "text/html", "gzip"),
        entity_tag("2026-01-01-0123456789", b"/doc/alliance/aua?members=2", "text/html", "gzip"),
        entity_tag("2026-01-01-0123456789", b"/doc/alliance/aua", "text/turtle", "gzip"),
        entity_tag("2026-01-01-0123456789", b"/doc/alliance/aua", "text/html", ""),
    ]
    assert len({TAG, *others}) == 5
    assert entity_tag("2026-01-01-0123456789", b"/doc/alliance/aua", "text/html", "gzip") == TAG


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (TAG, True),
        (b"W/" + TAG, True),
        (b'"other", ' + TAG, True),
        (b'"other",' + TAG + b',"third"', True),
        (b"*", True),
        (b" * ", True),
        (b'"other"', False),
        (b"", False),
        (TAG.strip(b'"'), False),
        (b'"a, ' + TAG.strip(b'"') + b'"', False),
    ],
)
def test_if_none_match(header: bytes, expected: bool) -> None:
    assert none_match(header, TAG) is expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (b"text/html; charset=utf-8", True),
        (b"application/ld+json", True),
        (b"application/json", True),
        (b"application/n-quads", True),
        (b"image/svg+xml", True),
        (b"application/zip", False),
        (b"image/png", False),
        (b"", False),
    ],
)
def test_what_is_compressed(content_type: bytes, expected: bool) -> None:
    assert compressible(content_type) is expected


def test_a_compressed_body_is_the_same_each_time() -> None:
    body = b"alliance " * 500
    assert gzip.decompress(compress(body)) == body
    assert compress(body) == compress(body)


def test_a_stream_can_be_read_as_it_comes() -> None:
    compressor, reader = Compressor(), zlib.decompressobj(31)
    first = compressor.piece(b"a" * 20_000, last=False)
    assert reader.decompress(first) == b"a" * 20_000
    rest = compressor.piece(b"b", last=False) + compressor.piece(b"c", last=True)
    assert reader.decompress(rest) == b"bc"
    assert reader.eof


def test_the_build_is_the_same_when_asked_again() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", code_build())
    assert code_build() == code_build()
