"""The forms of identifiers in other registries, with their check digits."""

from __future__ import annotations

import re
from collections.abc import Callable

_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}")
_ISNI = re.compile(r"[0-9]{15}[0-9X]")
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def ror(text: str) -> str:
    """ROR: nine characters, the last two of them a checksum (ISO 7064 MOD 97-10 over Crockford's base 32)."""
    if not _ROR.fullmatch(text):
        return "a ROR id is 0, six letters or digits and two digits"
    number = 0
    for character in text[:7]:
        number = number * 32 + _BASE32.index(character)
    wanted = f"{98 - number * 100 % 97:02}"
    return "" if text[7:] == wanted else f"the check digits of a ROR id beginning {text[:7]} are {wanted}"


def isni(text: str) -> str:
    """ISNI: sixteen characters without spaces, the last a check character (ISO 7064 MOD 11-2)."""
    if not _ISNI.fullmatch(text):
        return "an ISNI is sixteen digits without spaces, the last may be X"
    total = 0
    for digit in text[:15]:
        total = (total + int(digit)) * 2
    wanted = "0123456789X"[(12 - total % 11) % 11]
    return "" if text[15] == wanted else f"the check digit of an ISNI beginning {text[:15]} is {wanted}"


def _form(pattern: str, words: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda text: "" if compiled.fullmatch(text) else words


CHECKS: dict[str, Callable[[str], str]] = {
    "ror": ror,
    "isni": isni,
    "wikidata": _form(r"Q[1-9][0-9]*", "a Wikidata item is Q and a number"),
    "grid": _form(r"grid\.[0-9]{4,6}\.[0-9a-f]{1,2}", "a GRID id is like grid.12527.33"),
    "pic": _form(r"[1-9][0-9]{8}", "a PIC is nine digits"),
    "erasmus": _form(
        r"(?:[A-Z]{1,2} |(?:IRL|LUX) ?)[A-Z-]{2,8}[0-9]{2,3}",
        "an Erasmus code is a country, a space, a city and a number: CZ PRAHA07",
    ),
    "schac": _form(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", "a SCHAC home organization is a domain name"),
}
"""By code of the registry: what is wrong with an identifier, or nothing."""
