"""Hosts of links as people should read them: in their own letters, unless those could be taken for another host's."""

import unicodedata
from urllib.parse import urlsplit

# Letters of other scripts that look like Latin ones: a name made of these alone is none of its own script.
TWINS = frozenset("авекмнорстухіѕјԁһӏԛԝԍьɡαβεηικμνορτυχγωɩοсս հոօ".replace(" ", ""))
PLAIN_LATIN = "\u017f"  # up to here Latin letters have marks that people know; behind it they imitate each other
NO_DOT = "ı"
MIXES = ({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}, {"CJK", "HANGUL", "LATIN"}, {"CJK", "BOPOMOFO", "LATIN"})


def shown(address: str) -> str:
    """The host of an address (or a bare host) as it is shown: "müller.example" for xn--mller-kva.example, but the
    letters that machines use for what looks like somebody else's. "" for what has no host."""
    host = _host(address)
    return host if is_lookalike(host) else readable(host)


def readable(host: str) -> str:
    """A host in its own letters; what is no punycode stays as it is."""
    return ".".join(_decoded(label) for label in host.split("."))


def is_lookalike(address: str) -> bool:
    """Whether a host could be taken for another: a label mixes scripts, is made of another script's twins of Latin
    letters, holds letters nobody types, or is punycode that says nothing."""
    return any(_is_odd(label) for label in _host(address).split("."))


def _host(address: str) -> str:
    if "://" not in address:
        return address.strip().lower().rstrip(".")
    try:
        return (urlsplit(address.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _is_odd(label: str) -> bool:
    text = _decoded(label)
    if text.isascii():
        return text.startswith("xn--") or text != label  # punycode of plain letters, or of nothing
    if unicodedata.normalize("NFKC", text).lower() != text:
        return True
    letters = [sign for sign in text if not (sign.isascii() and (sign.isdigit() or sign == "-"))]
    if any(not (sign.isalnum() or unicodedata.category(sign) in {"Mn", "Mc"}) for sign in letters):
        return True
    scripts = {_script(sign) for sign in letters if unicodedata.category(sign) not in {"Mn", "Mc"}}
    if len(scripts) > 1:
        return not any(scripts <= mix for mix in MIXES)
    if scripts == {"LATIN"}:
        return any(sign > PLAIN_LATIN or sign == NO_DOT for sign in letters)
    return all(sign in TWINS for sign in letters)


def _script(sign: str) -> str:
    return unicodedata.name(sign, "NONE").split(" ", 1)[0].split("-", 1)[0]
