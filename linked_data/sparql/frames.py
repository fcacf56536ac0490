"""How a pool and its workers talk: a frame is the length of its content, then the content."""

from __future__ import annotations

import asyncio
from typing import BinaryIO

_LENGTH = 8


def write(stream: BinaryIO, content: bytes) -> None:
    """Write a frame."""
    stream.write(len(content).to_bytes(_LENGTH, "big") + content)
    stream.flush()


def read(stream: BinaryIO) -> bytes | None:
    """Read a frame; None at the end of the stream."""
    head = stream.read(_LENGTH)
    return stream.read(int.from_bytes(head, "big")) if len(head) == _LENGTH else None


async def receive(stream: asyncio.StreamReader) -> bytes:
    """Read a frame. Raises IncompleteReadError when the other end is gone."""
    head = await stream.readexactly(_LENGTH)
    return await stream.readexactly(int.from_bytes(head, "big"))


def framed(content: bytes) -> bytes:
    """A frame as bytes."""
    return len(content).to_bytes(_LENGTH, "big") + content
