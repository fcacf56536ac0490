"""Countries as people write them: codes, names in the larger languages, and customary short forms."""

from __future__ import annotations

import gettext
from functools import cache

import pycountry

from datasets.text import fold

_LANGUAGES = (
    "ar bg ca cs da de el es et fa fi fr he hi hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sr sv th tr uk vi "
    "zh_CN zh_TW"
)
_CUSTOMARY = {
    "GB": "uk|u.k.|great britain|britain|england|scotland|wales|northern ireland",
    "US": "u.s.|u.s.a.|america|united states of america|the united states|estados unidos|etats-unis|vereinigte staaten",
    "KR": "south korea|korea|republic of korea|rok|s. korea",
    "KP": "north korea|dprk",
    "CN": "p.r. china|pr china|p. r. china|prc|mainland china|people's republic of china|中国|中华人民共和国",
    "HK": "hong kong|hong kong sar|hongkong|hong kong, china|香港",
    "MO": "macau|macao|macao sar|macau sar|澳门",
    "TW": "taiwan|chinese taipei|taiwan, china|taiwan (roc)|台湾",
    "RU": "russia|россия",
    "IR": "iran",
    "VN": "vietnam|viet nam",
    "CZ": "czech republic|czechia",
    "TR": "turkey|turkiye",
    "AE": "uae|u.a.e.|emirates",
    "NL": "holland|the netherlands",
    "LA": "laos",
    "SY": "syria",
    "MD": "moldova",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "CI": "ivory coast|cote d'ivoire",
    "CD": "dr congo|drc|democratic republic of the congo|congo-kinshasa",
    "CG": "republic of the congo|congo-brazzaville",
    "MK": "macedonia|north macedonia",
    "PS": "palestine",
    "BN": "brunei",
    "MM": "burma|myanmar",
    "SZ": "swaziland|eswatini",
    "XK": "kosovo",
    "IE": "ireland|republic of ireland|eire",
}


@cache
def _codes() -> dict[str, str]:
    """Alpha-2 code by every folded way of writing; what could be two countries is left out."""
    found: dict[str, str] = {}
    for country in pycountry.countries:
        code = str(country.alpha_2)
        for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            text = getattr(country, attribute, None)
            if text:
                found.setdefault(fold(text), code)
    for language in _LANGUAGES.split():
        try:
            said = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language]).gettext
        except OSError:  # a language that this version of the library lacks
            continue
        for country in pycountry.countries:
            for attribute in ("name", "common_name"):
                text = getattr(country, attribute, None)
                if text:
                    found.setdefault(fold(said(text)), str(country.alpha_2))
    for code, texts in _CUSTOMARY.items():
        found.update(dict.fromkeys(map(fold, texts.split("|")), code))
    return found


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country as people write it; empty where it is none.

    >>> country_code("South Korea"), country_code("Deutschland"), country_code("UK"), country_code("Atlantis")
    ('KR', 'DE', 'GB', '')
    """
    bare = fold(text).strip(" .,;")
    return _codes().get(bare) or _codes().get(bare.removeprefix("the "), "")
