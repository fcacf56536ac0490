"""Content negotiation: which of the media types that can be given a client asks for (RFC 9110, section 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_ELEMENT = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')
_PIECE = re.compile(r'(?:[^;"]|"(?:\\.|[^"\\])*")+')
_RANGE = re.compile(rf"({_WORD})/({_WORD})")
_PARAMETER = re.compile(rf'({_WORD})\s*=\s*(?:({_WORD})|"((?:\\.|[^"\\])*)")')
_WEIGHT = re.compile(r"0(?:\.\d*)?|1(?:\.0*)?|\.\d+")
"""As the standard has it, and as clients write it too: without the zero (Java's own), with more than three digits."""
_CODING = re.compile(rf"({_WORD})(?:\s*;\s*q=([0-9.]+))?", re.IGNORECASE)
LONGEST = 2000
"""An Accept header beyond this many characters is cut: no client needs more, and parsing stays cheap."""


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an Accept header. `specificity` orders ranges that match the same type."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    weight: float

    @property
    def specificity(self) -> tuple[int, int, int]:
        """Named type before `*`, named subtype before `*`, more parameters before fewer."""
        return (self.type != "*", self.subtype != "*", len(self.parameters))

    def matches(self, media_type: str) -> bool:
        """Whether the range includes a media type such as `text/html` or `application/ld+json;profile="…"`."""
        offered = parse(media_type)[0]
        return (
            self.type in ("*", offered.type)
            and self.subtype in ("*", offered.subtype)
            and self.parameters <= offered.parameters
        )


@lru_cache(maxsize=512)
def parse(accept: str) -> tuple[MediaRange, ...]:
    """The ranges of an Accept header in its order; what is malformed is left out, as RFC 9110 lets a server do."""
    ranges = []
    for element in _ELEMENT.findall(accept[:LONGEST]):
        head, *pieces = _PIECE.findall(element.strip())
        named = _RANGE.fullmatch(head.strip())
        if not named or (named[1] == "*" and named[2] != "*"):
            continue
        weight = 1.0
        parameters: set[tuple[str, str]] = set()
        for piece in pieces:
            parameter = _PARAMETER.fullmatch(piece.strip())
            if not parameter:
                continue
            name, value = parameter[1].lower(), parameter[2] or re.sub(r"\\(.)", r"\1", parameter[3] or "")
            if name == "q":
                weight = float(value) if _WEIGHT.fullmatch(value) else 0.0
                break
            if name == "profile":
                parameters.update((name, profile) for profile in value.split())
            elif name != "charset":
                parameters.add((name, value))
        ranges.append(MediaRange(named[1].lower(), named[2].lower(), frozenset(parameters), weight))
    return tuple(ranges)


def quality(accept: str, media_type: str) -> float:
    """How much a client wants a media type: the weight of the most specific range that includes it, else 0."""
    matching = [r for r in parse(accept) if r.matches(media_type)]
    return max(matching, key=lambda r: r.specificity).weight if matching else 0.0


@lru_cache(maxsize=2048)
def _chosen(accept: str, offers: tuple[str, ...]) -> str | None:
    weights = [quality(accept, offer) for offer in offers]
    best = max(weights)
    return offers[weights.index(best)] if best > 0 else None


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that the client wants most; the first of equals. Without (or with an empty) Accept, the first offer.

    None when no offer is acceptable: the answer is 406 with the list.
    """
    if accept is None or not accept.strip():
        return offers[0]
    return _chosen(accept[:LONGEST], tuple(offers))


@lru_cache(maxsize=512)
def coding(accept_encoding: str, offers: tuple[str, ...]) -> str:
    """The content coding that the client wants most among the offers, else "" (as it is); the first of equals.

    A client that refuses `identity` altogether still gets it when nothing else fits: better than no answer.
    """
    weights: dict[str, float] = {}
    for element in accept_encoding[:LONGEST].split(","):
        found = _CODING.fullmatch(element.strip())
        if found:
            weights[found[1].lower()] = (
                float(found[2]) if found[2] and _WEIGHT.fullmatch(found[2]) else float(not found[2])
            )
    best, name = 0.0, ""
    for offer in offers:
        weight = weights.get(offer, weights.get("*", 0.0))
        if weight > best and weight >= weights.get("identity", 0.0):
            best, name = weight, offer
    return name
