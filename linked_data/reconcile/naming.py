"""Names cut into words that can be compared: one form for what is the same in other languages, scripts, short forms."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from datasets.text import fold, tokens

_HERE = Path(__file__).resolve().parent
_NOTHING = "and"
"""The form of words that are dropped."""
LONGEST = 40
"""Of longer names only so many words are compared."""

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "j", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj",
        "џ": "dz", "қ": "q", "ғ": "g", "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "ң": "n", "һ": "h",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch",
        "ψ": "ps", "ω": "o",
    }
)  # fmt: skip
"""Cyrillic and Greek letters as folding leaves them, in Latin ones."""
_TRADITIONAL = str.maketrans(
    "學國臺灣華東廣門龍農業醫師範語電機術藝樂體財經貿開營車馬魚島澳鄭湯漢陽慶衛團聯蘭蘇遼寧濟關學際黨鐵淸歷縣區廈瀋義實驗環臨軍黃鄉與"
    "沢広応総芸鉄関戸斉県東経営横浜徳島図館",
    "学国台湾华东广门龙农业医师范语电机术艺乐体财经贸开营车马鱼岛澳郑汤汉阳庆卫团联兰苏辽宁济关学际党铁清历县区厦沈义实验环临军黄乡与"
    "泽广应总艺铁关户齐县东经营横滨德岛图馆",
)
"""Traditional and Japanese forms of characters in names, as simplified ones."""
_ELISION = re.compile(r"\b(?:l|d|dell|nell|all|dall|sull|un|qu)'(?=\w)")
_DOTTED = re.compile(r"\b(?:[^\W\d]\. ?){2,}(?:[^\W\d]\b)?")
_SPACELESS = re.compile(r"[^\W\d_a-z]")
_ADJECTIVE = re.compile("sk(?:ii|ij|yi|ogo|aya|aja|oi|ii)$")
_CUT = re.compile(r"\s*(?:[,;|/()\[\]]|\s[-:]\s)\s*")
_NUMBERED = re.compile(r"(?<=[a-z]{4})(?=\d{1,2}\b)")
"""Between a word and the number that is written against it: Universitas21."""
_EXPANDED = {"tu": ("technology", "university")}


@cache
def words() -> dict[str, str]:
    """The form to compare by, of each word that has one."""
    return {word: form for form, others in _lines("words.txt") if form != _NOTHING for word in (form, *others.split())}


@cache
def _stop() -> frozenset[str]:
    """Words without weight; a name that has nothing else keeps them."""
    return frozenset(
        word for form, others in _lines("words.txt") if form == _NOTHING for word in (form, *others.split())
    )


@cache
def _alike() -> dict[str, str]:
    """The same by the skeletons of words: for what came out of another script, spelled loosely in Latin letters."""
    return {skeleton(word): form for word, form in words().items() if len(word) > 4}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Text to replace, the longest first, and what stands in its place."""
    found: list[tuple[str, str]] = []
    for form, others in _lines("phrases.txt"):
        parts = [others] if others.isascii() else others.split()
        found += [(_plain(part), f" {form} ") for part in parts]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def _lines(name: str) -> list[tuple[str, str]]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [(form, others.strip()) for line in lines if line[:1] != "#" for form, _, others in [line.partition(":")]]


def _plain(text: str) -> str:
    folded = fold(text)
    return folded if folded.isascii() else folded.translate(_TRADITIONAL).translate(_CYRILLIC)


@lru_cache(maxsize=4096)
def compared(text: str) -> tuple[str, ...]:
    """The words of a name in the form they are compared in, in order.

    >>> compared("Univ. of Vienna") == compared("Universität Wien") == ("university", "vienna")
    True
    >>> compared("南京大學") == compared("南京大学")
    True
    """
    folded = fold(text)
    foreign = not folded.isascii()
    plain = folded.translate(_TRADITIONAL).translate(_CYRILLIC) if foreign else folded
    plain = _DOTTED.sub(lambda found: re.sub("[. ]", "", found[0]) + " ", plain)
    plain = _NUMBERED.sub(" ", _ELISION.sub("", plain).replace("'", ""))
    if not plain.isascii():
        for phrase, form in _phrases():
            if phrase in plain:
                plain = plain.replace(phrase, form)
    else:
        plain = plain.replace("dai hoc", "university").replace("degli studi", " ").replace("&", " ")
    known = words()
    found: list[str] = []
    run: list[str] = []
    for token in tokens(plain)[: 4 * LONGEST]:
        if len(token) <= 2 and _SPACELESS.match(token) and not token.isascii():
            run.append(token)
            continue
        found += _pairs(run)
        run = []
        form = known.get(token) or (_alike().get(skeleton(token)) if foreign else None) or _stem(token, foreign=foreign)
        found += _EXPANDED.get(token, (form,))
    found += _pairs(run)
    bare = [word for word in found if word not in _stop()]
    return tuple((bare or found)[:LONGEST])


def _stem(word: str, *, foreign: bool) -> str:
    """A word without the s of a plural or genitive; one from Cyrillic also without the ending of an adjective."""
    if foreign and len(word) > 7:
        word = _ADJECTIVE.sub("", word)
    return word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] not in "sui" else word


def _pairs(run: list[str]) -> list[str]:
    """Characters of a script without spaces, as overlapping pairs: their order counts."""
    return run if len(run) < 2 else [a + b for a, b in pairwise(run)]


def parts(text: str) -> list[str]:
    """What stands between the brackets, commas and strokes of a text; the text alone where it has none.

    >>> parts("ETH Zürich (Swiss Federal Institute of Technology), Switzerland")
    ['ETH Zürich', 'Swiss Federal Institute of Technology', 'Switzerland']
    """
    return [part for part in _CUT.split(text) if len(part) > 1 or not part.isascii()][:8] or [text]


def skeleton(word: str) -> str:
    """A word without what spellings of one name differ in: doubled letters, ae for ä, y and j for i, w for v.

    >>> skeleton("muenchen") == skeleton("munchen"), skeleton("rossija") == skeleton("rosiya")
    (True, True)
    """
    reduced = word.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("ou", "u").replace("kh", "h")
    reduced = reduced.replace("ph", "f").replace("ck", "k").replace("y", "i").replace("j", "i").replace("w", "v")
    return re.sub(r"(.)\1+", r"\1", reduced)


def is_acronym(text: str) -> bool:
    """Whether a name looks like an acronym: one short word, mostly capitals or digits.

    >>> is_acronym("ETH"), is_acronym("LMU"), is_acronym("Yale"), is_acronym("4EU+")
    (True, True, False, True)
    """
    bare = re.sub("[-.+/]", "", text.strip())
    if not 2 <= len(bare) <= 10 or not bare.isalnum() or not bare.isascii():
        return False
    return sum(c.isupper() or c.isdigit() for c in bare) * 2 > len(bare) and any(c.isupper() for c in bare)
