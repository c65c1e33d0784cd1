"""Links that strangers wrote: what may be one, and where it truly leads."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from frontdesk.core import hosts

WEB = {"http", "https"}
OTHERS = {"mailto", "tel"}
LONGEST = 2_000
MOST_READ = 300  # signs of a link's text: what it names stands at its beginning
IGNORED = re.compile(r"[\t\r\n]")  # browsers take them out, wherever they stand
# Browsers read "\" as "/", so that what stands before an "@" becomes the host.
UNFIT = re.compile(r"[\x00-\x1f\x7f\\]")
HOST = re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_.])?")
KEPT_BY_BROWSERS = "ßς"  # the older rules, which Python knows, would make other letters of them
NAMED = re.compile(r"\W*(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,24})(?![\w-])", re.IGNORECASE)

CAPITAL_WITHIN = re.compile(r"[a-z][A-Z]")  # a capital "I" reads as an "l"


@dataclass(frozen=True)
class Link:
    """An address without whatever stood before an "@" in it, and its host as browsers look it up (xn--…): "" for what
    is no page. `is_disguised`: it looked like another host's."""

    address: str
    host: str = ""
    is_disguised: bool = False

    def to_tell(self, text: str) -> str:
        """The host that readers must be told of beside the link's text; "" where the text is honest."""
        named = NAMED.match(" ".join(text[:MOST_READ].split()))
        is_other = named is not None and (_bare(named[1]) != _bare(self.host) or CAPITAL_WITHIN.search(named[1]))
        return self.host if self.host and (self.is_disguised or is_other) else ""


def read(address: str) -> Link | None:
    """A link; None for what is none: addresses without a scheme and host of their own, which would lead to ours, and
    those that browsers read in another way than we do."""
    plain = IGNORED.sub("", address.strip()).replace(" ", "%20")
    if not plain or len(plain) > LONGEST or UNFIT.search(plain):
        return None
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme in OTHERS:
        return Link(plain) if parts.path else None
    host = _host(parts.hostname or "")
    if parts.scheme not in WEB or not host or not plain[len(parts.scheme) :].startswith("://"):
        return None
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    shown = urlunsplit((parts.scheme, place, parts.path, parts.query, parts.fragment))
    return Link(shown, host, is_disguised="@" in parts.netloc or hosts.is_lookalike(host))


def _host(name: str) -> str:
    """A host in the letters it is looked up by; "" for what is none."""
    if ":" in name:  # urlsplit has looked at what stood in brackets
        return name
    name = unquote(name)  # as browsers do
    try:
        found = name.lower() if name.isascii() else ".".join(_label(each) for each in name.split("."))
    except UnicodeError:
        return ""
    return found if HOST.fullmatch(found) else ""


def _label(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    if any(sign in plain for sign in KEPT_BY_BROWSERS):
        return "xn--" + plain.encode("punycode").decode("ascii")
    return plain.encode("idna").decode("ascii") if plain else ""


def _bare(host: str) -> str:
    return _host(host.lower()).removeprefix("www.").rstrip(".")
