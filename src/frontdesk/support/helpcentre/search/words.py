"""Words of a text: taken apart the same way when it is entered and when it is asked for."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

LONGEST = 80
# Letters that no decomposition leads back to plain ones.
PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
MARKED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")


def _ranges(points: list[int]) -> str:
    """A character class of these code points."""
    parts: list[list[int]] = []
    for point in points:
        if parts and parts[-1][1] == point - 1:
            parts[-1][1] = point
        else:
            parts.append([point, point])
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in parts)


MARKS = _ranges([p for p in range(0x300, sys.maxunicode) if unicodedata.category(chr(p)) in {"Mn", "Mc"}])
# Thai, Lao, Myanmar, Khmer, kana, bopomofo, Han, Hangul (its particles cling to words): read by pairs of signs.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Possessive: nothing is ever tried twice, however a text is made.
RUN = re.compile(rf"(?:[^\W_]++[{MARKS}]*+)++(?:\+\+|\+|#)?")
SCRIPTS = re.compile(rf"[{UNSPACED}]+|[^{UNSPACED}]+")
JOINT = re.compile(r"[-‐‑_.'’/&]")  # what may stand inside of a word: e-mail, device_limit, d'accord


@dataclass(frozen=True)
class Token:
    """A word with its place in the text (in words) and where it is written (in characters)."""

    word: str
    place: int
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in lower case; from scripts without spaces, pairs of signs."""
    place = 0
    for run in RUN.finditer(text):
        for word, start in _by_script(run[0], run.start()):
            for each in _pairs(word, start) if is_unspaced(word) else [(word.lower()[:LONGEST], start, len(word))]:
                yield Token(each[0], place, each[1], each[1] + each[2])
                place += 1


def _by_script(run: str, start: int) -> list[tuple[str, int]]:
    """A run in pieces: Excel表格 is two words."""
    if run.isascii() or not _UNSPACED.search(run):
        return [(run, start)]
    return [(piece[0], start + piece.start()) for piece in SCRIPTS.finditer(run)]


def where(text: str, place: int) -> int:
    """The character at which the word of this place begins; the text's end when there is none."""
    if text.isascii() or not _UNSPACED.search(text):
        run = next(islice(RUN.finditer(text), place, None), None)
        return run.start() if run else len(text)
    token = next(islice(tokens(text), place, None), None)
    return token.start if token else len(text)


def joined(text: str, found: list[Token]) -> Iterator[Token]:
    """Words with a hyphen or the like once more as one, at the place of the first part: email for e-mail."""
    start = 0
    while start < len(found):
        stop = start + 1
        while stop < len(found) and JOINT.fullmatch(text[found[stop - 1].end : found[stop].start]):
            stop += 1
        if 1 < stop - start <= 4:
            parts = found[start:stop]
            word = "".join(part.word for part in parts)
            if len(word) <= LONGEST and not is_unspaced(word):
                yield Token(word, parts[0].place, parts[0].start, parts[-1].end)
        start = stop


def is_unspaced(word: str) -> bool:
    """Whether its script writes no spaces."""
    return not word.isascii() and _UNSPACED.match(word) is not None


_UNSPACED = re.compile(f"[{UNSPACED}]")


def _pairs(run: str, start: int) -> Iterator[tuple[str, int, int]]:
    for index in range(max(1, len(run) - 1)):
        yield run[index : index + 2], start + index, min(2, len(run) - index)


def fold(word: str) -> str:
    """Without accents and capitals: Größe and GROESSE meet as grosse and groesse, one letter apart."""
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    kept = [_without_marks(sign) for sign in unicodedata.normalize("NFC", plain)]
    return unicodedata.normalize("NFC", "".join(kept)).translate(PLAIN)[:LONGEST]


def _without_marks(sign: str) -> str:
    """Marks carry meaning in other scripts (が is not か), so they stay there."""
    if sign.isascii():
        return sign
    if "\u0300" <= sign <= "\u036f":
        return ""
    if not unicodedata.name(sign, "").startswith(MARKED_SCRIPTS):
        return sign
    return "".join(part for part in unicodedata.normalize("NFD", sign) if unicodedata.category(part) != "Mn")


def is_one_typo(asked: str, word: str) -> bool:
    """Whether one letter too many, too few, another, or two that changed places, part the two."""
    if asked == word or abs(len(asked) - len(word)) > 1:
        return False
    start = 0
    while start < min(len(asked), len(word)) and asked[start] == word[start]:
        start += 1
    left, right = asked[start:], word[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right or left == right[1:]
