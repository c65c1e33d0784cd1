"""Activation codes: their alphabet, check symbols, forgiving reading, and their keyed hash.

`XXXXX-XXXXX-XXXXX-XXXXX`: four groups of four random symbols and a check symbol each, Crockford's base32. The rules of
reading stand in `contract/README.md`; the SDK follows the same ones, and both are held to `contract/codes.json`.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from frontdesk.licensing.errors import CodeMalformed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 4
GROUP_LENGTH = 5
LENGTH = GROUPS * GROUP_LENGTH
LONGEST_TEXT = 4096


def _times_a(value: int) -> int:
    """The product with a = 2 in GF(32), reduced by x^5 + x^2 + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def _weighted(value: int, position: int) -> int:
    for _ in range(position):
        value = _times_a(value)
    return value


# For each position in a group, what a symbol there adds to the check symbol.
_WEIGHTS = [{symbol: _weighted(value, i) for value, symbol in enumerate(ALPHABET)} for i in range(1, GROUP_LENGTH)]

_DASH = "\\-_\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_SEPARATOR = re.compile(f"[\\s{_DASH}\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_HYPHEN = re.compile(f"[{_DASH}]")
_GROUP = "[0-9A-Za-z]{5}"
# The look-ahead lets candidates overlap: prose in front of a code must not swallow its first groups.
_CANDIDATES = re.compile(
    f"(?<![0-9A-Za-z])(?=((?:{_GROUP}{_SEPARATOR.pattern}{{1,5}}){{3}}{_GROUP}|[0-9A-Za-z]{{20}})(?![0-9A-Za-z]))"
)
_FORGIVING = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz" + "OIL", "ABCDEFGH" + "1" + "JK" + "1" + "MN" + "0" + "PQRSTUVWXYZ" + "011"
)


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """A code without a typo, in its canonical form."""

    text: str

    @property
    def tail(self) -> str:
        """The last group, by which people tell codes apart."""
        return self.text[-GROUP_LENGTH:]

    def __repr__(self) -> str:
        """Without the code, which must never reach a log or a traceback."""
        return f"ParsedCode(…{self.tail})"


def check_symbol(symbols: str) -> str:
    """The check symbol of four symbols of the alphabet: the sum of a^i · s_i over GF(32), i from 1, left to right."""
    total = 0
    for weights, symbol in zip(_WEIGHTS, symbols, strict=True):
        total ^= weights[symbol]
    return ALPHABET[total]


def generate() -> ParsedCode:
    """A new code of 80 random bits."""
    bits = secrets.randbits(80)
    return ParsedCode("-".join([_group(bits >> shift & 0xFFFFF) for shift in (0, 20, 40, 60)]))


def _group(bits: int) -> str:
    """A group from 20 bits. Half a group is looked up, so that a batch of 100,000 takes seconds."""
    first, second = _halves()[bits >> 10], _halves()[bits & 0x3FF]
    return f"{first[0]}{second[0]}{ALPHABET[first[1] ^ second[2]]}"


@cache
def _halves() -> list[tuple[str, int, int]]:
    """Every two symbols, and what they add to the check symbol as the first or the second half of a group."""
    pairs = [(one, two) for one in ALPHABET for two in ALPHABET]
    (w1, w2, w3, w4) = _WEIGHTS
    return [(one + two, w1[one] ^ w2[two], w3[one] ^ w4[two]) for one, two in pairs]


def parse(text: str) -> ParsedCode:
    """The code in what somebody typed or pasted, a whole mail included.

    Raises CodeMalformed with `wrong_groups`, empty when nothing of a code's length is there.
    """
    symbols = _symbols(text)
    wrong = wrong_groups(symbols) if symbols else []
    if not symbols or wrong:
        raise CodeMalformed(wrong_groups=wrong)
    return ParsedCode("-".join(_groups(symbols)))


def wrong_groups(symbols: str) -> list[int]:
    """Which groups of 20 symbols are wrong, counted from 1."""
    return [number for number, group in enumerate(_groups(symbols), start=1) if not _is_right(group)]


def digest(code: ParsedCode) -> bytes:
    """The keyed hash under which a code is stored: HMAC-SHA-256 under the pepper, which is not in the database."""
    return hmac.digest(bytes.fromhex(settings.SECRETS.code_pepper), code.text.encode(), hashlib.sha256)


def _groups(symbols: str) -> list[str]:
    return [symbols[start : start + GROUP_LENGTH] for start in range(0, LENGTH, GROUP_LENGTH)]


def _is_right(group: str) -> bool:
    try:
        return check_symbol(group[:-1]) == group[-1]
    except KeyError:
        return False


def _symbols(text: str) -> str:
    """The 20 symbols that are most likely meant; empty when there are none."""
    if len(text) > LONGEST_TEXT:
        return ""
    bare = _SEPARATOR.sub("", text)
    if len(bare) == LENGTH:
        return bare.translate(_FORGIVING)
    found = [_ranked(match[1]) for match in _CANDIDATES.finditer(text)]
    # Five-letter words of prose look like groups: a candidate with no right group and no hyphen is prose.
    likely = [(rank, symbols) for rank, symbols in found if any(rank)]
    return max(likely, key=lambda each: each[0])[1] if likely else ""


def _ranked(candidate: str) -> tuple[tuple[int, bool], str]:
    symbols = _SEPARATOR.sub("", candidate).translate(_FORGIVING)
    return (GROUPS - len(wrong_groups(symbols)), bool(_HYPHEN.search(candidate))), symbols
