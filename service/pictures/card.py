"""Cards: the picture that shows when an address is shared. An SVG in our own words, drawn to PNG by resvg.

The font comes with the pinned package fontpkg-inter (SIL Open Font License), so a card looks the same everywhere.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from threading import Lock

from service.pictures.world import outlines

WIDTH, HEIGHT = 1200, 630
"""What those who show cards ask for, in pixels."""
_LEFT = 72
_DRAWN = re.compile(
    r"[\u0020-\u024f\u0259\u02b0-\u036f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf]*"
)
"""The letters that the font has: Latin, Greek, Cyrillic, and what stands between words."""
_NARROW = frozenset("iljtfrI.,;:'’|()[]! -")
_WIDE = frozenset("mwMWQOGDCHNU@&%—")
_FAMILY = "Inter"
_DRAWING = Lock()
"""One card at a time: drawing takes some 30 ms of a core, and nobody waits for a card."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: above its title, the title, a sentence, below it; and the countries to be coloured, by code."""

    above: str
    title: str
    words: str
    below: str
    countries: tuple[str, ...] = ()


def drawable(text: str) -> bool:
    """Whether the font has all letters of a text."""
    return _DRAWN.fullmatch(text) is not None


def png(card: Card) -> bytes:
    """The card as PNG. Takes a while: call it in a thread."""
    with _DRAWING:
        return _render(_svg(card))


def _svg(card: Card) -> str:
    ground = base64.b64encode(_ground()).decode()
    size, lines = _title(card.title)
    top = 168 + size
    texts = [_text(_LEFT, 132, _look(26, 600, "#8fd0d3") + ' letter-spacing="1.5"', card.above)]
    for line, text in enumerate(lines):
        texts.append(_text(_LEFT, top + line * size * 1.12, _look(size, 700, "#ffffff"), text))
    below = top + (len(lines) - 1) * size * 1.12 + 62
    room = int((HEIGHT - 110 - below) // 42) + 1
    for line, text in enumerate(_lines(card.words, 30, WIDTH - 2 * _LEFT - 140, max(0, min(4, room)))):
        texts.append(_text(_LEFT, below + line * 42, _look(30, 400, "#d5e6e6"), text))
    texts.append(_text(_LEFT + 54, HEIGHT - 52, _look(26, 700, "#ffffff"), "Open Alliances"))
    texts.append(_text(WIDTH - _LEFT, HEIGHT - 52, _look(22, 400, "#a9c6c8") + ' text-anchor="end"', card.below))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<image href="data:image/png;base64,{ground}" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{_countries(card.countries, '#20616a')}{_mark()}{''.join(texts)}</svg>"
    )


def _text(x: float, y: float, look: str, text: str) -> str:
    return f'<text x="{x}" y="{y:.1f}" font-family="{_FAMILY}" {look}>{escape(text)}</text>'


def _look(size: float, weight: int, fill: str) -> str:
    return f'font-size="{size}" font-weight="{weight}" fill="{fill}"'


def _mark() -> str:
    """The sign of the service: three that are tied."""
    x, y = _LEFT, HEIGHT - 84
    return (
        f'<g transform="translate({x} {y}) scale(1.25)"><path d="M8 22 16 8l8 14z" fill="none" stroke="#e8a33d" '
        'stroke-width="2.5"/><g fill="#e8a33d"><circle cx="16" cy="8" r="4.5"/><circle cx="8" cy="22" r="4.5"/>'
        '<circle cx="24" cy="22" r="4.5"/></g></g>'
    )


def _countries(codes: Iterable[str], fill: str) -> str:
    world = outlines()
    shapes = [f'<path d="{world.paths[code]}"/>' for code in codes if code in world.paths]
    shapes += [
        f'<circle cx="{world.points[code][0]}" cy="{world.points[code][1]}" r="5"/>'
        for code in codes
        if code in world.points
    ]
    return f'<g fill="{fill}" transform="{_place()}">{"".join(shapes)}</g>' if shapes else ""


def _place() -> str:
    """Where the world lies on a card: to the right, its lower edge below the card's."""
    scale = 1040 / outlines().width
    return f"translate(230 118) scale({scale:.4f})"


@cache
def _ground() -> bytes:
    """What all cards have in common, drawn once: the colour and the pale outlines of the world."""
    world = outlines()
    return _render(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#0e2f36"/>{_countries(world.paths, "#17434b")}'
        f'<rect width="{WIDTH}" height="10" fill="#e8a33d"/></svg>'
    )


def _render(svg: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[_font()]))


@cache
def _font() -> str:
    import fontpkg

    return str(fontpkg.path(_FAMILY))


def _title(text: str) -> tuple[int, Sequence[str]]:
    """The largest size at which a title fits on three lines, and the lines; the longest titles are cut."""
    for size in (72, 62, 54, 46):
        lines = _lines(text, size * 1.06, WIDTH - 2 * _LEFT, 4)
        if len(lines) <= (2 if size > 54 else 3):
            return size, lines
    return 46, _lines(text, 46 * 1.06, WIDTH - 2 * _LEFT, 3)


def _lines(text: str, size: float, room: float, most: int) -> list[str]:
    """The text on lines of so much room, as wide as its letters about are; what is too long ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _wide(longer) * size > room:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    if len(lines) > most:
        lines = lines[:most]
        if lines:
            lines[-1] = lines[-1].rstrip(" ,.;:") + " …"
    return [line for line in lines if line]


def _wide(text: str) -> float:
    """About how many times its size a text is wide."""
    return sum(0.3 if c in _NARROW else 0.82 if c in _WIDE else 0.66 if c.isupper() else 0.57 for c in text)
