"""Answers between the lines: what is answered piece by piece stays beside its answers, which alone say nothing."""

from collections.abc import Callable, Sequence

from frontdesk.support.tickets.mail.incoming.reading.lines import Line

PIECES = 2  # so many quotes with own words beneath them: nobody quotes a whole mail twice


def answered(lines: Sequence[Line], is_quote: Callable[[Line], bool]) -> set[int]:
    """The quotes (`id` of each line) that have words of the writer's beneath them, where quotes and words alternate:
    several, or one that stands between words. A mail that is answered beneath the whole of it is quoted once, and is
    none of these."""
    found: list[list[Line]] = []
    group: list[Line] = []  # the quote that was read last, until it is known what follows
    blanks: list[Line] = []
    written, written_above, is_between = False, False, False
    for line in lines:
        if line.is_blank:
            blanks.append(line)
            continue
        if line.is_own:
            if group:
                found.append(group)
                is_between |= written_above
            group, written = [], True
        elif is_quote(line):
            written_above = written_above if group else written
            group = [*group, *blanks, line] if group else [line]
        else:
            group = []
        blanks = []
    if len(found) < PIECES and not is_between:
        return set()
    return {id(line) for each in found for line in each}
