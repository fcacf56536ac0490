"""The id of a release: what is in it decides what it is called, wherever and whenever it is built.

Hashed are the version of the layout, what the publisher says of the release (base IRI, title, licence and the like
stand in its files), the shapes, every record with its chosen values and all its claims, and the redirects. Not hashed
are clock times, names of machines and the previous release. The hash can be taken of a finished release file as well,
which is how it is verified.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from datasets.release.ddl import FORMAT

if TYPE_CHECKING:
    from datasets.canonical.read import Record

Redirect = tuple[str, str, str]
"""Type, former id, and the id that took its place (empty: withdrawn)."""
BASE_IRI = re.compile(r"https?://[^\x00-\x20\x7f\s<>\"{}|\\^`@/?#]+(/[^\x00-\x20\x7f\s<>\"{}|\\^`?#]*)?")
"""What addresses may begin with: nothing that an IRI forbids (RFC 3987), and nobody's password."""
RELEASE_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{10}")
"""What a release id looks like: the day, and ten hex digits of SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What the publisher says of a release: the day it stands for, its title, licence (SPDX), base IRI and more.

    `creators` and `publisher` are names as DataCite wants them; `contact` is where readers report errors. Raises
    ValueError when the date is no day or the base IRI cannot be the beginning of addresses.
    """

    date: str
    title: str
    licence: str
    base_iri: str
    description: str = ""
    creators: tuple[str, ...] = ("Open Alliances",)
    publisher: str = "Open Alliances"
    contact: str = ""
    keywords: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            if date.fromisoformat(self.date).isoformat() != self.date:
                raise ValueError
        except ValueError:
            raise ValueError(f"the date of a release is a day, YYYY-MM-DD, but this is {self.date!r}") from None
        parts = urlsplit(self.base_iri)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"the base IRI is an http or https address, but this is {self.base_iri!r}")
        if self.base_iri.endswith("/") or parts.query or parts.fragment:
            raise ValueError(f"the base IRI ends without slash, query and fragment, but this is {self.base_iri!r}")
        if not BASE_IRI.fullmatch(self.base_iri):
            raise ValueError(f"the base IRI holds no space, quote, bracket or user, but this is {self.base_iri!r}")
        for name in ("title", "licence"):
            if not getattr(self, name).strip():
                raise ValueError(f"a release needs a {name}; give it in release.toml")

    def facts(self) -> dict[str, str]:
        """What stands in the table `release` of the database: everything said, lists one value a line."""
        lists = {"creators": "\n".join(self.creators), "keywords": "\n".join(self.keywords)}
        plain = ("date", "title", "licence", "base_iri", "description", "publisher", "contact")
        return {name: value for name, value in ({n: getattr(self, n) for n in plain} | lists).items() if value}

    @classmethod
    def of(cls, facts: dict[str, str]) -> Imprint:
        """The imprint that the table `release` holds. Raises ValueError when it lacks what every release has."""
        missing = [name for name in ("date", "title", "licence", "base_iri") if name not in facts]
        if missing:
            raise ValueError(f"the table `release` lacks {', '.join(missing)}")
        return cls(
            date=facts["date"],
            title=facts["title"],
            licence=facts["licence"],
            base_iri=facts["base_iri"],
            description=facts.get("description", ""),
            creators=tuple(facts["creators"].split("\n")) if "creators" in facts else (),
            publisher=facts.get("publisher", ""),
            contact=facts.get("contact", ""),
            keywords=tuple(facts["keywords"].split("\n")) if "keywords" in facts else (),
        )


class Digest:
    """Takes in the content of a release piece by piece, in the order of publishing, and gives its id."""

    def __init__(self, shapes: str, imprint: Imprint, format: int = FORMAT) -> None:
        """`shapes` is the text of shapes.json, `format` the version of the layout."""
        self._hash = hashlib.sha256()
        self._date = imprint.date
        self._take([format, imprint.facts()])
        self._take(shapes)

    def _take(self, content: object) -> None:
        self._hash.update(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
        self._hash.update(b"\n")

    def feed(self, record: Record) -> None:
        """Take in a record. Records come in the order of the shapes' entities, then of their ids."""
        claims = [tuple(claim) for claim in record.claims]
        sets = {name: sorted(elements) for name, elements in record.sets.items() if elements}
        self._take([record.type, record.id, record.values, sets, claims])

    def finish(self, redirects: Iterable[Redirect]) -> str:
        """Take in the redirects, sorted, and give the release id."""
        for redirect in redirects:
            self._take(redirect)
        return f"{self._date}-{self._hash.hexdigest()[:10]}"
