"""Logs as lines of JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

import pytest

from service.log import AccessLog, JsonLines
from service.metrics import area


def test_lines_are_gathered_and_written_by_themselves() -> None:
    reading, writing = os.pipe()

    async def log_some() -> None:
        log = AccessLog(writing)
        log.write({"path": "/清华"})
        log.write({"path": "/b"})
        await asyncio.sleep(0.3)

    asyncio.run(log_some())
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert [json.loads(line) for line in stream] == [{"path": "/清华"}, {"path": "/b"}]


def test_a_reader_that_has_gone_ends_the_log_and_nothing_else() -> None:
    reading, writing = os.pipe()
    os.close(reading)

    async def log_some() -> None:
        log = AccessLog(writing)
        for _ in range(3):
            log.write({"path": "/a"})
            log.flush()

    asyncio.run(log_some())
    os.close(writing)


def test_a_record_has_its_extras_and_its_traceback() -> None:
    try:
        raise ValueError("what went wrong")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("alliances.test", logging.ERROR, __file__, 1, "it %s", ("failed",), error)
    record.release = "2026-01-31-0123456789"
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"], line["release"]) == ("error", "it failed", "2026-01-31-0123456789")
    assert "ValueError: what went wrong" in line["traceback"]


@pytest.mark.parametrize(
    ("path", "where"),
    [("/", "home"), ("/doc/alliance/x", "doc"), ("/catalog.ttl", "catalog"), ("*", "other"), ("", "home")],
)
def test_every_path_belongs_to_a_part_of_the_service(path: str, where: str) -> None:
    assert area(path) == where
