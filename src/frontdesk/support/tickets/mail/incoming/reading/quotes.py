"""Splitting off what the writer did not write: quotes, what programs put above them, signatures.

Works on lines, and looks at each a fixed number of times, so that no text takes long.
"""

import re

from frontdesk.support.tickets.mail.incoming.reading import words
from frontdesk.support.tickets.mail.incoming.reading.lines import CUT, QUOTE, SIGN, Line

LONGEST_HEADER = 320
HEADER_LINES = 4  # a program's "On … wrote:" may be wrapped
SIGNATURE_LINES = 40
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
ABOVE = re.compile(words.anyof(words.ABOVE), re.IGNORECASE)
FROM, SENT, OTHERS = (words.header_names(each) for each in (words.FROM, words.SENT, words.OTHERS))
RULE = re.compile(r"^\s*(?:[-_=*]{5,}|[–—]{3,})\s*$")
QUOTED = re.compile(r"^[ \t]{0,3}(?:>|&gt;)|^[ \t]{0,3}\|\s(?=\S)")
INITIALS = re.compile(r"^ ?[A-Z]{1,3}>(?:\s|$)")
DASHES = re.compile(r"^\s*(?:--|—|–)\s*$")
SENT_FROM = re.compile(rf"^[\s(<*_\[]*{words.anyof(words.SENT_FROM)}", re.IGNORECASE)


def split(lines: list[Line]) -> None:
    """Say of each line whether it is the writer's own."""
    for at, line in enumerate(lines):
        if line.mark == QUOTE or (not line.mark and QUOTED.match(line.text)) or line.mark == SIGN:
            line.is_own = False
        elif line.mark == CUT:
            _cut(lines, at)
            break
    _headers(lines)
    _signatures(lines)


def _cut(lines: list[Line], at: int) -> None:
    """Nothing from here on is the writer's, if anything before is."""
    if any(line.is_own and not line.is_blank for line in lines[:at]):
        for line in lines[at:]:
            line.is_own = False


def _headers(lines: list[Line]) -> None:
    """Find what programs put above a quote; where no mark follows, all that follows is the quote."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.is_own or line.is_blank:
            at += 1
            continue
        if _begins_rest(lines, at):
            start = at
            while start and (lines[start - 1].is_blank or RULE.match(lines[start - 1].text)):
                start -= 1
            _cut(lines, start)
            return
        begin = _wrote_header(lines, at)
        if begin is not None and not _settle(lines, begin, at):
            return
        at += 1


def _settle(lines: list[Line], begin: int, end: int) -> bool:
    """A header stands on these lines: it is no word of the writer's. False when the rest is quoted as well."""
    following = next((line for line in lines[end + 1 :] if not line.is_blank), None)
    if following is None or not following.is_own:
        for line in lines[begin : end + 1]:
            line.is_own = False
        return True
    text = _joined(lines, begin, end)
    if _is_strong(text):
        before = any(line.is_own and not line.is_blank for line in lines[:begin])
        _cut(lines, begin)
        return not before
    return True


def _begins_rest(lines: list[Line], at: int) -> bool:
    """Whether everything from this line on is another mail."""
    text = lines[at].text
    if len(text) > LONGEST_HEADER:
        return False
    if ORIGINAL.match(text) or (ABOVE.search(text) and len(text) < 120):
        return True
    if BARE_ORIGINAL.match(text):
        return _block(lines, at + 1)
    return _block(lines, at)


def _block(lines: list[Line], at: int) -> bool:
    """Whether a block of headers stands here: From, Sent, To, Subject in any language and order."""
    following = [line.text for line in lines[at : at + 9] if not line.is_blank][:7]
    if not following or not (FROM.match(following[0]) or SENT.match(following[0]) or OTHERS.match(following[0])):
        return False
    seen: set[str] = set()
    for text in following:
        if FROM.match(text):
            seen.add("from")
        elif SENT.match(text):
            seen.add("sent")
        elif OTHERS.match(text):
            seen.add(text.partition(":")[0].strip(" *_>").lower()[:20])
    return "from" in seen and len(seen) >= 3


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
    if NAMED.match(text) or ENDS_WROTE.search(text) or ISO_DATED.match(text) or DATED.search(text):
        above = lines[end - 1].text if end and lines[end - 1].is_own else ""
        wrapped = (
            bool(above.strip()) and len(text) < 40 and "<" in above and not above.rstrip().endswith((".", "!", "?"))
        )
        return end - 1 if wrapped else end
    return None


def _may_end(text: str) -> bool:
    return bool(ENDS_WROTE.search(text) or WROTE_INSIDE.search(text) or DATED.search(text) or ISO_DATED.match(text)
                or text.rstrip(" *").endswith((":", "：")))  # fmt: skip


def _is_strong(text: str) -> bool:
    """Whether a program must have written it: a date or an address, and that somebody wrote."""
    if len(text) > LONGEST_HEADER or not HAS_DATE.search(text):
        return False
    if ISO_DATED.match(text) or DATED.search(text):
        return True
    return bool(ENDS_WROTE.search(text) or (BEGINS.match(text) and WROTE_INSIDE.search(text))
                or (NAMED.match(text) and re.search(rf"(?<!\w){_wrote}", text, re.IGNORECASE)))  # fmt: skip


def _joined(lines: list[Line], begin: int, end: int) -> str:
    return " ".join(line.text.strip() for line in lines[begin : end + 1])


def _signatures(lines: list[Line]) -> None:
    """From "-- " on, and what telephones add, to the end of the writer's words or to the next quote."""
    for at, line in enumerate(lines):
        if not line.is_own or line.is_blank:
            continue
        end = next((number for number in range(at, len(lines)) if not lines[number].is_own), len(lines))
        rest = [each for each in lines[at:end] if not each.is_blank]
        if line.text == "-- " or DASHES.match(line.text):
            longest = SIGNATURE_LINES if line.text == "-- " else 15
        elif (
            SENT_FROM.match(line.text)
            and len(line.text) < 160
            and (at == 0 or lines[at - 1].is_blank or len(rest) == 1)
        ):
            longest = 4
        else:
            continue
        if len(rest) <= longest:
            for each in lines[at:end]:
                each.is_own = False
