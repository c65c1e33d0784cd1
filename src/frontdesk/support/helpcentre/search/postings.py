"""What is kept of an entry: its stems with their weight and places, and its words for comparing.

Title and keywords are *labels*: each has LABEL places of its own, one after the other, and the text begins at TEXT. So
a place tells in which field a word stands. The weight follows BM25F, with the average lengths of a help article instead
of the collection's own: an entry's rows depend on nothing but the entry, and a rebuild makes the same ones.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from frontdesk.support.helpcentre.search import languages, words
from frontdesk.support.helpcentre.search.words import Token

LABEL, LABELS = 64, 40
TEXT = LABEL * LABELS
LONGEST_TEXT = 400_000  # characters that are read
MOST_PLACES = 40
# How often a word counts in a field, how much the field's length matters, and that length in an ordinary article.
FIELDS = {"label": (10.0, 0.3, 5), "heading": (4.0, 0.3, 12), "text": (1.0, 0.5, 250)}
SATURATION = 1.2


@dataclass(frozen=True)
class Parts:
    """The texts of an entry by field."""

    labels: Sequence[str]
    headings: str
    text: str


@dataclass
class Posting:
    """A stem in an entry."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    places: list[int] = field(default_factory=list)

    def weight(self, sizes: Mapping[str, int]) -> float:
        """What it says of the entry: grows with how often it stands there, but ever less."""
        found = 0.0
        for name, count in self.counts.items():
            times, matter, usual = FIELDS[name]
            found += times * count / (1 - matter + matter * sizes[name] / usual)
        return found * (SATURATION + 1) / (found + SATURATION)


@dataclass(frozen=True)
class Kept:
    """Everything that is kept of one entry."""

    label_sizes: list[int]
    size: int
    weights: dict[str, float]
    places: dict[str, list[int]]
    words: list[str]  # a word without accents, and its stem: seats/seat


def keep(language: str, parts: Parts) -> Kept:
    """Take an entry's texts apart."""
    labels = [list(words.tokens(label))[:LABEL] for label in parts.labels[:LABELS]]
    body = parts.text[:LONGEST_TEXT]
    text, headings = list(words.tokens(body)), list(words.tokens(parts.headings[:LONGEST_TEXT]))
    sizes = {"label": max(1, len(labels[0]) if labels else 1), "heading": len(headings), "text": len(text)}
    located = [
        *_located("label", parts.labels, labels),
        *(("text", TEXT + token.place, token.word) for token in [*text, *words.joined(body, text)]),
        *(("heading", -1, token.word) for token in headings),
    ]
    stems = languages.stems(language, (word for _, _, word in located))
    postings = _postings(located, stems)
    return Kept(
        label_sizes=[len(label) for label in labels],
        size=len(text),
        weights={stem: round(posting.weight(sizes), 4) for stem, posting in postings.items()},
        places={stem: sorted(posting.places)[:MOST_PLACES] for stem, posting in postings.items()},
        words=sorted({f"{words.fold(word)}/{stem}" for word, stem in stems.items() if stem}),
    )


def _located(name: str, texts: Sequence[str], found: Sequence[list[Token]]) -> list[tuple[str, int, str]]:
    return [
        (name, LABEL * number + token.place, token.word)
        for number, (text, label) in enumerate(zip(texts, found, strict=False))
        for token in [*label, *words.joined(text, label)]
    ]


def _postings(located: Sequence[tuple[str, int, str]], stems: Mapping[str, str]) -> dict[str, Posting]:
    """By stem. Words that say nothing are kept in labels only, so that a question of nothing else finds those."""
    postings: dict[str, Posting] = defaultdict(Posting)
    for name, place, word in located:
        stem = stems[word] or (words.fold(word) if name == "label" else "")
        if stem:
            postings[stem].counts[name] += 1
            if place >= 0:
                postings[stem].places.append(place)
    return postings
