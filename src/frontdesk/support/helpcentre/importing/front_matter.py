"""Markdown files with front matter: between two lines of `---` stands YAML, below it the text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.text import slugify

from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.helpcentre.writing import Writing, language_code, put_in_order

LARGEST_FILE = 1_000_000
LARGEST_HEAD = 20_000
AUDIENCES = {"": None, "everybody": False, "team": True}
LAST_POSITION = 32_767
HEAD = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIRST_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")
SLUG = re.compile(r"[\w.~-]{1,120}")
# Words that people write without quotes, though YAML wants them where a colon stands inside.
PLAIN_TEXT = re.compile(r"^(title|summary|category|slug|keywords)[ \t]*:[ \t]+([^\"'\[{|>\s].*?)[ \t]*$", re.MULTILINE)
UNKEPT = re.compile("[\0\ud800-\udfff]")  # YAML can spell what no database keeps: "\\0", "\\ud800"
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Unreadable(Exception):
    """A file that cannot be taken; its text says why."""


@dataclass(frozen=True)
class Document:
    """An article in one language, as a file says it. None: the file does not say."""

    file: str
    slug: str
    language: str
    writing: Writing
    category: str | None = None
    kind: str | None = None
    product: str | None = None
    position: int | None = None
    is_internal: bool | None = None
    reasons: tuple[str, ...] | None = None
    related: tuple[str, ...] | None = None


def read(path: Path, name: str) -> Document:
    """What a file says. Raises Unreadable."""
    text = _text_of(path)
    found = HEAD.match(text)
    if found is None:
        raise Unreadable("it does not begin with front matter between two lines of ---")
    return _document(name, path, _mapping(found[1]), text[found.end() :])


def read_mapping(path: Path) -> dict[str, Any]:
    """A file that is YAML and nothing else. Raises Unreadable."""
    return _mapping(_text_of(path))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None
    if len(raw) > LARGEST_FILE:
        raise Unreadable("it is larger than 1 MB")
    encoding = next((name for mark, name in ENCODINGS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 (at byte {error.start})") from None
    if "\0" in text:
        raise Unreadable("it holds a NUL character")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n")


def _mapping(text: str) -> dict[str, Any]:
    """Every value as text, a list of texts, or a mapping: so that neither No nor 1.10 becomes something else."""
    if len(text) > LARGEST_HEAD:
        raise Unreadable("its front matter is too long")
    try:
        held = _loaded(text)
    except yaml.YAMLError as error:
        quoted = PLAIN_TEXT.sub(_quoted, text)
        try:
            held = _loaded(quoted)
        except yaml.YAMLError:
            raise Unreadable(f"its front matter is not YAML: {_where(error)}") from None
    if not isinstance(held, dict):
        raise Unreadable("its front matter is not made of names and values")
    return {str(key).strip().lower(): value for key, value in held.items()}


def _loaded(text: str) -> Any:
    """The loader that makes nothing but texts, written in Python: libyaml's falls over when brackets nest deeply."""
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and mappings, no objects
    except (RecursionError, ValueError) as error:
        raise yaml.YAMLError("it nests too deeply, or holds a sign that cannot be") from error


def _quoted(found: re.Match[str]) -> str:
    escaped = found[2].replace("'", "''")
    return f"{found[1]}: '{escaped}'"


def _where(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"{problem} in line {mark.line + 2}" if mark and problem else str(error).splitlines()[0]


def _document(name: str, path: Path, head: Mapping[str, Any], body: str) -> Document:
    title, body = _title_and_body(_text(head, "title"), body)
    if not title:
        raise Unreadable("it has no title")
    kind = _text(head, "kind").lower() or None
    if kind and kind not in Article.Kind.values:
        raise Unreadable(f"kind is {' or '.join(Article.Kind.values)}, not {kind}")
    try:
        language = language_code(_text(head, "language") or settings.LANGUAGE_CODE)
        writing = Writing(title, body, _text(head, "summary"), _words(head, "keywords") or ())
        return Document(
            file=name,
            slug=_slug(_text(head, "slug"), path),
            language=language,
            writing=put_in_order(writing),
            category=_text(head, "category") or None,
            kind=kind,
            product=_text(head, "product") or None,
            position=_position(head),
            is_internal=_audience(head),
            reasons=_words(head, "reasons"),
            related=_words(head, "related"),
        )
    except RequestInvalid as refusal:
        field = refusal.members["field"]
        raise Unreadable(
            "it has no text" if field == "body" and not body.strip() else f"its {field} cannot be"
        ) from None


def _title_and_body(title: str, body: str) -> tuple[str, str]:
    """A heading that only says the title again is none; where no title is named, it is the title."""
    found = FIRST_HEADING.match(body)
    if found and title in {"", found[1]}:
        return found[1], body[found.end() :].strip("\n")
    return title, body.strip("\n")


def _slug(text: str, path: Path) -> str:
    wanted = text or path.stem
    slug = wanted if SLUG.fullmatch(wanted) and wanted.strip(".") else slugify(wanted, allow_unicode=True)[:120]
    if not slug:
        raise Unreadable("it has no slug")
    return slug


def _text(head: Mapping[str, Any], name: str) -> str:
    value = head.get(name, "")
    if not isinstance(value, str):
        raise Unreadable(f"its {name} is not a text")
    if UNKEPT.search(value):
        raise Unreadable(f"its {name} holds a sign that cannot be kept")
    return " ".join(value.split())


def _words(head: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """A list, or words with commas between; None where the file does not say."""
    value = head.get(name)
    if value is None:
        return None
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Unreadable(f"its {name} are not a list of words")
    if any(UNKEPT.search(word) for word in words):
        raise Unreadable(f"its {name} hold a sign that cannot be kept")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def _audience(head: Mapping[str, Any]) -> bool | None:
    """Whether it is for the team alone."""
    text = _text(head, "audience").lower()
    if text not in AUDIENCES:
        raise Unreadable(f"its audience is everybody or team, not {text}")
    return AUDIENCES[text]


def _position(head: Mapping[str, Any]) -> int | None:
    text = _text(head, "position")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > LAST_POSITION:
        raise Unreadable("its position is not a number from 0 to 32767")
    return int(text)
