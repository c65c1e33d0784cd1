"""Splitting off what the writer did not write: quotes, what programs put above them, signatures.

Works on lines, and looks at each a fixed number of times, so that no text takes long.
"""

import re

from frontdesk.support.tickets.mail import divider
from frontdesk.support.tickets.mail.incoming.reading import words
from frontdesk.support.tickets.mail.incoming.reading.lines import CUT, QUOTE, SIGN, Line

LONGEST_HEADER = 320
ENDING = 48  # characters at its end in which that somebody wrote must stand
HEADER_LINES = 4  # a program's "On … wrote:" may be wrapped
SIGNATURE_LINES = 25
CARD_LINES, CARD_WIDTH = 8, 72  # what a signature beneath a line of dashes without the blank may be
LEAD = r"[\s>*_~|-]*"

_wrote = words.anyof(words.WROTE)
ENDS_WROTE = re.compile(
    rf"(?<![^\W\d_]){_wrote}[\s*_]*[:：]?[\s*_-]*$|{words.anyof('写道|寫道|작성|のメッセージ')}[\s:：]*$", re.IGNORECASE
)
WROTE_INSIDE = re.compile(
    rf"(?<!\w){words.anyof('wrote|schrieb|schreef|skrev|écrit|escribió|escreveu|пользователь|hat')}\s.{{1,200}}[:：][\s*]*$",
    re.IGNORECASE,
)
BEGINS = re.compile(rf"^{LEAD}(?:{words.anyof(words.BEGINS)}(?:\s|(?=\d))|{words.anyof(words.WEEKDAYS)}[.,]?\s|\d)")
NAMED = re.compile(rf"^{LEAD}[\"'“]?[^<>@:]{{1,80}}[\"'”]?\s*[<(\[][^<>@\s]{{1,64}}@[^<>\s]{{1,200}}[>)\]]")
DATED = re.compile(
    r"\d{4}.{0,120}<[^<>@\s]{1,64}@[^<>\s]{1,200}>[\s*]*[:：]?$|\d{1,2}:\d\d.{0,120}<[^<>@\s]{1,64}@[^<>\s]{1,200}>[\s*]*[:：]$"
)
ISO_DATED = re.compile(r"^\s*20\d\d-\d\d-\d\d \d?\d:\d\d (?:GMT)?[+-]\d\d:?\d\d .{1,80}$")
HAS_DATE = re.compile(r"\d.{0,80}\d|@")
ORIGINAL = re.compile(
    rf"^{LEAD}(?:[-_=*]{{2,}}\s*{words.anyof(words.ORIGINAL)}\s*:?\s*[-_=*]*|{words.anyof(words.FORWARDS)}\s*[:：]?)\s*$",
    re.IGNORECASE,
)
BARE_ORIGINAL = re.compile(rf"^\s*{words.anyof(words.ORIGINAL)}\s*[:：]?\s*$", re.IGNORECASE)
# Alone on its line, or between marks: a sentence that speaks of such a line is none.
ABOVE = re.compile(
    rf"^{LEAD}(?:[-_=*#–—]{{2,}}.{{0,60}}{words.anyof(words.ABOVE)}|"
    rf"(?:please )?{words.anyof(words.ABOVE)}[\s#*=_–—.:-]*$)",
    re.IGNORECASE,
)
SUBJECTS = set(words.SUBJECT.lower().split("|"))
FROM, SENT, OTHERS = (words.header_names(each) for each in (words.FROM, words.SENT, words.OTHERS))
RULE = re.compile(r"^\s*(?:[-_=*]{5,}|[–—]{3,})\s*$")
QUOTED = re.compile(r"^[ \t]{0,3}(?:>|&gt;)|^[ \t]{0,3}\|\s(?=\S)(?!.*\|[ \t]*$)")  # a table's row is none
DASHES = re.compile(r"^\s*(?:--|—|–)\s*$")
_device = rf"\b{words.anyof(words.DEVICES)}\b"
SENT_FROM = re.compile(
    rf"^[\s(<*_\[]*(?:{words.anyof(words.SENT_FROM)}|{words.anyof(words.SENT_BY)}\b.{{0,60}}?{_device}|"
    rf"Von .{{0,40}}?{_device}.{{0,30}} gesendet)",
    re.IGNORECASE,
)
BY_PROGRAM = re.compile(r"@|\d[:.h]\d\d")
NO_CARD = re.compile(r"\w[.!?…][\"”»)]?$|^\s*(?:[-*•]|\d{1,3}[.)]) ")  # ends as a sentence, or is an entry of a list


def split(lines: list[Line]) -> None:
    """Say of each line whether it is the writer's own."""
    for at, line in enumerate(lines):
        if is_quote(line) or line.mark == SIGN:
            line.is_own = False
        elif line.mark == CUT:
            _cut(lines, at)
            break
    _headers(lines)
    _signatures(lines)


def is_quote(line: Line) -> bool:
    """Whether it is marked as quoted, by a sign before it or by its markup."""
    return line.mark == QUOTE or (not line.mark and bool(QUOTED.match(line.text)))


def _cut(lines: list[Line], at: int) -> None:
    """Nothing from here on is the writer's, if anything before is."""
    if _has_own(lines, at):
        for number in range(at, len(lines)):
            lines[number].is_own = False


def _has_own(lines: list[Line], end: int) -> bool:
    return any(lines[number].is_own and not lines[number].is_blank for number in range(end))


def _headers(lines: list[Line]) -> None:
    """Find what programs put above a quote; where no mark follows, all that follows is the quote."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.is_own or line.is_blank:
            at += 1
            continue
        if _begins_rest(lines, at):
            _cut(lines, _above(lines, at))
            return
        begin = _wrote_header(lines, at)
        if begin is not None and not _settle(lines, begin, at):
            return
        at += 1


def _above(lines: list[Line], at: int) -> int:
    """Where that begins: with the blank lines and rules above, and above our own line with "… wrote:" in whatever
    language."""
    start = _past_blank(lines, at)
    if divider.FOUND.match(lines[at].text) and start and lines[start - 1].text.rstrip(" *").endswith((":", "：")):
        for begin in range(start - 1, max(-1, start - 1 - HEADER_LINES), -1):
            if lines[begin].is_blank or not lines[begin].is_own:
                break
            if HAS_DATE.search(_joined(lines, begin, start - 1)):
                return _past_blank(lines, begin)
    return start


def _past_blank(lines: list[Line], at: int) -> int:
    while at and (lines[at - 1].is_blank or RULE.match(lines[at - 1].text)):
        at -= 1
    return at


def _settle(lines: list[Line], begin: int, end: int) -> bool:
    """A header stands on these lines: it is no word of the writer's. False when the rest is quoted as well."""
    following = end + 1
    while following < len(lines) and lines[following].is_blank:
        following += 1
    text = _joined(lines, begin, end)
    is_strong = _is_strong(text)
    if following == len(lines) or not lines[following].is_own:
        if is_strong or (following < len(lines) and text.rstrip(" *").endswith((":", "："))):
            for number in range(begin, end + 1):
                lines[number].is_own = False
        return True
    if is_strong and BY_PROGRAM.search(text):
        before = _has_own(lines, begin)
        _cut(lines, begin)
        return not before
    return True


def _begins_rest(lines: list[Line], at: int) -> bool:
    """Whether everything from this line on is another mail."""
    text = lines[at].text
    if len(text) > LONGEST_HEADER:
        return False
    if ORIGINAL.match(text) or divider.FOUND.match(text) or (len(text) < 120 and ABOVE.match(text)):
        return True
    if BARE_ORIGINAL.match(text):
        return _block(lines, at + 1)
    return _block(lines, at)


def _block(lines: list[Line], at: int) -> bool:
    """Whether a block of headers stands here: From, Sent, To, Subject in any language and order, several together.

    One of them alone is anybody's words, and so are three without an address or a subject ("From: Berlin").
    """
    while at < len(lines) and lines[at].is_blank:
        at += 1
    if at == len(lines) or (":" not in lines[at].text and "：" not in lines[at].text):
        return False
    following = [lines[each].text for each in range(at, min(at + 9, len(lines))) if not lines[each].is_blank][:7]
    seen: set[str] = set()
    others, is_sure = 0, False
    for text in following:
        is_from, is_sent = bool(FROM.match(text)), bool(SENT.match(text))
        if not is_from and not is_sent and not OTHERS.match(text):
            others += 1
            if not seen or others > 1:
                break  # one may be a long header's second line
            continue
        name = text.partition(":")[0] if ":" in text else text.partition("：")[0]
        seen.add("from" if is_from else "sent" if is_sent else name.strip(" *_>").lower()[:20])
        is_sure |= "@" in text and not is_sent
    return "from" in seen and len(seen) >= 3 and (is_sure or ("sent" in seen and bool(SUBJECTS & seen)))


def _wrote_header(lines: list[Line], end: int) -> int | None:
    """Where the header begins that ends on this line; None when none does."""
    last = lines[end].text
    if len(last) > LONGEST_HEADER or not _may_end(last):
        return None
    for begin in range(end, max(-1, end - HEADER_LINES), -1):
        if lines[begin].is_blank or not lines[begin].is_own:
            break
        if BEGINS.match(lines[begin].text) and _is_strong(_joined(lines, begin, end)):
            return begin
    text = last.strip()
    if NAMED.match(text) or _ends_wrote(text) or ISO_DATED.match(text) or DATED.search(text):
        above = lines[end - 1].text if end and lines[end - 1].is_own else ""
        wrapped = (
            bool(above.strip()) and len(text) < 40 and "<" in above and not above.rstrip().endswith((".", "!", "?"))
        )
        return end - 1 if wrapped else end
    return None


def _may_end(text: str) -> bool:
    return bool(text.rstrip(" *").endswith((":", "：")) or ISO_DATED.match(text) or _ends_wrote(text)
                or (">" in text[-8:] and DATED.search(text)))  # fmt: skip


def _ends_wrote(text: str) -> bool:
    return bool(ENDS_WROTE.search(text[-ENDING:]))


def _is_strong(text: str) -> bool:
    """Whether a program must have written it: a date or an address, and that somebody wrote."""
    if len(text) > LONGEST_HEADER or not HAS_DATE.search(text):
        return False
    if ISO_DATED.match(text) or DATED.search(text):
        return True
    return bool(_ends_wrote(text) or (BEGINS.match(text) and WROTE_INSIDE.search(text))
                or (NAMED.match(text) and re.search(rf"(?<!\w){_wrote}", text, re.IGNORECASE)))  # fmt: skip


def _joined(lines: list[Line], begin: int, end: int) -> str:
    return " ".join(line.text.strip() for line in lines[begin : end + 1])


def _signatures(lines: list[Line]) -> None:
    """From "-- " on, and what telephones add, to the end of the writer's words or to the next quote."""
    end, ends = len(lines), [0] * len(lines)
    for at in range(len(lines) - 1, -1, -1):
        end = end if lines[at].is_own else at
        ends[at] = end
    for at, line in enumerate(lines):
        if not line.is_own or line.is_blank:
            continue
        if line.text == "-- " or DASHES.match(line.text):
            until = ends[at] if _is_signature(lines, at, ends[at]) else at
        elif len(line.text) < 160 and SENT_FROM.match(line.text):
            until = _end_of_paragraph(lines, at, ends[at])
        else:
            continue
        for number in range(at, until):
            lines[number].is_own = False


def _is_signature(lines: list[Line], at: int, end: int) -> bool:
    """Whether what stands beneath the dashes is one: after "-- " anything of its length, else only what looks it."""
    rest: list[str] = []
    for number in range(at + 1, end):
        if not lines[number].is_blank:
            rest.append(lines[number].text)
        if len(rest) > SIGNATURE_LINES:
            return False
    if lines[at].text == "-- ":
        return True
    is_apart = at > 0 and lines[at - 1].is_blank
    return (
        is_apart
        and len(rest) <= CARD_LINES
        and not any(NO_CARD.search(each) or len(each) > CARD_WIDTH for each in rest)
    )


def _end_of_paragraph(lines: list[Line], at: int, end: int) -> int:
    """Where the lines end that a telephone added; not one of them, when words stand right above or many below."""
    until = at + 1
    while until < end and not lines[until].is_blank:
        until += 1
    is_apart = at == 0 or lines[at - 1].is_blank or until == at + 1
    return until if is_apart and until - at <= 3 else at
