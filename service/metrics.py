"""Counters of one process, written as Prometheus text. With several workers, `worker` tells them apart."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the duration histogram, in seconds."""
AREAS = frozenset(
    {
        "browse",
        "doc",
        "id",
        "same",
        "graphql",
        "sparql",
        "ns",
        "context",
        "catalog",
        "changes",
        "reconcile",
        "releases",
        "static",
        "health",
        "metrics",
        "search",
        "about",
    },
)
"""First parts of paths that are counted apart; the home page is `home`, the rest `other`."""


_clock = (0, "")
"""The second that was written last, and its text: many requests share one."""


def now() -> str:
    """The time to the second, UTC, ISO 8601."""
    global _clock  # noqa: PLW0603 (a pair, replaced whole)
    second = int(time.time())
    if _clock[0] != second:
        _clock = (second, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second)))
    return _clock[1]


def area(path: str) -> str:
    """The part of the service that a path belongs to: a small, closed set, so that no client can make new series."""
    first = path.removeprefix("/").partition("/")[0].partition(".")[0]
    if not first:
        return "home"
    return first if first in AREAS else "other"


class Metrics:
    """What one process has done since it started. Only the event loop touches it."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self.durations: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self.seconds: dict[str, float] = defaultdict(float)
        self.in_flight = 0
        self.cache_hits = 0

    def observe(self, where: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[where, method if method in _METHODS else "other", status] += 1
        self.durations[where][bisect_left(BUCKETS, seconds)] += 1
        self.seconds[where] += seconds

    def text(self, gauges: dict[str, tuple[str, float]]) -> str:
        """All of it in the text format; `gauges` are name → (help, value) of the moment."""
        worker = f'worker="{os.getpid()}"'
        lines = _head("alliances_requests_total", "counter", "Requests answered.")
        for (where, method, status), count in sorted(self.requests.items()):
            lines.append(
                f'alliances_requests_total{{{worker},area="{where}",method="{method}",status="{status}"}} {count}'
            )
        lines += _head("alliances_request_seconds", "histogram", "Time from request to the end of the answer.")
        for where, counts in sorted(self.durations.items()):
            total = 0
            for bound, count in zip((*BUCKETS, "+Inf"), counts, strict=True):
                total += count
                lines.append(f'alliances_request_seconds_bucket{{{worker},area="{where}",le="{bound}"}} {total}')
            lines.append(f'alliances_request_seconds_sum{{{worker},area="{where}"}} {self.seconds[where]:.6f}')
            lines.append(f'alliances_request_seconds_count{{{worker},area="{where}"}} {total}')
        lines += _head("alliances_cache_hits_total", "counter", "Answers given from the cache.")
        lines.append(f"alliances_cache_hits_total{{{worker}}} {self.cache_hits}")
        everything = {"requests_in_flight": ("Requests being answered.", float(self.in_flight)), **gauges, **process()}
        for name, (doc, value) in everything.items():
            lines += _head(f"alliances_{name}", "gauge", doc)
            lines.append(f"alliances_{name}{{{worker}}} {value:g}")
        return "\n".join(lines) + "\n"


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


def _head(name: str, kind: str, doc: str) -> list[str]:
    return [f"# HELP {name} {doc}", f"# TYPE {name} {kind}"]


def process() -> dict[str, tuple[str, float]]:
    """Threads of this process; memory and descriptors too where the system shows them."""
    found = {"threads": ("Threads of the process.", float(threading.active_count()))}
    status = Path("/proc/self/statm")
    if status.exists():
        pages = int(status.read_text().split()[1])
        found["resident_bytes"] = ("Memory of the process.", float(pages * os.sysconf("SC_PAGE_SIZE")))
        found["descriptors"] = ("Open file descriptors.", float(len(os.listdir("/proc/self/fd"))))  # noqa: PTH208 (names alone)
    return found
