"""What `frontdesk init` asks, and which answers it takes. A check says what is wrong with an answer, or nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

Check = Callable[[str], str]
ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,.]+")
LONGEST_NAME = 80


@dataclass(frozen=True)
class Question:
    """One setting: the option that answers it beforehand, the question, what is taken when nothing is said."""

    option: str
    setting: str
    text: str
    check: Check
    default: str = ""


def name(answer: str) -> str:
    """A company's name."""
    if not answer:
        return "say the name that customers shall read"
    if len(answer) > LONGEST_NAME or not answer.isprintable():
        return f"the name must be of at most {LONGEST_NAME} printable characters"
    return ""


def url(answer: str) -> str:
    """A public address without a path."""
    try:
        parts = urlsplit(answer)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in answer
    except ValueError:  # a port that is no number, half an IPv6 address
        fits = False
    if fits and re.fullmatch(r"https?://[^/\s?#]+/?", answer):
        return ""
    return "the address must look like https://desk.example.com, without a path"


def sender(answer: str) -> str:
    """An e-mail address, with or without a name in front."""
    if not answer.isprintable() or not ADDRESS.fullmatch(parseaddr(answer)[1]):
        return "the sender of mails must hold an e-mail address, such as Desk <desk@example.com>"
    return ""


def language(answer: str) -> str:
    """One that pages are written in."""
    return "" if answer in {"en", "de"} else "the language must be en or de"


def mail_server(answer: str) -> str:
    """A host's name without a port; empty for none."""
    if not answer or re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]", answer):
        return ""
    return "the mail server must be a name such as smtp.example.com; its port has an option of its own, --smtp-port"


def administrator(answer: str) -> str:
    """A bare e-mail address; empty for none yet."""
    return "" if not answer or ADDRESS.fullmatch(answer) else "that is no e-mail address, such as you@example.com"


def root_file(answer: str) -> str:
    """A file in a folder that is there."""
    file = Path(answer).expanduser()
    if file.is_dir():
        return f"{file} is a folder: name a file in it"
    return "" if file.absolute().parent.is_dir() else f"there is no folder {file.absolute().parent}"


QUESTIONS = (
    Question("name", "FRONTDESK_BRAND_NAME", "Your company's name, as customers know it", name),
    Question("url", "FRONTDESK_URL", "The public address, such as https://desk.example.com", url),
    Question("mail_from", "FRONTDESK_MAIL_FROM", "The sender of mails, such as Desk <desk@example.com>", sender),
    Question("language", "FRONTDESK_LANGUAGE", "The main language, en or de", language, "en"),
)
