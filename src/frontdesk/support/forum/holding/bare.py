"""Hosts that are named without being linked: told from files, parts of programs, and stops with no space behind them.

What ends like a host is one unless something speaks for another reading. Those endings that are words of sentences, of
files or of programs too need more: a path, a word that leads there ("visit …"), a hyphen.
"""

import re
from collections.abc import Iterator


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


SENTENCES = _words("in at es it me us")  # what somebody writes after a stop, and forgot the space
FILES = _words("pl cc")
MEMBERS = _words(  # of objects in programs, and of bundles
    "click link live work top app pro info store site space dev io club social online digital cloud net"
)
OTHERS = _words(
    "com org biz xyz shop vip icu buzz ru cn su tk ml ga cf gq pw tv de ch eu uk fr nl cz ca br example "
    "bet casino loan money agency website fun bio gg ly se fi dk pt ie hu ro jp kr tw hk sg au nz za mx"
)
STRICT = _words("com org biz xyz ru cn casino")  # begin no sentence, however they are written
HOST = re.compile(
    rf"(?<![\w@./-])(?:[\w-]{{1,63}}\.){{1,9}}"
    rf"(?:{'|'.join(sorted(OTHERS | SENTENCES | FILES | MEMBERS))}|xn--[a-z0-9-]{{1,59}})(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
# What is written like a host and means none: names of software, hosts of textbooks, and programs from a host's end on.
NO_HOSTS = frozenset(
    {
        "asp.net", "vb.net", "ado.net", "ml.net", "paint.net", "system.net", "java.net", "system.io", "java.io",
        "socket.io", "example.com", "example.org", "example.net",
    }
)  # fmt: skip
FROM_THE_END = ("com.", "org.", "net.", "io.")
NO_LABELS = _words(
    "this self super window document button btn event evt target element elem el form input node item obj object "
    "console logger logging log script index main makefile app router server client user store state props config "
    "settings module exports parent root react vue vuex redux test tests args ctx context request response req res "
    "data model view page tab menu mouse microsoft "
    "not now again here there it that works work crashes fails done nicht mehr geht auch wieder hier da schon"
)
PATH = re.compile(r"[/?#]\w")
PORT = re.compile(r":\d{2,5}(?!\d)")
CALL = re.compile(r" ?(?:[(\[;]|={1,3}|\+[+=])")
LED = re.compile(
    r"\b(?:visit|check ?out|join|besuch\w{0,3}"
    r"|(?:buy|order|win|play|shop|deals?|pills?|cheaper|available|log ?in|sign ?in|sign ?up|register|find (?:us|me|it)"
    r"|(?:kauf|bestell|gewinn|spiel|meld|anmeld|einlogg|registrier|mehr|infos?|günstig|billig)\w{0,4})"
    r"(?: \w{1,10}){0,2} (?:at|on|from|via|bei|auf|unter|von))\W{1,3}$",
    re.IGNORECASE,
)
AT = re.compile(r"[^\n] (?:at|bei|unter|via) $", re.IGNORECASE)  # not the line of a stack that begins with "at"
BEFORE = 60  # characters that are looked at for what leads to a host
MACHINE = re.compile(  # a line that a program wrote: it begins with a moment
    r"^[\s>\[(|]{0,9}(?:\d{4}-\d\d-\d\d[T ,]\s{0,2}\d\d?:\d\d|\d\d?:\d\d:\d\d|\d\d?[./]\d\d?[./]\d{4},? \d\d?:\d\d"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d)[^\n]{0,2000}",
    re.MULTILINE,
)


def named(text: str) -> list[str]:
    """Hosts that stand there without being a link, as they are written."""
    return [found.group() for found in _found(text)]


def in_passing(text: str) -> set[str]:
    """Those of `named` that are said by name alone: without a path, and nothing leads there. In small letters."""
    return {found.group().lower() for found in _found(text) if not _has_path(found) and not _is_led(found)}


def in_code(code: str) -> list[str]:
    """Hosts in code or in a log: those that end as no part of a program does.

    With a port, or in a line that a program wrote, it is one that something was connected to.
    """
    return [found.group() for found in _found(MACHINE.sub(" ", code)) if _is_clear(found)]


def _is_clear(found: re.Match[str]) -> bool:
    ending = _ending(found)
    if ending in SENTENCES:
        return _has_path(found)
    return ending.islower() and ending not in FILES | MEMBERS and not PORT.match(found.string, found.end())


def _found(text: str) -> Iterator[re.Match[str]]:
    return (found for found in HOST.finditer(text) if _is_host(found))


def _is_host(found: re.Match[str]) -> bool:
    host = found.group().lower()
    if host in NO_HOSTS or host.startswith(FROM_THE_END) or "_" in host:
        return False
    if _has_path(found):
        return True
    label, ending = _label(found), _ending(found)
    if len(label) == 1 and len(ending) == 2:
        return False  # z.B.in, J.de Vries
    is_led = _is_led(found)
    if ending.istitle() and ending.lower() not in STRICT and not is_led and label.isalpha():
        return False  # "It fails.At startup", "the TextBox.Click event"
    return _ends_like_one(found, label, ending, is_led=is_led)


def _ends_like_one(found: re.Match[str], label: str, ending: str, *, is_led: bool) -> bool:
    """Whether what its ending may be besides a host's is ruled out."""
    kind, is_spelled = ending.lower(), "-" in label
    if kind in SENTENCES:
        has_figure = label.islower() and any(sign.isdigit() for sign in label) and not label.isdigit()
        return is_led or is_spelled or has_figure
    if kind in FILES:
        return is_led or (label.lower() not in NO_LABELS and bool(AT.search(_before(found))))
    if label.lower() in NO_LABELS and label.count(".") == 0:
        return False
    if kind in MEMBERS and not is_spelled and not is_led:
        is_bundle = kind == "app" and label[0].isupper()
        is_software = ending.isupper() and not label.isupper()  # Microsoft.NET, System.IO
        return not (is_bundle or is_software or CALL.match(found.string, found.end()))
    return True


def _label(found: re.Match[str]) -> str:
    return found.group().split(".")[-2]


def _ending(found: re.Match[str]) -> str:
    return found.group().rsplit(".", 1)[1]


def _has_path(found: re.Match[str]) -> bool:
    """Whether an address goes on; a number behind a file's name is a line of it."""
    text, end = found.string, found.end()
    return bool(PATH.match(text, end) or (_ending(found).lower() not in FILES | MEMBERS and PORT.match(text, end)))


def _before(found: re.Match[str]) -> str:
    return found.string[max(0, found.start() - BEFORE) : found.start()]


def _is_led(found: re.Match[str]) -> bool:
    return LED.search(_before(found)) is not None
