"""Folding of names: one way to compare, sort and find text in any script, the same on every face.

Why not a library: the same folding must be had from SQLite, PostgreSQL and highlighting alike, so it is done once,
here, when a release is built or a query is read, and never by a database.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
        "ŧ": "t", "ŋ": "n", "ə": "a", "ɨ": "i", "ʉ": "u", "ƀ": "b", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɔ": "o",
        "ɛ": "e", "ĸ": "k", "ſ": "s", "ς": "σ",
        "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʿ": "'", "ʾ": "'", "`": "'", "´": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
        "\u200e": "", "\u200f": "", "\u202a": "", "\u202b": "", "\u202c": "", "\u202d": "", "\u202e": "", "\ufeff": "",
    }
)  # fmt: skip
"""Letters that Unicode does not take apart though readers do, and the many forms of quotation mark and hyphen."""

_WHOLE = (
    "\u0e01-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u3041-\u3096\u3099-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Kana
    "\u3105-\u312f\u31a0-\u31bf"  # Bopomofo
)
_PUNCTUATION = "\u0e2f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u17d4-\u17da"
"""Punctuation of those scripts that stands inside their ranges."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711\u0730-\u074a\u0900-\u0963\u0966-\u0df3\u0f18-\u0f39\u0f71-\u0fbc\u135d-\u135f\u1ab0-\u1aff\u1b00-\u1b44"
    "\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
"""Combining marks, which `\\w` leaves out, so that a word of an Indic script stays in one piece."""
_TOKEN = re.compile(
    f"(?![{_PUNCTUATION}])[{_WHOLE}]|(?:(?![{_WHOLE}])[^\\W_]){{1}}(?:(?![{_WHOLE}])(?:[^\\W_]|[{_MARKS}]))*"
)
_ASCII_TOKEN = re.compile(r"[a-z0-9]+")
_ABOVE_OR_BELOW = range(200, 241)
_SEMITIC = range(10, 37)


def fold(text: str) -> str:
    """The text without case, accents, typographic variants and superfluous space: for sort keys and comparison.

    Marks that tell words apart stay: vowel signs of Indic scripts, Thai and Lao vowels and tones, the voicing of Kana.
    Folding what is folded changes nothing.

    >>> fold("Université  de Liège"), fold("Łódź"), fold("ＴＵ９"), fold("Xi’an")
    ('universite de liege', 'lodz', 'tu9', "xi'an")
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    for _ in range(4):  # casefolding and decomposition can each give the other more to do; twice is the rule
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS).casefold()).translate(_LETTERS)
    bare = "".join(c for c in apart if not _is_accent(c))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _is_accent(character: str) -> bool:
    place = unicodedata.combining(character)
    return place == 1 or place in _ABOVE_OR_BELOW or place in _SEMITIC


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order; repeated words stay.

    Chinese, Japanese, Korean, Thai, Khmer, Lao and Burmese are written without (or with optional) spaces: there each
    character, vowel signs included, is a token of its own. Elsewhere a token is a run of letters, marks and digits.

    >>> tokens("Xi’an 交大 (XJTU), est. 1896")
    ['xi', 'an', '交', '大', 'xjtu', 'est', '1896']
    """
    folded = fold(text)
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)
