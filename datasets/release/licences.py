"""Licences by their SPDX identifiers: names and addresses for readers and for metadata."""

from __future__ import annotations

from typing import NamedTuple


class Licence(NamedTuple):
    """A licence: SPDX identifier, name, address of its text."""

    id: str
    name: str
    url: str


_KNOWN = (
    ("CC0-1.0", "Creative Commons Zero 1.0 (public domain)", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("CC-BY-SA-3.0", "Creative Commons Attribution-ShareAlike 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
    ("CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    ("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
)


def licence(identifier: str) -> Licence:
    """The licence of that SPDX identifier; one that is not listed here has its page at spdx.org."""
    for known in _KNOWN:
        if known[0] == identifier:
            return Licence(*known)
    return Licence(identifier, identifier, f"https://spdx.org/licenses/{identifier}.html")
