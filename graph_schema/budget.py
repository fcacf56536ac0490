"""How many new documents a client may send: parsing, validating and planning cost many times what running does."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from graph_schema.refusal import Refusal

_MOST_CLIENTS = 10_000


class Budget:
    """A bucket of cold documents for each client, refilled evenly over the window. Used from one thread."""

    def __init__(self, documents: int, window: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._documents = documents
        self._window = window
        self._clock = clock
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, client: str) -> None:
        """Count one cold document. Raises Refusal with status 429 and Retry-After when the client has none left."""
        now = self._clock()
        left, then = self._clients.pop(client, (float(self._documents), now))
        left = min(float(self._documents), left + (now - then) * self._documents / self._window)
        if left < 1.0:
            self._clients[client] = (left, now)
            wait = max(1, round((1.0 - left) * self._window / self._documents + 0.5))
            raise Refusal(
                "TOO_MANY_NEW_DOCUMENTS",
                f"More than {self._documents} new documents within {self._window:g} seconds: use variables instead of "
                f"writing values into documents, or wait {wait} seconds.",
                status=429,
                headers={"Retry-After": str(wait)},
                facts={"limit": "cold_documents", "allowed": self._documents},
            )
        self._clients[client] = (left - 1.0, now)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
