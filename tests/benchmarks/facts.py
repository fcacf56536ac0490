"""A facts folder of any size, the bench world among them: valid rows of every entity, the same for the same size.

`python -m tests.benchmarks.facts DIR [FACTOR]` writes FACTOR times the bench world (200 alliances, 10,000
organizations, 40,000 memberships, 20,000 agreements, 60,000 parties; about 0.8 million claims).
"""

from __future__ import annotations

import csv
import random
import shutil
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

COMMITTED = Path(__file__).parents[2] / "datasets" / "facts"
_COUNTRIES = [
    "CN",
    "KZ",
    "FR",
    "BR",
    "DE",
    "TH",
    "IN",
    "JP",
    "NZ",
    "ZA",
    "VN",
    "UZ",
    "EG",
    "MX",
    "CA",
    "GB",
    "US",
    "KR",
    "ID",
    "MY",
]
_PLACES = ["North", "South", "East", "West", "Central", "New", "Old", "Upper", "Lower", "Great"]
_FIELDS = [
    "Technology",
    "Science",
    "Agriculture",
    "Medicine",
    "Economics",
    "Law",
    "Arts",
    "Mining",
    "Forestry",
    "Education",
]
_THEMES = ("joint-research", "staff-mobility", "student-mobility", "joint-centres", "governance")
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"

HEADERS = {
    "sources": "id,url,title,publisher,published,language,kind,license,note",
    "organizations": "id,name,language,acronym,kind,city,country,latitude,longitude,founded,website,parent,sources",
    "names": "subject,name,language,kind,sources",
    "identifiers": "subject,scheme,value,sources",
    "alliances": "id,name,language,acronym,kind,scope,founded,ended,status,secretariat_organization,"
    "secretariat_place,website,predecessors,objectives,sources",
    "memberships": "id,alliance,organization,role,since,until,ended,sources",
    "agreements": "id,title,kind,signed,effective,expires,place,status,alliance,themes,summary,sources",
    "parties": "id,agreement,party,role,signatory_name,signatory_title,sources",
    "events": "id,name,kind,start,end,place,country,host,alliance,summary,sources",
    "figures": "id,subject,measure,value,qualifier,as_of,sources",
    "officials": "id,name,title,organization,alliance,as_of,sources",
}


def write(folder: Path, factor: int = 1) -> None:
    """Write FACTOR times the bench world into a new folder, streaming, with a fixed seed."""
    folder.mkdir(parents=True)
    shutil.copy(COMMITTED / "concepts.csv", folder)
    (folder / "release.toml").write_text((COMMITTED / "release.toml").read_text())
    with ExitStack() as stack:
        writers = {}
        for name, header in HEADERS.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", newline="", encoding="utf-8"))
            writers[name] = csv.writer(file, lineterminator="\n")
            writers[name].writerow(header.split(","))
        for name, rows in (
            ("sources", _sources(factor)),
            ("organizations", _organizations(factor)),
            ("names", _names(factor)),
            ("identifiers", _identifiers(factor)),
            ("alliances", _alliances(factor)),
            ("memberships", _memberships(factor)),
            ("agreements", _agreements(factor)),
            ("parties", _parties(factor)),
            ("events", _events(factor)),
            ("figures", _figures(factor)),
            ("officials", _officials(factor)),
        ):
            writers[name].writerows(rows)


def _minted(letter: str, number: int) -> str:
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 36)
        digits = _BASE36[digit] + digits
    return f"{letter}-{digits}"


def _source(rng: random.Random, factor: int) -> str:
    return f"source-{rng.randrange(5_000 * factor):06}"


def _cited(rng: random.Random, factor: int) -> str:
    first, second = _source(rng, factor), _source(rng, factor)
    return f"{first}#para-{rng.randrange(1, 30)}" if first == second or rng.random() < 0.7 else f"{first}|{second}"


def _date(rng: random.Random, first: int = 1990, last: int = 2025) -> str:
    year = rng.randrange(first, last)
    shape = rng.random()
    if shape < 0.3:
        return str(year)
    if shape < 0.5:
        return f"{year}-{rng.randrange(1, 13):02}"
    return f"{year}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}" + ("~" if shape > 0.95 else "")


def _sources(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(1)
    kinds = ("official", "press", "encyclopedia", "scholarly", "mirror", "other")
    for n in range(5_000 * factor):
        kind = rng.choice(kinds)
        title = f"What happened, part {n}"
        published = _date(rng) if n % 2 else ""
        yield f"source-{n:06}", f"https://example.org/page/{n}", title, "Example", published, "en", kind, "", ""
    url = "https://example.org/registry"
    yield "zz-registry", url, "Registry of research organizations", "Registry", "2026-06-23", "en", "registry", "", ""


def ror(number: int) -> str:
    """A well-formed ROR id (https://ror.readme.io/docs/identifier): base 32 and two check digits (ISO 7064)."""
    digits, rest = "", number
    for _ in range(6):
        rest, digit = divmod(rest, 32)
        digits = _BASE32[digit] + digits
    return f"0{digits}{98 - (number * 100) % 97:02}"


def _organizations(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(2)
    for n in range(10_000 * factor):
        slug, country = f"org-{n:06}", rng.choice(_COUNTRIES)
        name = f"{rng.choice(_PLACES)} University of {rng.choice(_FIELDS)} {n}"
        city, cited = f"City {n % 997}", _cited(rng, factor)
        yield slug, name, "en", f"U{n}" if n % 3 == 0 else "", "university", city, country, "", "", "", "", "", cited
        latitude, longitude = f"{rng.uniform(-60, 70):.4f}", f"{rng.uniform(-179, 179):.4f}"
        registry, url = f"zz-registry#{ror(n)}", f"https://org{n}.example.org"
        founded = str(rng.randrange(1850, 2015))
        yield slug, "", "", "", "", "", "", latitude, longitude, founded, url, "", registry


def _names(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(3)
    for n in range(10_000 * factor):
        yield f"org-{n:06}", f"大学 {n}", "zh", "native", f"zz-registry#{ror(n)}"
        if n % 2:
            yield f"org-{n:06}", f"Old College {n}", "en", "former", _cited(rng, factor)


def _identifiers(factor: int) -> Iterable[tuple[str, ...]]:
    for n in range(10_000 * factor):
        yield f"org-{n:06}", "ror", ror(n), f"zz-registry#{ror(n)}"
        yield f"org-{n:06}", "wikidata", f"Q{n + 1}", f"zz-registry#{ror(n)}"


def _alliances(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(4)
    for n in range(200 * factor):
        aims = "common courses|exchange of students|joint research"
        acronym, founded = f"AL{n}", _date(rng, 1950, 1985)
        home, cited = f"org-{n:06}", _cited(rng, factor)
        name = f"Alliance of {rng.choice(_PLACES)} Universities {n}"
        head = (f"alliance-{n:05}", name, "en", acronym, "university_network", "Asia", founded, "", "active")
        yield (*head, home, "Somewhere", f"https://alliance{n}.example.org", "", aims, cited)


def _memberships(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(5)
    organizations = 10_000 * factor
    for alliance in range(200 * factor):
        for n, organization in enumerate(sorted(rng.sample(range(organizations), 200))):
            since = _date(rng) if rng.random() < 0.6 else ""
            until = "2025-11" if rng.random() < 0.05 else ""
            role = "founding_member" if n % 4 == 0 else "member"
            ids = _minted("m", alliance * 200 + n), f"alliance-{alliance:05}", f"org-{organization:06}"
            yield (*ids, role, since, until, "", _cited(rng, factor))


def _agreements(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(6)
    for n in range(20_000 * factor):
        alliance = f"alliance-{rng.randrange(200 * factor):05}" if n % 2 else ""
        themes = "|".join(sorted(rng.sample(_THEMES, 2)))
        title, summary = f"Memorandum {n} on {rng.choice(_FIELDS)}", "Universities agree to work together."
        head = (f"agreement-{n:06}", title, "memorandum_of_understanding", _date(rng), "", "", "Somewhere", "signed")
        yield (*head, alliance, themes, summary, _cited(rng, factor))


def _parties(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(7)
    for n in range(20_000 * factor):
        for k, organization in enumerate(rng.sample(range(10_000 * factor), 3)):
            signatory = ("A. Person", "Rector") if k == 0 else ("", "")
            ids = _minted("p", n * 3 + k), f"agreement-{n:06}", f"org-{organization:06}"
            yield (*ids, "signatory", *signatory, _cited(rng, factor))


def _events(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(8)
    for n in range(500 * factor):
        host, alliance = f"org-{rng.randrange(10_000 * factor):06}", f"alliance-{rng.randrange(200 * factor):05}"
        head = (f"event-{n:05}", f"Summit {n}", "summit", _date(rng), "", "Somewhere", rng.choice(_COUNTRIES))
        yield (*head, host, alliance, "Rectors meet.", _cited(rng, factor))


def _figures(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(9)
    for n in range(2_000 * factor):
        # One alliance after the other, so that no two figures say the same.
        subject, value = f"alliance-{n % (200 * factor):05}", str(2 + n // (200 * factor) + 10 * rng.randrange(50))
        yield _minted("f", n), subject, "members", value, "exact", _date(rng), _cited(rng, factor)


def _officials(factor: int) -> Iterable[tuple[str, ...]]:
    rng = random.Random(10)
    for n in range(200 * factor):
        organization = f"org-{rng.randrange(10_000 * factor):06}"
        yield _minted("o", n), f"Person {n}", "Rector", organization, "", _date(rng), _cited(rng, factor)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
