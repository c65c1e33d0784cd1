"""Numbers that somebody could call, told from those of versions, sizes, orders, serials and logs."""

import re

from frontdesk.support.forum.holding.bare import MACHINE

# Each begins where a run begins or looks at a bounded stretch: none is quadratic on what strangers send.
PHONE = re.compile(
    r"(?:(?<![\w+])\+|(?<![\w.,:/+-])00)[1-9][\d ()/.-]{6,20}\d|(?<![\w.,:/+-])0[1-9]\d{1,4}\s?[/ -]\s?\d{4,}(?!\w|-\w)"
)
CALLED = re.compile(
    r"(?<!\w)(?:tel(?:efon\w{0,8}|ephone)?|(?:my |tele|cell)?phone|mobile?|handy(?:nummer)?|whats ?app|telegram|signal"
    r"|viber|wechat|sms|hotline|(?:call|text|ring|dial)(?: (?:me|us))?|ruft? (?:mich |uns )?an|anruf\w{0,3}|rufnummer"
    r"|fon)(?: (?:number|nummer|nr|no|now|at|on|unter|auf))?\W{1,4}(\+?[\d ()/.-]{6,20}\d)",
    re.IGNORECASE,
)
# Numbers of other kinds: dates, versions, addresses of machines, serials of equal groups, and what is called by its
# kind: a number with nothing between its figures, or with hyphens and stops.
NO_PHONE = re.compile(
    r"(?<![\w./+-])(?:\d{1,4}([./-])\d{1,2}\1\d{1,4}|\d{1,3}(?:\.\d{1,3}){3}|(?:0|[1-9]\d?)(?:\.\d{1,5}){2,4}"
    r"|(?!0)(?:\d{4}(?:-\d{4}){1,9}|\d{5}(?:-\d{5}){1,9})|\d{4}(?:-\d{4}){3,9})"
    r"(?![\w/-])(?!\.\d)"
    r"|\b(?:order|ticket|invoice|serial|error|code|build|version|bestell|auftrag|rechnung|fehler|serien|lizenz|licen[cs]e"
    r"|key|uuid|pid|offset|article|artikel|vertrag|contract|transa[ck]tion"
    r"|(?:kunden|konto|customer|account|case|vorgangs?)(?=[ -]?(?:no|nr|number|nummer|id|kennung)))\w{0,12}"
    r"[ :#.-]{0,3}(?:no|nr|number|nummer|id)?[ :#.]{0,3}\d[\d.-]{0,30}(?! ?\d)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<![\w.,:/+-])(?:0[1-9](?:[ /-]|\d){4,16}\d|\((?:0\d{1,5}|(?!(?:19|20)\d\d\))\d{2,5})\)[ /-]{0,3}\d"
    r"[\d /-]{4,14}\d|(?:1[ .-]?)?\d{3}([ .-])\d{3}[ .-]\d{4}|\d{3,4} ?/ ?\d{3,5}(?!000(?!\d))\d{3}"
    r"|[5-9]\d\d(?: \d{3}){2}|\d{2,4}(?: \d{2,4}){3,4}(?! \d)|0(?:[ -]\d){6,14})(?![\w:/-])(?![.,]\d)"
)
DIGITS = range(7, 16)  # of a phone number
BARE = 10  # digits at least of one without anything between them
LISTED = 9  # digits at least of groups that nothing else tells of
GROUPED = re.compile(r"\d{1,2}(?: \d{3})+")  # a large number, in thousands
FIGURES = (
    "zero|null|one|eins|two|zwei|zwo|three|drei|four|vier|five|fünf|fuenf|six|sechs|seven|sieben|eight|acht|nine|neun"
)
SPELLED = re.compile(
    rf"(?<!\w)(?:(?:{FIGURES}|oh|\d{{1,4}})[ ,.-]{{1,3}}){{5,15}}(?:{FIGURES}|\d{{1,4}})(?!\w)", re.IGNORECASE
)
FIGURE = re.compile(FIGURES, re.IGNORECASE)
FEWEST = 5  # figures in words that make a number spelled


def has_phone(text: str, *, weak: bool = True) -> bool:
    """Whether a number stands there that somebody could call. Without `weak`: only those that say so, by a word or by
    how they begin."""
    rest = NO_PHONE.sub(" ; ", text)
    if PHONE.search(rest) or any(_digits(found[1]) in DIGITS for found in CALLED.finditer(rest)):
        return True
    return _is_spelled(rest) or (weak and _is_written(NO_PHONE.sub(" ; ", MACHINE.sub(" ", text))))


def _is_spelled(text: str) -> bool:
    """Whether a number is written in words, to the last figure or but for some."""
    for found in SPELLED.finditer(text):
        words = FIGURE.findall(found.group())
        if len(words) >= FEWEST and len(words) + _digits(found.group()) in DIGITS and not _is_counted(words):
            return True
    return False


def _is_counted(words: list[str]) -> bool:
    """One, two, three, …"""
    orders = [FIGURES.split("|").index(word.lower()) for word in words]
    return orders == sorted(orders)


def _is_written(text: str) -> bool:
    """Whether a number looks like one to call, and nothing says what it is."""
    for found in NUMBER.finditer(text):
        number = found.group()
        digits = _digits(number)
        if digits not in DIGITS or GROUPED.fullmatch(number) or (digits < BARE and number.isdigit()):
            continue
        if not _is_list(number, digits):
            return True
    return False


def _is_list(number: str, digits: int) -> bool:
    """Sizes, ports, colours: groups apart by spaces that rise or fall, are round, or are too few figures together."""
    groups = number.split(" ")
    if number[0] in "0(" or not all(group.isdigit() for group in groups) or len(groups) < 3:
        return False
    if len(groups) == 3 and len(groups[-1]) == 4:
        return all(group.endswith("0") for group in groups)
    values = [int(group) for group in groups]
    return digits < LISTED or values in (sorted(values), sorted(values, reverse=True)) or len(set(values)) == 1


def _digits(number: str) -> int:
    return sum(sign.isdigit() for sign in number)
