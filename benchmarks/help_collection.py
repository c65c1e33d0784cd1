"""A public help collection with its own index: Debian's libreoffice-help packages, which nobody here has written.

Each language has some 2,500 pages and a file that maps 6,600 index terms to them. The packages are taken by apt and
kept in a cache outside of the checkout; where apt reaches no archive, nothing is measured and that is said.
"""

import hashlib
import html
import os
import random
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = {"de": ("de", "de"), "en": ("en-us", "en-US"), "fr": ("fr", "fr")}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "frontdesk-benchmarks"
TAG, BLANK = re.compile(r"<[^>]+>"), re.compile(r"\s+")
BODY = re.compile(r'<div id="DisplayArea".*?>(.*)<div id="SearchFrame">', re.DOTALL)
TITLE, TOP = re.compile(r"<title>(.*?)</title>", re.DOTALL), re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
HEADING = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>", re.DOTALL)
TERM = re.compile(r'\{url:"([^"]*)", app:"[^"]*", text:"((?:[^"\\]|\\.)*)"\}')
WORD = re.compile(r"[^\W\d_]{4,}")


class Missing(Exception):
    """The collection cannot be had here; says why."""


@dataclass(frozen=True)
class Page:
    """A page as an article would be written: the index terms, which stand in its head, are left out."""

    title: str
    headings: list[str]
    body: str


@dataclass
class Collection:
    """Pages by name, and the index: the pages that each term leads to."""

    language: str
    pages: dict[str, Page] = field(default_factory=dict)
    terms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def half(self, *, held_back: bool, count: int) -> list[str]:
        """Terms of one half, always the same: the weights of the search were learnt on the other one."""
        mine = [
            term for term in sorted(self.terms) if (hashlib.sha256(term.encode()).digest()[0] % 2 == 1) == held_back
        ]
        return random.Random(7).sample(mine, min(count, len(mine)))


def load(language: str) -> Collection:
    """The collection in a language. Raises Missing."""
    package, folder = PACKAGES[language]
    root = _unpacked(f"libreoffice-help-{package}") / "usr/share/libreoffice/help" / folder
    found = Collection(language)
    for file in sorted(root.glob("text/**/*.html")):
        page = _page(file.read_text(encoding="utf-8"))
        if page:
            found.pages[str(file.relative_to(root.parent))] = page
    for address, text in TERM.findall((root / "bookmarks.js").read_text(encoding="utf-8")):
        name = address.partition("?")[0].partition("#")[0]
        if name in found.pages:  # a term has two levels: "Cells -- formatting"
            found.terms[_plain(text.replace('\\"', '"').replace(" -- ", " "))].add(name)
    return found


def mistyped(term: str, rng: random.Random) -> str | None:
    """The term with one typo in one word of four letters or more, in any letter; None if it has no such word."""
    words = list(WORD.finditer(term))
    if not words:
        return None
    word = rng.choice(words)
    return term[: word.start()] + _typo(word[0], rng) + term[word.end() :]


def _typo(word: str, rng: random.Random) -> str:
    while True:
        at, kind, letter = (
            rng.randrange(len(word)),
            rng.choice(["swap", "drop", "add", "other"]),
            rng.choice(word.lower()),
        )
        made = {
            "swap": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            "drop": word[:at] + word[at + 1 :],
            "add": word[:at] + letter + word[at:],
            "other": word[:at] + letter + word[at + 1 :],
        }[kind]
        if made.lower() != word.lower():
            return made


def _unpacked(package: str) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    target = CACHE / package
    if target.is_dir():
        return target
    try:
        subprocess.run(["apt-get", "download", package], cwd=CACHE, check=True, capture_output=True, timeout=300)
        (archive,) = CACHE.glob(f"{package}_*.deb")
        subprocess.run(["dpkg", "-x", archive, CACHE / "new"], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Missing(f"the package {package} cannot be downloaded with apt here ({type(error).__name__})") from error
    archive.unlink()
    return (CACHE / "new").rename(target)


def _page(text: str) -> Page | None:
    body = BODY.search(text)
    if body is None:
        return None
    title, top = TITLE.search(text), TOP.search(body[1])
    named = _plain(title[1]) if title else ""
    headings = [_plain(each) for each in [*TOP.findall(body[1])[:1], *HEADING.findall(body[1])]]
    return Page(named or (_plain(top[1]) if top else "") or "-", headings, _plain(body[1]))


def _plain(text: str) -> str:
    return BLANK.sub(" ", html.unescape(TAG.sub(" ", text))).strip()
