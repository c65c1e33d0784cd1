"""What stands in a text that somebody might want to spread: links, hosts, addresses, numbers, names."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from frontdesk.support.forum.holding import bare, numbers

# Each begins where a run begins or looks at a bounded stretch: none is quadratic on what strangers send.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20e3\ufe00-\ufe0f\ufeff]"
)
DOTS = re.compile(r" {0,2}(?:\[ ?(?:\.|dot) ?\]|\( ?(?:\.|dot) ?\)) {0,2}", re.IGNORECASE)
SPELLED_DOTS = re.compile(  # "dot net" is a product
    r"(?<=[\w-]) {1,2}(?:(?:dot|punkt|d0t) {1,2}(?=(?:com|org|info|biz|ru|xyz|shop|top|io|de)(?!\w))"
    r"|\. {1,2}(?=(?-i:com)(?!\w)))|(?<=[a-z0-9])\. (?=(?-i:com)(?!\w))",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:h(?:tt|xx)ps?://|ftp://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
LINK = re.compile(
    rf"{ADDRESS.pattern}"
    r"|\]\( {0,3}<?(?!#)[^)\s]+"
    r"|^ {0,3}\[[^\]\n]{1,300}\]: {0,9}[^\s#]\S+|<(?:a|img)\b",
    re.IGNORECASE | re.MULTILINE,
)
IN_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?:|ftp:)?//(?:[^\s/@]{0,99}@)?([^\s/:?#<>\"')\]]{1,255})|\bwww\.([^\s/:?#<>\"')\]]{1,255})",
    re.IGNORECASE,
)
HOST_SIGNS = re.compile(r"[\w.-]+")  # a host without the sentence's signs around it
OWN_PATH = re.compile(r"\]\( {0,3}<?/(?![/\\])")
NAMED_LINK = re.compile(r"\[([^\]\[]{1,300})\]\( {0,3}<?([^)\s>]+)")
MAIL = re.compile(  # apart only with the end of a host: "use @app.route" is none
    r"(?<![\w.+-])(?!git@)[\w.+-]+(?:@(?:[\w-]{1,63}\.){1,9}\w{2,}"
    rf"| ?@ ?(?:[\w-]{{1,63}}\.){{1,9}}(?:{'|'.join(sorted(bare.OTHERS | bare.MEMBERS - {'app'}))})(?!\w))",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<!\w)(?:telegram|tg|skype|wechat|kik)\W{1,4}(?:id\W{1,3})?@\w{4,40}", re.IGNORECASE)
PICTURE = re.compile(r"!\[|<img\b", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/.@])@([a-z0-9][a-z0-9_.-]{1,38}[a-z0-9])", re.IGNORECASE)
MOST = 100_000  # characters that are looked at


def plain(text: str) -> str:
    """The text as a reader sees it: without invisible signs, compatible forms made equal, dots written out."""
    seen = INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MOST]))
    return SPELLED_DOTS.sub(".", DOTS.sub(".", seen))


def seen_in(prose: str, code: str) -> str:
    """A plain text as what may be spread is looked for in it: of code and logs, only what is no part of them."""
    if not code:
        return prose
    links = [match.group() for match in ADDRESS.finditer(code)]
    rest = ADDRESS.sub(" ", code)
    lines = [line for line in rest.split("\n") if numbers.has_phone(line, weak=False) or MAIL.search(line)]
    return "\n".join([prose, *links, *bare.in_code(rest), *lines])


def links(text: str) -> list[str]:
    """Every link of a plain text, and hosts that are named without being one."""
    found = [match.group() for match in LINK.finditer(text)]
    rest = LINK.sub(" ", text)
    return [*found, *bare.named(rest)]


def hosts(text: str) -> list[str]:
    """The hosts that a plain text links to or names, in small letters."""
    return list(dict.fromkeys([*linked(text), *_clean(bare.named(IN_LINK.sub(" ", text)))]))


def linked(text: str) -> list[str]:
    """Those of `hosts` that stand in an address."""
    signs = (HOST_SIGNS.search(one or other) for one, other in IN_LINK.findall(text))
    return _clean(found.group() for found in signs if found)


def in_passing(text: str) -> set[str]:
    """Those of `hosts` that are said by name alone, as "Halcyon.app" is."""
    return set(_clean(bare.in_passing(IN_LINK.sub(" ", text)))).difference(linked(text))


def _clean(found: Iterable[str]) -> list[str]:
    return [host for each in found if (host := each.lower().strip(".").removeprefix("www."))]


def host_of(link: str) -> str:
    """The host of a whole address, as `hosts` gives it; "" for what leads to no page."""
    return (urlsplit(link).hostname or "").strip(".").removeprefix("www.")


def misnamed(text: str) -> bool:
    """Whether a link says that it leads to one host and leads to another."""
    for name, target in NAMED_LINK.findall(text):
        said, meant = _said(name), hosts(target)
        is_file = target.lower().endswith(f"/{name.lower()}")
        if said and meant and not is_file and not _is_within(meant[0], said):
            return True
    return False


def _said(name: str) -> str:
    """The host that a link's name says; a name that is nothing else is one wherever it could be."""
    found = hosts(name) or hosts(f"{name.strip()}/x")
    return found[0] if found else ""


def _is_within(host: str, of: str) -> bool:
    return host == of or host.endswith(f".{of}") or of.endswith(f".{host}")


def contacts(text: str) -> bool:
    """Whether an e-mail address or a phone number stands in a plain text."""
    return bool(MAIL.search(text) or HANDLE.search(text)) or numbers.has_phone(text)


def mentions(text: str) -> set[str]:
    """The handles that a text names."""
    return {name.lower() for name in MENTION.findall(text)}


def same_words(text: str) -> str:
    """What two texts have in common that say the same: letters and digits, small."""
    return "".join(sign for sign in plain(text).casefold() if sign.isalnum())
