"""A timeline of spans: what is certain is drawn full, what is possible faint, what is open ends in an arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

ROW = 22
LEFT = 260
WIDTH = 960
TOP = 26
"""Sizes in the picture's units: height of a row, width of the labels, width of all, height of the axis."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One span. Days are `YYYY-MM-DD`; a missing `to_latest` is still open. `words` says it in words."""

    label: str
    href: str
    from_earliest: str
    from_latest: str
    to_earliest: str | None
    to_latest: str | None
    words: str


def timeline(title: str, bars: Sequence[Bar], today: str) -> str:
    """An SVG of the bars in their order, up to the day `today`. Raises ValueError without bars."""
    if not bars:
        raise ValueError("a timeline needs a bar")
    first = min(_year(bar.from_earliest) for bar in bars)
    last = max([_year(today), *(_year(bar.to_latest) for bar in bars if bar.to_latest)])
    scale = _Scale(int(first), int(last) + 1)
    height = TOP + ROW * len(bars) + 8
    rows = [_bar(bar, TOP + ROW * number, scale, today) for number, bar in enumerate(bars)]
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{escape(title)}">'
        f"{_axis(scale, height)}{''.join(rows)}</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: int
    last: int

    def x(self, year: float) -> float:
        share = (year - self.first) / max(1, self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - 14)


def _year(day: str) -> float:
    """A day as a year with its fraction."""
    year, month, number = int(day[:4]), int(day[5:7]), int(day[8:10])
    start = date(max(year, 1), 1, 1)
    return year + (date(max(year, 1), month, number) - start).days / 366


def _axis(scale: _Scale, height: int) -> str:
    span = scale.last - scale.first
    every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if span / n <= 10), 200)
    years = range(scale.first - scale.first % -every if scale.first % every else scale.first, scale.last + 1, every)
    marks = []
    for year in years:
        x = scale.x(year)
        marks.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height}"/>'
            f'<text class="year" x="{x:.1f}" y="{TOP - 10}" text-anchor="middle">{year}</text>'
        )
    return "".join(marks)


def _bar(bar: Bar, y: int, scale: _Scale, today: str) -> str:
    start, sure_start = scale.x(_year(bar.from_earliest)), scale.x(_end_of(bar.from_latest))
    open_end = bar.to_latest is None
    end = scale.x(_end_of(bar.to_latest or today))
    sure_end = scale.x(_year(bar.to_earliest or today))
    label = bar.label if len(bar.label) <= 38 else bar.label[:36] + "…"
    words = f"{bar.label}: {bar.words}"
    middle = y + ROW / 2
    parts = [
        f'<rect class="possible" x="{start:.1f}" y="{y + 5}" width="{max(2.0, end - start):.1f}" height="{ROW - 10}"/>',
    ]
    if sure_end > sure_start:
        parts.append(
            f'<rect class="certain" x="{sure_start:.1f}" y="{y + 5}" '
            f'width="{sure_end - sure_start:.1f}" height="{ROW - 10}"/>'
        )
    if open_end:
        parts.append(f'<path class="open" d="M{end:.1f},{y + 4}l8,{ROW / 2 - 4}l-8,{ROW / 2 - 4}z"/>')
    return (
        f'<g><title>{escape(words)}</title><a href="{escape(bar.href)}" tabindex="-1">'
        f'<text class="label" x="{LEFT - 8}" y="{middle + 4:.1f}" text-anchor="end">{escape(label)}</text></a>'
        f"{''.join(parts)}</g>"
    )


def _end_of(day: str) -> float:
    return _year(day) + 1 / 366
