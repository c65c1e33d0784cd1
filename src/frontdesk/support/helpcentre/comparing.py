"""What changed from one revision to another, line by line, and within a line word by word."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from frontdesk.support.helpcentre.writing import Writing

CONTEXT = 2
LONGEST_LINE = 4000  # characters; a longer one is shown whole
# Looks at a piece that a page may take, estimated; a million takes about a tenth of a second. Beyond, both texts are
# shown as they are.
MOST_LOOKS = 3_000_000
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.35
Part = tuple[bool, int, int, int, int]  # whether it is the same, from and until where in either


@dataclass(frozen=True)
class Piece:
    """Some words of a line, and whether they changed."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Line:
    """A line: kind is same, gone, new, or cut where many that stayed the same are left out."""

    kind: str
    pieces: Sequence[Piece] = ()
    count: int = 0


def compare(old: Writing, new: Writing) -> list[Line]:
    """The lines that changed, with some around them; empty when both say the same."""
    return compare_lines(_lines(old), _lines(new))


def compare_lines(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """The same for any two texts, in lines."""
    if before == after:
        return []
    lines: list[Line] = []
    effort = _Effort()
    for is_same, one, until, other, other_until in effort.parts(before, after):
        if is_same:
            is_first, is_last = one == 0, until == len(before)
            lines += _shortened(before[one:until], is_first=is_first, is_last=is_last)
        else:
            lines += _changed(before[one:until], after[other:other_until], effort)
    return lines


class _Effort:
    """What a page may still spend on finding what two texts have in common."""

    def __init__(self) -> None:
        self.left = MOST_LOOKS

    @property
    def is_spent(self) -> bool:
        """Whether the rest is shown as it is."""
        return self.left < 0

    def parts(self, before: Sequence[str], after: Sequence[str]) -> list[Part]:
        """What is the same in both, and what is not: beginning and end first, since most changes are small."""
        head = 0
        while head < min(len(before), len(after)) and before[head] == after[head]:
            head += 1
        tail = 0
        while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
            tail += 1
        end, other_end = len(before) - tail, len(after) - tail
        parts: list[Part] = [(True, 0, head, 0, head)] if head else []
        parts += self._between(before[head:end], after[head:other_end], head)
        return [*parts, (True, end, len(before), other_end, len(after))] if tail else parts

    def _between(self, before: Sequence[str], after: Sequence[str], start: int) -> list[Part]:
        if not before and not after:
            return []
        counts = Counter(after)
        pairs = sum(counts[piece] for piece in before)
        self.left -= pairs + len(before) * min(len(before), len(after), pairs)
        if self.is_spent or not pairs:
            return [(False, start, start + len(before), start, start + len(after))]
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        return [
            (tag == "equal", start + one, start + until, start + other, start + other_until)
            for tag, one, until, other, other_until in matcher.get_opcodes()
        ]


def _lines(writing: Writing) -> list[str]:
    head = [f"{_('Title')}: {writing.title}", f"{_('Summary')}: {writing.summary}"]
    return [*head, f"{_('Keywords')}: {', '.join(writing.keywords)}", "", *writing.body.split("\n")]


def _shortened(lines: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    lead, tail = 0 if is_first else CONTEXT, 0 if is_last else CONTEXT
    hidden = len(lines) - lead - tail
    if hidden < 2:
        yield from (Line("same", [Piece(line)]) for line in lines)
        return
    yield from (Line("same", [Piece(line)]) for line in lines[:lead])
    yield Line("cut", count=hidden)
    yield from (Line("same", [Piece(line)]) for line in lines[len(lines) - tail :])


def _changed(gone: Sequence[str], new: Sequence[str], effort: _Effort) -> Iterator[Line]:
    """Lines that became others stand in pairs, as far as there are as many; all together where that takes too long."""
    if effort.is_spent:
        yield from (Line(kind, [Piece("\n".join(lines))]) for kind, lines in (("gone", gone), ("new", new)) if lines)
        return
    paired = min(len(gone), len(new))
    for before, after in zip(gone[:paired], new[:paired], strict=True):
        old_pieces, new_pieces = _words(before, after, effort)
        yield Line("gone", old_pieces)
        yield Line("new", new_pieces)
    yield from (Line("gone", [Piece(line)]) for line in gone[paired:])
    yield from (Line("new", [Piece(line)]) for line in new[paired:])


def _words(before: str, after: str, effort: _Effort) -> tuple[list[Piece], list[Piece]]:
    if effort.is_spent or max(len(before), len(after)) > LONGEST_LINE:
        return [Piece(before)], [Piece(after)]
    old, new = WORDS.findall(before), WORDS.findall(after)
    if SequenceMatcher(None, old, new, autojunk=False).quick_ratio() < ALIKE:
        return [Piece(before)], [Piece(after)]
    was, became = list[Piece](), list[Piece]()
    for is_same, one, until, other, other_until in effort.parts(old, new):
        if until > one:
            was.append(Piece("".join(old[one:until]), not is_same))
        if other_until > other:
            became.append(Piece("".join(new[other:other_until]), not is_same))
    return was, became
