"""The dump as a source that facts cite."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_ADDRESS = "https://ror.org/"
_LICENCE = "CC0-1.0"
_NOTE = (
    "CC0 1.0. The locator is the ROR id (https://ror.org/<locator>). "
    "Place names and coordinates are those of GeoNames, CC BY 4.0."
)


@dataclass(frozen=True, slots=True)
class Source:
    """Which dump of the registry it is: `version` like `2.9` or empty, `published` a day or empty."""

    version: str
    published: str

    @property
    def id(self) -> str:
        """Begins with the registry's code, so that locators are checked as ROR ids."""
        return f"ror-v{self.version.replace('.', '-')}" if self.version else "ror-records"

    @property
    def said(self) -> dict[str, str]:
        """What the row of the source says, by RDF property."""
        return {
            "schema:url": _ADDRESS,
            "dct:title": f"ROR data dump v{self.version}" if self.version else "ROR data dump",
            "ua:publisherName": "Research Organization Registry",
            "dct:issued": self.published,
            "schema:inLanguage": "en",
            "dct:type": "registry",
            "ua:licenseIdentifier": _LICENCE,
            "skos:note": _NOTE,
        }

    @property
    def release(self) -> str:
        """The text of a release.toml for a folder that holds this dump alone."""
        title = json.dumps(
            f"Organizations of the Research Organization Registry{f' v{self.version}' * bool(self.version)}"
        )
        return f'date = {self.published or "1970-01-01"}\ntitle = {title}\nlicence = "CC-BY-4.0"\n'


def described(name: str, releases: str, modified: str) -> Source:
    """The source for a dump of that file name, whose records were last changed on the day `modified`.

    The version stands in the file's name, else in the column of releases, as far as the dump has one.
    """
    match = re.search(r"v([0-9]+)[.-]([0-9]+)", name) or re.search(r"v([0-9]+)\.([0-9]+)", releases)
    day = re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", name)
    return Source(f"{match[1]}.{match[2]}" if match else "", day[0] if day else modified)


def version_key(release: str) -> tuple[int, ...]:
    """By what releases are ordered: v1.10 is later than v1.9."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", release))
