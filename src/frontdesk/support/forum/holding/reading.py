"""What stands in a text that somebody might want to spread: links, hosts, addresses, numbers, names."""

import re
import unicodedata
from urllib.parse import urlsplit

# Each begins where a run begins or looks at a bounded stretch: none is quadratic on what strangers send.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
DOTS = re.compile(r" {0,2}(?:\[ ?(?:\.|dot) ?\]|\( ?(?:\.|dot) ?\)) {0,2}", re.IGNORECASE)
TLDS = (
    "com net org info biz io app dev xyz top shop store site online club live vip icu buzz link click work "
    "ru cn su tk ml ga cf gq pw cc tv de at ch eu uk fr es nl pl cz ca br in example "
    "bet casino loan money pro agency website space fun cloud digital social bio gg ly se "
    "fi dk pt ie hu ro jp kr tw hk sg au nz za mx"
)
WORDS = "it me us"  # hosts end with them, too; without a path it is a space that somebody forgot after a full stop
# What is written like a host and means none: names of software, and names of programs from the end of a host on.
NO_HOSTS = frozenset(
    {
        "asp.net", "vb.net", "ado.net", "ml.net", "paint.net", "system.net", "java.net", "system.io", "java.io",
        "socket.io",
    }
)  # fmt: skip
FROM_THE_END = ("com.", "org.", "net.", "io.")
LINK = re.compile(
    r"(?:h(?:tt|xx)ps?://|ftp://|www\.)[^\s<>\"')\]]+|\]\( {0,3}<?(?!#)[^)\s]+"
    r"|^ {0,3}\[[^\]\n]{1,300}\]: {0,9}[^\s#]\S+|<(?:a|img)\b",
    re.IGNORECASE | re.MULTILINE,
)
HOST = re.compile(
    rf"(?<![\w@./-])(?:[\w-]{{1,63}}\.){{1,9}}(?:{'|'.join(TLDS.split())}|xn--[a-z0-9-]{{1,59}}"
    rf"|(?:{'|'.join(WORDS.split())})(?=[/:?#]\w))(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
IN_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?:|ftp:)?//(?:[^\s/@]{0,99}@)?([^\s/:?#<>\"')\]]{1,255})|\bwww\.([^\s/:?#<>\"')\]]{1,255})",
    re.IGNORECASE,
)
HOST_SIGNS = re.compile(r"[\w.-]+")  # a host without the sentence's signs around it
OWN_PATH = re.compile(r"\]\( {0,3}<?/(?![/\\])")
NAMED_LINK = re.compile(r"\[([^\]\[]{1,300})\]\( {0,3}<?([^)\s>]+)")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+\s?@\s?(?:[\w-]{1,63}\.){1,9}\w{2,}")
PHONE = re.compile(
    r"(?:(?:\+|\b00)[1-9][\d ()/.-]{6,20}\d|\b0\d{2,5}\s?[/ -]\s?\d{4,}"
    r"|(?:tel|phone|mobile|whatsapp|telegram|signal|call|ruf|anruf)\w{0,12}\W{0,4}\+?[\d ()/.-]{6,20}\d)",
    re.IGNORECASE,
)
# Numbers of other kinds: dates, addresses of machines, serials of equal groups, and what is called by its kind.
NO_PHONE = re.compile(
    r"(?<![\w./-])(?:\d{1,4}([./-])\d{1,2}\1\d{1,4}|\d{1,3}(?:\.\d{1,3}){3}|(?!0)(?:\d{4}(?:-\d{4}){1,9}|\d{5}(?:-\d{5}){1,9}))"
    r"(?![\w/-])(?!\.\d)"
    r"|\b(?:order|ticket|invoice|serial|error|code|build|version|bestell|auftrag|rechnung|fehler|serien|lizenz)\w{0,12}"
    r"[ :#.]{0,3}(?:no|nr|number|nummer)?[ :#.]{0,3}\d[\d.-]{0,30}(?! ?\d)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<![\w.,:/+-])(?:0[1-9](?:[ /-]|\d){4,16}\d|\(0?\d{1,5}\)[ /-]{0,3}\d[\d /-]{4,14}\d"
    r"|\d{3}([ .-])\d{3}[ .-]\d{4}|\d{3,4} ?/ ?\d{6,8}|\d{2,4}(?: \d{2,4}){2,4})(?![\w:/-])(?![.,]\d)"
)
DIGITS = range(7, 16)  # of a phone number
BARE = 10  # digits at least of one without anything between them
GROUPED = re.compile(r"\d{1,2}(?: \d{3})+")  # a large number, in thousands
PICTURE = re.compile(r"!\[|<img\b", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/.@])@([a-z0-9][a-z0-9_.-]{1,38}[a-z0-9])", re.IGNORECASE)
MOST = 100_000  # characters that are looked at


def plain(text: str) -> str:
    """The text as a reader sees it: without invisible signs, compatible forms made equal, dots written out."""
    seen = INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MOST]))
    return DOTS.sub(".", seen)


def links(text: str) -> list[str]:
    """Every link of a plain text, and hosts that are named without being one."""
    found = [match.group() for match in LINK.finditer(text)]
    rest = LINK.sub(" ", text)
    return [*found, *_named(rest)]


def hosts(text: str) -> list[str]:
    """The hosts that a plain text links to or names, in small letters."""
    signs = (HOST_SIGNS.search(one or other) for one, other in IN_LINK.findall(text))
    linked = [found.group().lower() for found in signs if found]
    named = [host.lower() for host in _named(IN_LINK.sub(" ", text))]
    return list(dict.fromkeys(host.strip(".").removeprefix("www.") for host in [*linked, *named] if host.strip(".")))


def _named(text: str) -> list[str]:
    """Hosts that stand there without being a link."""
    found = [match.group() for match in HOST.finditer(text)]
    return [each for each in found if each.lower() not in NO_HOSTS and not each.lower().startswith(FROM_THE_END)]


def host_of(link: str) -> str:
    """The host of a whole address, as `hosts` gives it; "" for what leads to no page."""
    return (urlsplit(link).hostname or "").strip(".").removeprefix("www.")


def misnamed(text: str) -> bool:
    """Whether a link says that it leads to one host and leads to another."""
    for name, target in NAMED_LINK.findall(text):
        said, meant = hosts(name), hosts(target)
        if said and meant and not _is_within(meant[0], said[0]):
            return True
    return False


def _is_within(host: str, of: str) -> bool:
    return host == of or host.endswith(f".{of}") or of.endswith(f".{host}")


def contacts(text: str) -> bool:
    """Whether an e-mail address or a phone number stands in a plain text."""
    rest = NO_PHONE.sub(" ; ", text)
    return bool(MAIL.search(text) or PHONE.search(rest)) or _calls(rest)


def _calls(text: str) -> bool:
    """Whether a number that somebody could call stands there without being called one."""
    for found in NUMBER.finditer(text):
        number = found.group()
        digits = sum(sign.isdigit() for sign in number)
        if digits in DIGITS and not GROUPED.fullmatch(number) and (digits >= BARE or not number.isdigit()):
            return True
    return False


def mentions(text: str) -> set[str]:
    """The handles that a text names."""
    return {name.lower() for name in MENTION.findall(text)}


def same_words(text: str) -> str:
    """What two texts have in common that say the same: letters and digits, small."""
    return "".join(sign for sign in plain(text).casefold() if sign.isalnum())
