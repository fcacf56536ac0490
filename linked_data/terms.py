"""What a stored value is in RDF, in N-Triples text: one function per kind of value."""

from __future__ import annotations

import re
from urllib.parse import quote

from linked_data.namespaces import EDTF, XSD

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
        "\x7f": "\\u007F",
        **{chr(code): f"\\u{code:04X}" for code in range(0x20) if chr(code) not in "\n\r\t\b\f"},
    }
)
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_NOT_IRI = re.compile(
    r'[\x00-\x20<>"{}|\\^`\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff\U000e0000-\U0010ffff' + _NONCHARACTERS + "]"
)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T.*)?")
FIRST_DAY, LAST_DAY = "0000-01-01", "9999-12-31"
"""The earliest and latest day of a date that is open at that end: nothing is said of it in RDF."""

TRUE = f'"true"^^<{XSD}boolean>'
IRI_VALUED = frozenset({"skos:inScheme"})
"""Properties whose value is the IRI of the vocabulary that a text names."""
BY_PRECISION = {
    "time:inXSDDate": {"date": "time:inXSDDate", "gYearMonth": "time:inXSDgYearMonth", "gYear": "time:inXSDgYear"}
}
"""Properties that stand for one of several, chosen by the precision of the date."""


def text(value: str, language: str | None = None) -> str:
    """A plain or, with a language tag, a language-tagged string."""
    if _SPECIAL.search(value):
        value = value.translate(_ESCAPES)
    return f'"{value}"@{language}' if language else f'"{value}"'


def typed(value: str, datatype: str) -> str:
    """A literal with a datatype of any namespace."""
    if _SPECIAL.search(value):
        value = value.translate(_ESCAPES)
    return f'"{value}"^^<{datatype}>'


def integer(value: int | str) -> str:
    """A whole number."""
    return f'"{value}"^^<{XSD}integer>'


def decimal(value: str) -> str:
    """A decimal number, digit for digit."""
    return f'"{value}"^^<{XSD}decimal>'


def day(value: str) -> str:
    """A whole day, `YYYY-MM-DD`."""
    return f'"{value}"^^<{XSD}date>'


def precision(edtf: str) -> tuple[str, str] | None:
    """Lexical form and XSD datatype (date, gYearMonth, gYear) of a date without its marks of uncertainty.

    None for seasons, intervals and unspecified digits: no XSD datatype can hold them. Of a date-time the day is kept.
    """
    bare = edtf.rstrip("?~%")
    if _YEAR.fullmatch(bare):
        return bare, "gYear"
    if _MONTH.fullmatch(bare):
        return bare, "gYearMonth"
    whole = _DAY.fullmatch(bare)
    return (whole[1], "date") if whole else None


def date(edtf: str) -> str | None:
    """A date as a literal as precise as the source, or None where XSD has no datatype for it."""
    known = precision(edtf)
    return f'"{known[0]}"^^<{XSD}{known[1]}>' if known else None


def edtf(value: str) -> str:
    """A date as the source gives it."""
    return f'"{value}"^^<{EDTF}>'


def iri(address: str) -> str:
    """An address as the content of an IRI: what IRIs cannot hold is percent-encoded, all else stays as it is.

    Brackets stand only around an IPv6 host, the fragment mark only once.
    """
    if _NOT_IRI.search(address):
        address = _NOT_IRI.sub(lambda found: quote(found[0], safe=""), address)
    if "%" in address:
        address = _BAD_PERCENT.sub("%25", address)
    if "[" in address or "]" in address:
        scheme, slashes, rest = address.partition("://")
        end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), default=len(rest))
        address = scheme + slashes + rest[:end] + rest[end:].replace("[", "%5B").replace("]", "%5D")
    if address.count("#") > 1:
        head, _, fragment = address.partition("#")
        address = head + "#" + fragment.replace("#", "%23")
    return address


def segment(value: str) -> str:
    """A value as a part of an IRI's path: letters, digits, `-`, `.` and `_` stay, all else is percent-encoded."""
    return quote(value, safe="").replace("~", "%7E")
