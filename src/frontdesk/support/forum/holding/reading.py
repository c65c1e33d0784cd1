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
    "ru cn su tk ml ga cf gq pw cc tv me de at ch eu uk fr it es nl pl cz us ca br in example"
)
LINK = re.compile(
    r"(?:h(?:tt|xx)ps?://|ftp://|www\.)[^\s<>\"')\]]+|\]\( {0,3}<?(?!#)[^)\s]+"
    r"|^ {0,3}\[[^\]\n]{1,300}\]: {0,9}[^\s#]\S+|<(?:a|img)\b",
    re.IGNORECASE | re.MULTILINE,
)
HOST = re.compile(
    rf"(?<![\w@./-])(?:[\w-]{{1,63}}\.){{1,9}}(?:{'|'.join(TLDS.split())}|xn--[a-z0-9-]{{1,59}})(?![\w-])(?!\.\w)",
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
    return [*found, *(match.group() for match in HOST.finditer(rest))]


def hosts(text: str) -> list[str]:
    """The hosts that a plain text links to or names, in small letters."""
    signs = (HOST_SIGNS.search(one or other) for one, other in IN_LINK.findall(text))
    linked = [found.group().lower() for found in signs if found]
    named = [match.group().lower() for match in HOST.finditer(IN_LINK.sub(" ", text))]
    return list(dict.fromkeys(host.strip(".").removeprefix("www.") for host in [*linked, *named] if host.strip(".")))


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
    return bool(MAIL.search(text) or PHONE.search(text))


def mentions(text: str) -> set[str]:
    """The handles that a text names."""
    return {name.lower() for name in MENTION.findall(text)}


def same_words(text: str) -> str:
    """What two texts have in common that say the same: letters and digits, small."""
    return "".join(sign for sign in plain(text).casefold() if sign.isalnum())
