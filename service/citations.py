"""How to cite a page of a release: as text, BibTeX and CSL-JSON, always with the release and its permalink."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datasets.release.open import Release

_SPECIAL = re.compile(r"[\\{}$&%#_~^]")
_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: a page called `title` at the permalink, of a release."""

    key: str
    title: str
    collection: str
    creators: tuple[str, ...]
    publisher: str
    release: str
    permalink: str

    @property
    def date(self) -> str:
        """The date of the release, an ISO day."""
        return self.release[:10]

    @property
    def text(self) -> str:
        """For a note or a list of references."""
        who = "; ".join(self.creators)
        return (
            f"{who} ({self.date[:4]}). {self.title}. In: {self.collection}, release {self.release}. "
            f"{self.publisher}. {self.permalink}"
        )

    @property
    def bibtex(self) -> str:
        """An entry for BibTeX, in braces where it would else be changed."""
        fields = {
            "author": " and ".join(f"{{{_tex(name)}}}" for name in self.creators),
            "title": f"{{{_tex(self.title)}}}",
            "booktitle": f"{{{_tex(self.collection)}}}",
            "publisher": _tex(self.publisher),
            "year": self.date[:4],
            "version": self.release,
            "url": self.permalink,
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}\n}}"

    @property
    def csl(self) -> str:
        """CSL-JSON, which Zotero and the like read."""
        year, month, day = (int(part) for part in self.date.split("-"))
        item = {
            "id": self.key,
            "type": "entry",
            "title": self.title,
            "container-title": self.collection,
            "author": [{"literal": name} for name in self.creators],
            "publisher": self.publisher,
            "version": self.release,
            "issued": {"date-parts": [[year, month, day]]},
            "URL": self.permalink,
        }
        return json.dumps([item], ensure_ascii=False, indent=1)


def citation(release: Release, title: str, path: str) -> Citation:
    """How to cite the page at a path (below the root of the release) that is called `title`."""
    manifest: Mapping[str, Any] = release.manifest
    publisher = str(manifest.get("publisher") or release.title)
    creators = tuple(str(name) for name in manifest.get("creators") or (publisher,))
    key = re.sub(
        r"[^a-z0-9]+", "-", f"{publisher}-{path.rpartition('/')[2].partition('?')[0]}-{release.id[:10]}".lower()
    )
    permalink = f"{release.base_iri}/releases/{release.id}{path}"
    return Citation(key.strip("-"), title, release.title, creators, publisher, release.id, permalink)


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], "\\" + found[0]), text)
