"""Finished answers of one open release, kept in memory: bounded by bytes, the least used go first.

The cache lives and dies with the open release, so nothing in it can be stale. Only the event loop touches it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from service.conditional import none_match
from service.headers import Headers, sealed, unchanged

Key = tuple[bytes, str, str]
"""Address with query, variant (media type), coding."""
Asked = tuple[bytes, bytes, bytes]
"""Address with query, and the headers Accept and Accept-Encoding as they were sent."""

LARGEST = 1_000_000
"""Answers of more bytes are streamed and not kept."""
MOST_ALIASES = 20_000
LONGEST_WISH = 500
"""Clients with longer Accept headers find their answers by key: the words of many of them would fill the memory."""
_OVERHEAD = 1_000


@dataclass(frozen=True)
class Answer:
    """A finished answer: status, headers, body, entity tag ("" where it has none)."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tag: bytes

    @cached_property
    def sealed(self) -> Headers:
        """Its headers with those that every answer carries."""
        return sealed(self.headers)

    @cached_property
    def unchanged(self) -> Headers:
        """The headers of its 304, with those that every answer carries."""
        return sealed(unchanged(self.headers))

    def given(self, known: bytes, method: str) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a client that knows these tags: 304 where it has the answer already."""
        if known and self.status == 200 and self.tag and none_match(known, self.tag):
            return 304, self.unchanged, b""
        return self.status, self.sealed, b"" if method == "HEAD" else self.body

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return len(self.body) + _OVERHEAD


class Cache:
    """Answers by address, variant and coding; found in two look-ups by what a client literally asked."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes; with 0 nothing is kept."""
        self.limit = limit
        self.size = 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._aliases: OrderedDict[Asked, Key] = OrderedDict()
        self.pending: dict[Key, asyncio.Future[Answer | None]] = {}
        """Answers in the making: whoever asks the same waits for them instead of doing the work again."""

    def __len__(self) -> int:
        return len(self._answers)

    def asked(self, asked: Asked) -> Answer | None:
        """The answer to exactly these words, if it is there."""
        key = self._aliases.get(asked)
        return self.get(key) if key else None

    def get(self, key: Key) -> Answer | None:
        """The answer of that key, if it is there."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def alias(self, asked: Asked, key: Key) -> None:
        """Remember that these words of a client mean that key."""
        if key in self._answers and len(asked[1]) + len(asked[2]) <= LONGEST_WISH:
            self._aliases[asked] = key
            if len(self._aliases) > MOST_ALIASES:
                self._aliases.popitem(last=False)

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, and let the least used go to make room."""
        if answer.size + len(key[0]) > self.limit or len(answer.body) > LARGEST:
            return
        old = self._answers.pop(key, None)
        self.size += answer.size - (old.size if old else 0)
        self._answers[key] = answer
        while self.size > self.limit:
            _, gone = self._answers.popitem(last=False)
            self.size -= gone.size

    def clear(self) -> None:
        """Let everything go."""
        self._answers.clear()
        self._aliases.clear()
        self.size = 0
