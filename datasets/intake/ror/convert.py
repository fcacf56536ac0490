"""From a record of the registry to what the facts say: names by kind, a kind of organization, what is odd left out.

Everything that is left out or changed is a finding, so that nothing is dropped in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from datasets.intake.ror.dump import Name, RorRecord
from datasets.intake.ror.languages import LANGUAGES
from datasets.intake.rules.check_digits import CHECKS
from datasets.intake.rules.kinds import language_fault, url_fault
from datasets.text import fold

Tell = Callable[[str, str, str, str], None]
"""Told of what is odd: code, value, message, mend."""

_KINDS = (
    ("education", "university"),
    ("facility", "research_institute"),
    ("company", "company"),
    ("government", "government"),
    ("nonprofit", "ngo"),
)
"""Kinds of organization by the registry's types, the first that a record has; all others are `other`."""
_UNIVERSITY = re.compile(
    r"univers|uniwers|univerz|yliopisto|korkeakoulu|ulikool|egyetem|unibert|prifysgol|ollscoil|haskol|sveucilist"
    r"|politec|polytech|politekn|politech|politeh|polytekn|hochschule|hogeschool|hogskol|hoyskole|hojskole"
    r"|institut\w* (of|de|za) tec|institut teknologi|instituto tecnol|dai hoc|универс|універс|универз|академи"
    r"|πανεπιστ|جامع|دانشگاه|پوهنتون|یونیورسٹی|大学|大學|대학|มหาวิทยาลัย|विश्वविद्यालय|विद्यापीठ|বিশ্ববিদ্যালয়|பல்கலைக்கழக"
    r"|സർവകലാശാല|ವಿಶ್ವವಿದ್ಯಾಲಯ|విశ్వవిద్యాలయ|יוניברסיט|אוניברסיט|უნივერსიტეტ|համալսարան|ዩኒቨርሲቲ|សាកលវិទ្យាល័យ|တက္ကသိုလ်"
)
"""Words, folded, for a university or an institution of that rank; a school without one is a college."""
_GRID = re.compile(r"grid\.[0-9]{4,6}\.[0-9a-f]{1,2}")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SCHEMES = frozenset({"grid", "isni", "wikidata"})
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Converted:
    """What the facts say of an organization. Empty texts say nothing; `names` are (text, language, kind)."""

    ror: str
    line: int
    name: str
    language: str
    acronym: str
    kind: str
    city: str
    country: str
    latitude: str
    longitude: str
    founded: str
    website: str
    names: tuple[tuple[str, str, str], ...]
    identifiers: tuple[tuple[str, str], ...]
    parents: tuple[str, ...]


def convert(record: RorRecord, countries: frozenset[str], tell: Tell) -> Converted | None:
    """The facts about a record; None for one that is left out."""
    fault = CHECKS["ror"](record.ror)
    if fault or not record.name.strip():
        tell("malformed_record", record.ror, fault or "the record has no name", "the record was left out")
        return None
    if record.status == _WITHDRAWN:
        tell("withdrawn_record", record.ror, "the registry withdrew the record", "the record was left out")
        return None
    clean = _Cleaner(tell)
    name, language = clean.text(record.name), clean.language(record.language)
    country = record.country if record.country in countries else ""
    if record.country and not country:
        tell(
            "odd_country", record.country, f"{record.country!r} is no country of ISO 3166-1", "the country was left out"
        )
    acronym, names = _names(record, name, language, country, clean)
    latitude, longitude = _coordinates(record, tell)
    return Converted(
        ror=record.ror,
        line=record.line or record.number,
        name=name,
        language=language,
        acronym=acronym,
        kind=kind(record),
        city=clean.text(record.city),
        country=country,
        latitude=latitude,
        longitude=longitude,
        founded=_year(record, tell),
        website=_website(record, tell),
        names=names,
        identifiers=(("ror", record.ror), *_identifiers(record, tell)),
        parents=record.parents,
    )


def kind(record: RorRecord) -> str:
    """The kind of organization: education is a university where a name says so, else a college; see `_KINDS`."""
    for type, found in _KINDS:
        if type in record.types:
            if type != "education":
                return found
            words = fold(" ".join([record.name, *(name.text for name in record.names)]))
            return found if _UNIVERSITY.search(words) else "college"
    return "other"


class _Cleaner:
    """Mends texts and drops language tags that nobody knows."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def text(self, text: str) -> str:
        """The text in normal form, without invisible characters and superfluous space."""
        if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
            return text
        clean = " ".join(_INVISIBLE.sub(" " if "\n" in text or "\t" in text else "", text).split())
        clean = unicodedata.normalize("NFC", clean)
        if clean != text and text not in self._told:
            self._told.add(text)
            self._tell("cleaned_text", text, "odd spaces, invisible or decomposed characters", f"written as {clean!r}")
        return clean

    def language(self, tag: str) -> str:
        """The tag, or nothing."""
        fault = language_fault(tag) if tag else None
        if fault is not None and tag not in self._told:
            self._told.add(tag)
            self._tell("odd_language", tag, fault.message, "the language was left out")
        return tag if fault is None else ""


def _names(
    record: RorRecord, name: str, language: str, country: str, clean: _Cleaner
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """The main acronym, and the further names: (text, language, kind), sorted, none twice."""
    own = LANGUAGES.get(country, frozenset())
    acronym = next((clean.text(n.text) for n in record.names if _is_acronym(n) and n.text != record.name), "")
    native: set[str] = set()
    found: dict[tuple[str, str], str] = {}
    for other in record.names:
        text, tag = clean.text(other.text), clean.language(other.language)
        if not text or text in {name, acronym} or (text, tag) in found:
            continue
        if _is_acronym(other):
            found[text, tag] = "acronym"
        elif "label" in other.kinds and tag in own and tag != language and tag not in native:
            native.add(tag)
            found[text, tag] = "native"
        else:
            found[text, tag] = "alias"
    tagged = {text for text, tag in found if tag}
    return acronym, tuple(sorted((text, tag, kind) for (text, tag), kind in found.items() if tag or text not in tagged))


def _is_acronym(name: Name) -> bool:
    return "acronym" in name.kinds


def _coordinates(record: RorRecord, tell: Tell) -> tuple[str, str]:
    latitude, longitude = _decimal(record.latitude), _decimal(record.longitude)
    if not record.latitude and not record.longitude:
        return "", ""
    if not latitude or not longitude or abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        value = f"{record.latitude} {record.longitude}"
        tell("odd_coordinates", value, "these are no coordinates", "the coordinates were left out")
        return "", ""
    return latitude, longitude


def _decimal(text: str) -> str:
    """A number in plain digits, with all that are given; empty if it is none."""
    return text if re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text) else ""


def _year(record: RorRecord, tell: Tell) -> str:
    text = record.established
    if not text:
        return ""
    year = text.zfill(4) if re.fullmatch(r"[0-9]{1,4}", text) else ""
    latest = record.modified[:4] or "9999"  # nobody writes down a founding that is to come
    if not year or not "0000" < year <= latest:
        tell("odd_year", text, f"{text!r} cannot be the year of a founding", "the year was left out")
        return ""
    return year


def _website(record: RorRecord, tell: Tell) -> str:
    text = record.website.strip()
    fault = url_fault(text) if text else None
    if fault is not None:
        tell("odd_website", record.website, fault.message, "the website was left out")
        return ""
    return text


def _identifiers(record: RorRecord, tell: Tell) -> list[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for scheme, value in record.identifiers:
        if scheme not in _SCHEMES:
            continue
        bare = value.replace(" ", "")
        match = _GRID.search(bare) if scheme == "grid" else None
        bare = match[0] if match else bare
        fault = CHECKS[scheme](bare)
        if fault:
            tell("odd_identifier", value, fault, f"the {scheme} identifier was left out")
        else:
            found.add((scheme, bare))
    return sorted(found)
