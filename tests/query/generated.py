"""A made-up world of any size: the same records for the same size, every time.

The records know the entities by name (they are data); `filled` writes them to tables, read off the shapes. Names and texts
are of many scripts and full of quotes, backslashes and control characters, dates of every precision.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from datasets.intake.partial_date import PartialDate
from datasets.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Size:
    """How many records of each kind. `claims` is per record of an actor or agreement (0 to so many columns)."""

    alliances: int = 6
    organizations: int = 30
    memberships: int = 90
    agreements: int = 25
    parties: int = 70
    events: int = 8
    figures: int = 20
    officials: int = 8
    sources: int = 12
    claims: int = 3

    def times(self, factor: int) -> Size:
        """So many times as large, with as many claims per record."""
        counts = {name: getattr(self, name) * factor for name in self.__slots__ if name != "claims"}
        return Size(**counts, claims=self.claims)


BENCH = Size(200, 10_000, 40_000, 20_000, 60_000, 500, 2_000, 200, 5_000, 3)
"""The bench world of the design."""


@dataclass(slots=True)
class Row:
    """One record: single values in stored form, sets, and compound values as tuples of their parts."""

    entity: str
    id: str
    values: dict[str, str]
    sets: dict[str, list[str]] = field(default_factory=dict)
    compound: dict[str, list[tuple[str | None, ...]]] = field(default_factory=dict)


_ODD = (
    'O\'Brien "quoted" \\ back\\slash',
    "清华大学",
    "มหาวิทยาลัย เชียงใหม่",
    "جامعة القاهرة",
    "Université de Liège",
    "Łódź — São Tomé",
    "tab\there line\nthere \x01\x1f\x7f",
    "emoji 🎓 beyond the plane",
    "100% _under_ [brackets] *stars*",
    "'; DROP TABLE alliances; --",
    "İstanbul ẞ ŉ",
)
_WORDS = [
    "University",
    "Institute",
    "College",
    "Academy",
    "School",
    "Network",
    "Consortium",
    "League",
    "Group",
    "Programme",
    "North",
    "South",
    "East",
    "West",
    "Central",
    "Technology",
    "Science",
    "Agriculture",
    "Medicine",
    "Economics",
    "Silk",
    "Road",
    "River",
    "Coast",
    "Mountain",
    "Kunming",
    "Almaty",
    "Bishkek",
    "Hanoi",
    "Delhi",
]
_COUNTRIES = ("CN", "KZ", "FR", "BR", "DE", "TH", "IN", "JP", "NZ", "ZA", "VN", "UZ", "EG", "MX", "CA", "GB")
_VOCABULARIES = {
    "alliance_kind": ("network", "group", "programme"),
    "alliance_status": ("active", "dissolved", "unclear"),
    "organization_kind": ("university", "ministry", "foundation", "company"),
    "membership_role": ("founding_member", "member", "chair", "secretariat", "observer"),
    "agreement_kind": ("memorandum", "declaration", "charter"),
    "agreement_status": ("in_force", "expired", "unclear"),
    "party_role": ("signatory", "host", "witness", "sponsor"),
    "event_kind": ("summit", "forum", "meeting"),
    "measure": ("members", "students", "countries"),
    "qualifier": ("exactly", "more_than", "about"),
    "source_kind": ("official", "scholarly", "press", "registry"),
    "name_kind": ("native", "former", "alias"),
    "identifier_scheme": ("ror", "wikidata", "isni"),
    "evidence": ("value", "record", "editorial"),
    "reason": ("only_value", "stated", "source_kind"),
    "theme": ("mobility", "research", "quality_assurance", "joint_degrees", "health"),
}


@lru_cache(maxsize=100_000)
def days(text: str) -> tuple[str, str]:
    """First and last day of a date."""
    date = PartialDate.parse(text)
    return date.earliest, date.latest


class _Maker:
    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.random = random.Random(seed)

    def pick(self, items: tuple[str, ...]) -> str:
        return items[int(self.random.random() * len(items))]

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def text(self) -> str:
        if self.maybe(0.12):
            return self.pick(_ODD)
        return " ".join(self.pick(tuple(_WORDS)) for _ in range(self.random.randrange(2, 5)))

    def date(self, low: int = 1990, high: int = 2024) -> str:
        year = self.random.randrange(low, high)
        month = self.random.randrange(1, 13)
        shape = self.random.random()
        if shape < 0.45:
            return f"{year}-{month:02d}-{self.random.randrange(1, 29):02d}"
        if shape < 0.65:
            return f"{year}-{month:02d}"
        if shape < 0.88:
            return f"{year}"
        return self.pick(
            (f"{year}~", f"{year}-{month:02d}?", f"{year}-21", f"{year // 10}X", f"{year}/{year + 2}", f"{year}-XX-XX")
        )

    def slug(self, letter: str, number: int) -> str:
        return f"{letter}{number:05d}"

    def some(self, letter: str, count: int) -> str:
        return self.slug(letter, int(self.random.random() * count))

    def code(self, scheme: str) -> str:
        return self.pick(_VOCABULARIES[scheme])


def records(size: Size, seed: int = 42) -> Iterator[Row]:
    """The records of a world but its claims, in publishing order."""
    m = _Maker(size, seed)
    for code in _COUNTRIES:
        yield Row("country", code, {"code": code, "name": f"Land of {code}", "alpha3": f"{code}X"})
    for scheme, slugs in _VOCABULARIES.items():
        for slug in slugs:
            label = slug.replace("_", " ").capitalize()
            values = {"scheme": scheme, "slug": slug, "label": label, "definition": f"What {label} means."}
            yield Row("concept", f"{scheme}.{slug}", values)
    for n in range(size.sources):
        source = {"url": f"https://example.org/{n}?a=1&b='x'", "title": m.text(), "kind": m.code("source_kind")}
        if m.maybe(0.7):
            source["published"] = m.date(2000)
        if m.maybe(0.5):
            source |= {"publisher": m.text(), "language": m.pick(("en", "zh", "kk-Cyrl"))}
        yield Row("source", m.slug("s", n), source)
    yield from _organizations(m)
    yield from _alliances(m)
    yield from _ties(m)
    yield from _happenings(m)


def _compound(m: _Maker) -> dict[str, list[tuple[str | None, ...]]]:
    names = {
        (m.text(), m.pick(("en", "zh", "ar")) if m.maybe(0.7) else None, m.code("name_kind"))
        for _ in range(m.random.randrange(3))
    }
    identifiers = {
        (m.code("identifier_scheme"), f"0{m.random.randrange(10**6):06d}x") for _ in range(m.random.randrange(3))
    }
    return {"names": sorted(names, key=lambda p: tuple(x or "" for x in p)), "identifiers": sorted(identifiers)}


def _organizations(m: _Maker) -> Iterator[Row]:
    for n in range(m.size.organizations):
        name = _ODD[n] if n < len(_ODD) else m.text()
        v = {"name": name, "kind": m.code("organization_kind")}
        if m.maybe(0.8):
            v["language"] = m.pick(("en", "zh"))
        if m.maybe(0.4):
            v["acronym"] = "".join(m.pick(tuple("ABCDEU1")) for _ in range(3))
        if m.maybe(0.8):
            v |= {"city": m.text(), "country": m.pick(_COUNTRIES)}
        if m.maybe(0.7):
            v |= {
                "latitude": f"{m.random.uniform(-90, 90):.5f}",
                "longitude": m.pick(("-0.10", "116.397230", "0", "7.5")),
            }
        if m.maybe(0.7):
            v["founded"] = m.date(1850, 2000)
        if m.maybe(0.6):
            v["website"] = f"https://u{n}.example.org/"
        if n and m.maybe(0.1):
            v["parent"] = m.slug("o", m.random.randrange(n))
        yield Row("organization", m.slug("o", n), v, {}, _compound(m))


def _alliances(m: _Maker) -> Iterator[Row]:
    for n in range(m.size.alliances):
        v = {"name": m.text(), "kind": m.code("alliance_kind"), "status": m.code("alliance_status")}
        if m.maybe(0.7):
            v |= {"acronym": m.pick(("AUA", "AAU", "U15")), "scope": m.pick(("Asia", "World")), "language": "en"}
        if m.maybe(0.8):
            v["founded"] = m.date(1990, 2018)
        if m.maybe(0.2):
            v["ended"] = m.date(2018, 2024)
        if m.maybe(0.5):
            v |= {"secretariat_organization": m.some("o", m.size.organizations), "secretariat_place": m.text()}
        if m.maybe(0.7):
            v["website"] = f"https://a{n}.example.org/"
        sets = {"objectives": sorted({m.text() for _ in range(m.random.randrange(4))})}
        if n and m.maybe(0.3):
            sets["predecessors"] = sorted({m.slug("a", m.random.randrange(n)) for _ in range(2)})
        yield Row("alliance", m.slug("a", n), v, sets, _compound(m))


def _ties(m: _Maker) -> Iterator[Row]:
    for n in range(m.size.memberships):
        v = {"alliance": m.some("a", m.size.alliances), "organization": m.some("o", m.size.organizations)}
        v["role"] = m.pick(("member", "member", "founding_member", "chair", "observer"))
        if m.maybe(0.7):
            v["since"] = m.date(1995, 2012) if m.maybe(0.95) else m.date(2026, 2028)
        if m.maybe(0.3) and v.get("since", "") < "2026":
            v["until"] = m.date(2012, 2024)
        elif m.maybe(0.15):
            v["ended"] = "yes"
        yield Row("membership", m.slug("m-", n), v)
    for n in range(m.size.agreements):
        v = {"title": m.text(), "kind": m.code("agreement_kind"), "status": m.code("agreement_status")}
        if m.maybe(0.85):
            v["signed"] = m.date(2000, 2025)
        if m.maybe(0.3):
            v |= {"effective": m.date(2000, 2010), "expires": m.date(2010, 2030)}
        if m.maybe(0.4):
            v |= {"place": m.text(), "summary": m.text(), "alliance": m.some("a", m.size.alliances)}
        sets = {"themes": sorted({f"theme.{m.code('theme')}" for _ in range(m.random.randrange(4))})}
        yield Row("agreement", m.slug("g", n), v, sets)
    for n in range(m.size.parties):
        actor = m.some("a", m.size.alliances) if m.maybe(0.1) else m.some("o", m.size.organizations)
        v = {"agreement": m.some("g", m.size.agreements), "actor": actor, "role": m.code("party_role")}
        if m.maybe(0.3):
            v |= {"signatory_name": m.text(), "signatory_title": "Rector"}
        yield Row("party", m.slug("p-", n), v)


def _happenings(m: _Maker) -> Iterator[Row]:
    for n in range(m.size.events):
        v = {"name": m.text(), "kind": m.code("event_kind")}
        if m.maybe(0.8):
            v["start"] = m.date(2005, 2024)
        if m.maybe(0.6):
            v |= {"place": m.text(), "country": m.pick(_COUNTRIES), "host": m.some("o", m.size.organizations)}
        if m.maybe(0.5):
            v["alliance"] = m.some("a", m.size.alliances)
        yield Row("event", m.slug("e", n), v)
    for n in range(m.size.figures):
        subject = m.pick(
            (m.some("a", m.size.alliances), m.some("o", m.size.organizations), m.some("g", m.size.agreements))
        )
        v = {
            "subject": subject,
            "measure": m.code("measure"),
            "value": str(m.random.randrange(2**31 - 1)),
            "qualifier": m.code("qualifier"),
        }
        if m.maybe(0.7):
            v["as_of"] = m.date(2010, 2024)
        yield Row("figure", m.slug("f-", n), v)
    for n in range(m.size.officials):
        v = {"name": m.text(), "title": m.text(), "organization": m.some("o", m.size.organizations)}
        if m.maybe(0.5):
            v |= {"alliance": m.some("a", m.size.alliances), "as_of": m.date(2010, 2024)}
        yield Row("official", m.slug("of-", n), v)


def claims(shapes: Shapes, rows: Iterable[Row], size: Size, seed: int = 43) -> Iterator[Row]:
    """Claims about the records of cited entities: some of their columns, now and then a rival."""
    m = _Maker(size, seed)
    number = 0
    for row in rows:
        if not shapes.entity(row.entity).cited:
            continue
        columns = list(row.values)
        for column in columns[: size.claims]:
            for rival in range(2 if m.maybe(0.1) else 1):
                v = {
                    "record": row.id,
                    "record_type": row.entity,
                    "column": column,
                    "value": row.values[column] if not rival else m.text(),
                }
                v |= {
                    "evidence": m.pick(("value", "record")),
                    "reason": m.code("reason"),
                    "source": m.some("s", size.sources),
                }
                if m.maybe(0.5):
                    v["locator"] = f"para-{m.random.randrange(20)}"
                if not rival:
                    v["chosen"] = "yes"
                number += 1
                yield Row("claim", f"c-{number:016x}", v)
