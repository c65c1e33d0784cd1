"""Cutting out of a text what tells who it is about, before others may read it.

It errs on the side of cutting: whoever publishes reads the draft, and a gap is seen where a name would be overlooked.
"""

import re
from collections.abc import Iterable

GAP = "…"
PATTERNS = [
    re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),  # addresses of mail
    re.compile(r"(?<=[?&#=/])[\w%-]{24,}"),  # what links carry as secrets
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE),  # ids
    re.compile(r"(?<![\w.:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE),  # IPv6
    re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w)"),  # IPv4
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"),  # IBAN
    # Telephone, card, customer and order numbers. Versions have dots, and stay.
    re.compile(r"(?<![\w.])(?:\+|00)?\(?\d(?:[ ()/-]{0,2}\d){6,}(?![\w.]?\d)"),
]
GROUPS = re.compile(r"(?<![\w-])[A-Za-z0-9]{3,8}(?:-[A-Za-z0-9]{3,8}){2,}(?![\w-])")
GLUED = re.compile(r"(?<!\w)(?=[A-Za-z]*\d)[A-Za-z0-9]{14,}(?!\w)")
HOMES = re.compile(r"([\\/](?:Users|home|Benutzer)[\\/])[^\\/\s]+", re.IGNORECASE)
GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen|abend)"
    r"|sehr geehrte[r]?|moin|servus)\b[^.?!\n]{0,50}[,!.]?$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^(?:(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks)|yours\s?\w*|cheers|sincerely|thank you"
    r"|(?:mit )?(?:freundlichen|besten|vielen|herzlichen|viele|liebe|beste|freundliche) (?:grüßen?|dank)|mfg|lg|vg"
    r"|danke)\b[^.?!\n]{0,30}[,!.]?$",
    re.IGNORECASE,
)


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """The text without greeting and closing, and without addresses, numbers, codes and these names."""
    text = _without_frame(text)
    for pattern in PATTERNS:
        text = pattern.sub(GAP, text)
    text = GROUPS.sub(lambda found: GAP if _is_code(found[0]) else found[0], text)
    text = GLUED.sub(GAP, text)
    text = HOMES.sub(rf"\1{GAP}", text)
    return _without_names(text, names).strip()


def _is_code(text: str) -> bool:
    """Codes have digits or shout; "well-known-path" is neither."""
    return text.isupper() or any(sign.isdigit() for sign in text)


def _without_frame(text: str) -> str:
    lines = text.strip().split("\n")
    while lines and (not lines[0].strip() or GREETING.match(lines[0].strip())):
        lines.pop(0)
    for at, line in enumerate(lines):
        # Behind a closing only a name and a signature follow; further up it is a sentence.
        if at >= len(lines) - 8 and CLOSING.match(line.strip()):
            return "\n".join(lines[:at]).rstrip()
    return "\n".join(lines)


def _without_names(text: str, names: Iterable[str]) -> str:
    whole = {name.strip() for name in names if len(name.strip()) > 2}
    words = whole | {word for name in whole for word in re.split(r"[\s@.]+", name) if len(word) > 2}
    if not words:
        return text
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?:'s|s)?(?!\w)", GAP, text, flags=re.IGNORECASE)
