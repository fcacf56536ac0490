"""A claim: what one source says of one column of one record, at one place of one file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How a source supports a value. The codes stand in the concept scheme `evidence`."""

    VALUE = "value"
    """The only source of its row: it states this very value."""
    RECORD = "record"
    """One of several sources of its row: they support the record together."""
    EDITORIAL = "editorial"
    """No source: the editors describe a source, a concept or a country."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One value of one column of one record as said by one source.

    `type` is the entity's name, `column` a column of it or a set of compound values. `value` is the stored form:
    a compound value is a JSON object with sorted keys, without spaces; a concept link is `{scheme}.{slug}`.
    `source` is empty where `evidence` is EDITORIAL. `file`, `line` and `position` (of the source in its cell) say
    where it was read; they do not count for identity.
    """

    type: str
    record: str
    column: str
    value: str
    source: str
    locator: str
    evidence: Evidence
    file: str = ""
    line: int = 0
    position: int = 0

    @property
    def id(self) -> str:
        """`c-` and 16 hex digits of SHA-256 over what identifies the claim: the same in every release that holds it."""
        parts = (self.type, self.record, self.column, self.value, self.source, self.locator, self.evidence.value)
        return "c-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
