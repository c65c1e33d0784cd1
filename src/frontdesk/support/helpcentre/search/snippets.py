"""The piece of a text that shows why it was found."""

from collections.abc import Collection, Sequence
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from frontdesk.support.helpcentre.search import languages
from frontdesk.support.helpcentre.search.words import Token, fold, is_unspaced, tokens

LENGTH = 180  # characters
BEFORE = 40


def piece(text: str, place: int) -> tuple[int, str]:
    """Where it begins and what it is: the text around the word of this place, cut between words."""
    token = next(islice(tokens(text), place, None), None)
    at = token.start if token else 0
    start = 0 if at < LENGTH // 2 else at - BEFORE
    if start:
        space = text.find(" ", start, at)
        start = space + 1 if space >= 0 else at
    end = start + LENGTH
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end)
        end = space if space >= 0 else end
    return start, text[start:end]


def marked(text: str, stems: Collection[str], language: str) -> SafeString:
    """A piece as HTML, with the words of these stems marked."""
    found = list(tokens(text))
    stem_of = languages.stems(language, (token.word for token in found))
    hits = [token for token in found if (stem_of[token.word] or fold(token.word)) in stems]
    parts, done = [], 0
    for first, last in _spans(hits):
        parts += [escape(text[done:first]), "<mark>", escape(text[first:last]), "</mark>"]
        done = last
    return mark_safe("".join([*parts, escape(text[done:])]))  # noqa: S308 - every piece is escaped


def snippet(text: str, place: int, stems: Collection[str], language: str) -> SafeString:
    """The text around the word of this place, as HTML."""
    start, shown = piece(text, place)
    dots = "… " if start else "", " …" if start + len(shown) < len(text) else ""
    return mark_safe(dots[0] + marked(shown, stems, language) + dots[1])  # noqa: S308 - as marked


def _spans(hits: Sequence[Token]) -> list[tuple[int, int]]:
    """Pairs of signs overlap: what touches becomes one."""
    spans: list[tuple[int, int]] = []
    for hit in hits:
        if spans and hit.start <= spans[-1][1] and is_unspaced(hit.word):
            spans[-1] = (spans[-1][0], hit.end)
        else:
            spans.append((hit.start, hit.end))
    return spans
