"""What changed from one revision to another, line by line, and within a line word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from frontdesk.support.helpcentre.writing import Writing

CONTEXT = 2
LONGEST_LINE = 4000  # a longer one is shown whole, since comparing its words would take long
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.35


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
    before, after = _lines(old), _lines(new)
    if before == after:
        return []
    lines: list[Line] = []
    for tag, one, until, other, other_until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            is_first, is_last = one == 0, until == len(before)
            lines += _shortened(before[one:until], is_first=is_first, is_last=is_last)
        else:
            lines += _changed(before[one:until], after[other:other_until])
    return lines


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


def _changed(gone: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines that became others stand in pairs, as far as there are as many."""
    paired = min(len(gone), len(new))
    for before, after in zip(gone[:paired], new[:paired], strict=True):
        old_pieces, new_pieces = _words(before, after)
        yield Line("gone", old_pieces)
        yield Line("new", new_pieces)
    yield from (Line("gone", [Piece(line)]) for line in gone[paired:])
    yield from (Line("new", [Piece(line)]) for line in new[paired:])


def _words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    if max(len(before), len(after)) > LONGEST_LINE:
        return [Piece(before)], [Piece(after)]
    old, new = WORDS.findall(before), WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < ALIKE:
        return [Piece(before)], [Piece(after)]
    was, became = list[Piece](), list[Piece]()
    for tag, one, until, other, other_until in matcher.get_opcodes():
        if until > one:
            was.append(Piece("".join(old[one:until]), tag != "equal"))
        if other_until > other:
            became.append(Piece("".join(new[other:other_until]), tag != "equal"))
    return was, became
