"""Ids of organizations that come without one: slugs of their names, unique, the same in whatever order they come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from datasets.text import fold

_LONGEST = 80


class Named(NamedTuple):
    """What an id is made from: the registry's id, the names by preference, the country."""

    ror: str
    names: tuple[str, ...]
    country: str


def slug(names: Iterable[str]) -> str:
    """A slug of the first name that can be written in Latin letters without loss; empty where there is none."""
    for name in names:
        folded = fold(name).replace("&", " and ").replace("'", "")
        if not all(character.isascii() for character in folded if character.isalnum()):
            continue
        whole = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
        if len(whole) > _LONGEST:
            whole = whole[: _LONGEST + 1].rpartition("-")[0] or whole[:_LONGEST]
        if len(whole) > 2 and re.search(r"[a-z]", whole):
            return whole
    return ""


def ids(organizations: Iterable[Named], kept: Mapping[str, str], taken: AbstractSet[str]) -> dict[str, str]:
    """Ids by ROR id. `kept` has those that are given already; `taken` are used for other things.

    One name of several organizations, or of a thing that is known: the country is added, and where that is not enough
    the ROR id. No id depends on the order in which organizations come.
    """
    wanted = {named.ror: (slug(named.names), named.country.lower()) for named in organizations}
    used = set(taken) | set(kept.values())
    bases = Counter(base for ror, (base, _) in wanted.items() if ror not in kept)
    placed = Counter(key for ror, key in wanted.items() if ror not in kept)
    found = {}
    for ror, (base, country) in wanted.items():
        if ror in kept:
            found[ror] = kept[ror]
            continue
        with_country = f"{base}-{country}"
        if base and bases[base] == 1 and base not in used:
            found[ror] = base
        elif base and country and placed[base, country] == 1 and with_country not in used and with_country not in bases:
            found[ror] = with_country
        else:
            found[ror] = f"{base or 'ror'}-{ror}"
    return found
