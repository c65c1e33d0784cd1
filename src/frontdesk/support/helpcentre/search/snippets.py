"""The pieces of texts that show why they were found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from frontdesk.support.helpcentre.search import languages
from frontdesk.support.helpcentre.search.words import Token, fold, is_unspaced, tokens, where

LENGTH = 180  # characters
BEFORE = 40


@dataclass(frozen=True)
class Showing:
    """A text, the word at which it is of interest, and the stems to be marked in it."""

    text: str
    place: int
    stems: Collection[str]


def snippets(showings: Sequence[Showing], language: str) -> list[SafeString]:
    """A piece of each text as HTML."""
    pieces = [_piece(each.text, each.place) for each in showings]
    read = [list(tokens(each.text[start:end])) for each, (start, end) in zip(showings, pieces, strict=True)]
    stems = languages.stems(language, (token.word for found in read for token in found))
    return [_html(each, piece, found, stems) for each, piece, found in zip(showings, pieces, read, strict=True)]


def _piece(text: str, place: int) -> tuple[int, int]:
    """Where it begins and ends: around the word of this place, cut between words."""
    at = where(text, place)
    start = 0 if at < LENGTH // 2 else at - BEFORE
    if start:
        space = text.find(" ", start, at)
        start = space + 1 if space >= 0 else at
    end = start + LENGTH
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end)
        end = space if space >= 0 else end
    return start, end


def _html(showing: Showing, piece: tuple[int, int], found: Sequence[Token], stem_of: Mapping[str, str]) -> SafeString:
    start, end = piece
    text = showing.text[start:end]
    hits = [token for token in found if (stem_of[token.word] or fold(token.word)) in showing.stems]
    parts, done = ["… " if start else ""], 0
    for first, last in _spans(hits):
        parts += [escape(text[done:first]), "<mark>", escape(text[first:last]), "</mark>"]
        done = last
    parts += [escape(text[done:]), " …" if end < len(showing.text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 - every piece of text is escaped


def _spans(hits: Sequence[Token]) -> list[tuple[int, int]]:
    """Pairs of signs overlap: what touches becomes one."""
    spans: list[tuple[int, int]] = []
    for hit in hits:
        if spans and hit.start <= spans[-1][1] and is_unspaced(hit.word):
            spans[-1] = (spans[-1][0], hit.end)
        else:
            spans.append((hit.start, hit.end))
    return spans
