"""Activation codes: their alphabet, their check symbols, and reading them forgivingly.

A code is ``XXXXX-XXXXX-XXXXX-XXXXX`` in Crockford's base32. The last symbol of each group
is computed from the four before it, so that a typo is noticed here, before any request,
and the wrong group can be named.
"""

import re
from dataclasses import dataclass

from frontdesk_client.errors import CodeMalformed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 4
GROUP_LENGTH = 5
CODE_LENGTH = GROUPS * GROUP_LENGTH
MAX_TEXT = 4096

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1
_FORGIVEN = str.maketrans("abcdefghijklmnopqrstuvwxyzOIL", "ABCDEFGH1JK1MN0PQRSTUVWXYZ011")
# Hyphens and dashes of all kinds, the invisible characters that mail programs insert, underscores.
_DASHES = "\\-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SEPARATOR = rf"[\s{_DASHES}\u00ad\u200b\u200c\u200d\u2060\ufeff]"
_SEPARATORS = re.compile(_SEPARATOR)
_DASH = re.compile(rf"[{_DASHES}]")
_GROUP = rf"[0-9A-Za-z]{{{GROUP_LENGTH}}}"
# A look-ahead, so that overlapping candidates are all seen.
_CANDIDATE = re.compile(
    rf"(?<![0-9A-Za-z])(?=((?:{_GROUP}{_SEPARATOR}{{1,5}}){{3}}{_GROUP}|[0-9A-Za-z]{{{CODE_LENGTH}}})(?![0-9A-Za-z]))"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    symbols: str
    dashed: bool

    @property
    def groups(self) -> list[str]:
        return [self.symbols[at : at + GROUP_LENGTH] for at in range(0, CODE_LENGTH, GROUP_LENGTH)]

    @property
    def code(self) -> str:
        return "-".join(self.groups)

    @property
    def wrong_groups(self) -> tuple[int, ...]:
        return tuple(number for number, group in enumerate(self.groups, start=1) if not is_group(group))

    @property
    def rank(self) -> tuple[int, bool]:
        return GROUPS - len(self.wrong_groups), self.dashed


def check_symbol(symbols: str) -> str:
    """The check symbol of four symbols: the sum of a^i * s_i over GF(32), a = 2, i = 1..4."""
    total = 0
    for position, symbol in enumerate(symbols, start=1):
        value = _VALUES[symbol]
        for _ in range(position):
            value <<= 1
            if value & 0b100000:
                value ^= _POLYNOMIAL
        total ^= value
    return ALPHABET[total]


def is_group(group: str) -> bool:
    """Whether these five symbols (already upper case) are a group with the right check symbol."""
    return all(symbol in _VALUES for symbol in group) and check_symbol(group[:-1]) == group[-1]


def read_code(text: str) -> str:
    """The code in what a person typed or pasted, as ``XXXXX-XXXXX-XXXXX-XXXXX``.

    Case, spaces and hyphens do not matter, O is read as 0, I and L as 1, and a whole mail may
    stand around it. Raises ``CodeMalformed`` with ``wrong_groups`` (1 to 4; empty when the
    length is wrong).
    """
    best = _best_candidate(text)
    if best is None:
        raise CodeMalformed.local(wrong_groups=())
    if best.wrong_groups:
        raise CodeMalformed.local(wrong_groups=best.wrong_groups, read_as=best.code)
    return best.code


def _best_candidate(text: str) -> _Candidate | None:
    if len(text) > MAX_TEXT:
        return None
    compact = _SEPARATORS.sub("", text)
    if len(compact) == CODE_LENGTH:
        return _candidate(text)
    candidates = [_candidate(match.group(1)) for match in _CANDIDATE.finditer(text)]
    # Five-letter words of prose look like groups: without one right group, only dashes make a code of them.
    likely = [candidate for candidate in candidates if any(candidate.rank)]
    return max(likely, key=lambda candidate: candidate.rank, default=None)


def _candidate(text: str) -> _Candidate:
    return _Candidate(_SEPARATORS.sub("", text).translate(_FORGIVEN), dashed=_DASH.search(text) is not None)
