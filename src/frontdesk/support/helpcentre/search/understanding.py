"""What a question may mean: for each of its words, the stems to look for and how much each is to be believed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from frontdesk.support.helpcentre.search import languages, words
from frontdesk.support.helpcentre.search.vocabulary import Known, Range, Vocabulary

LONGEST, MOST_WORDS = 300, 10  # characters and words of a question that are read
SHORTEST_MISTYPED = 3  # as it was typed; what was meant has four letters or more
LINKS = ("", "s", "n", "en", "es", "er", "e")  # what may stand between its parts
# How much a meaning counts beside the word itself.
INFLECTED, COMPOUND, APART, TOGETHER, UNFINISHED, LONGER = 0.5, 0.5, 0.7, 0.95, 0.9, 0.3
MISTYPED_START = 0.4  # first letters are seldom wrong
CORRECTIONS = 3


@dataclass(frozen=True)
class Meaning:
    """A stem that the question's word of this number may stand for. `part`: 1 or 2 of a compound taken apart, or 0."""

    number: int
    stem: str
    factor: float
    is_exact: bool = False
    part: int = 0


@dataclass(frozen=True)
class Asked:
    """A word of the question."""

    number: int
    word: str  # without accents
    stem: str
    is_unfinished: bool = False


@dataclass(frozen=True)
class Reading:
    """A word of the vocabulary that an asked word is read as."""

    asked: Asked
    word: str
    stem: str
    factor: float


def understand(question: str, language: str) -> list[Meaning]:
    """All meanings. Empty when the question has no words."""
    asked = _asked(question[:LONGEST], language)
    if not asked:
        return []
    vocabulary = Vocabulary(language, glues=languages.glues(language))
    readings = _readings(asked, vocabulary)
    best: dict[tuple[int, str, int], Meaning] = {}
    for meaning in [*_plain(asked, readings), *_wider(readings, vocabulary)]:
        key = (meaning.number, meaning.stem, meaning.part)
        if key not in best or best[key].factor < meaning.factor:
            best[key] = meaning
    return list(best.values())


def _asked(question: str, language: str) -> list[Asked]:
    """Its words, without those that say nothing unless there are no others."""
    found = list(words.tokens(question))
    distinct = list(dict.fromkeys(token.word for token in found))
    stems = languages.stems(language, distinct)
    telling = [word for word in distinct if stems[word]] or distinct
    unfinished = found[-1].word if found and found[-1].end == len(question) else ""
    return [
        Asked(number, words.fold(word), stems[word] or words.fold(word), word == unfinished)
        for number, word in enumerate(telling[:MOST_WORDS])
    ]


def _readings(asked: Sequence[Asked], vocabulary: Vocabulary) -> list[Reading]:
    """Known words as they are; others as known ones that are one typo away. Two words may be one: log in, login."""
    pairs = {left.word + right.word: (left, right) for left, right in pairwise(asked)}
    parts = [
        part for each in asked for pair in _splits(each.word, each.stem, vocabulary.shortest_part) for part in pair
    ]
    known = vocabulary.look_up([*(each.word for each in asked), *pairs, *parts])
    readings = [Reading(each, each.word, word.stem, 1) for each in asked for word in known.get(each.word, ())]
    unknown = [each for each in asked if each.word not in known and _may_be_mistyped(each.word)]
    near = vocabulary.near([each.word for each in unknown])
    for each in unknown:
        readings += _corrected(each, near[each.word])
    for pair, both in pairs.items():
        readings += [Reading(each, pair, word.stem, TOGETHER) for each in both for word in known.get(pair, ())]
    read = {reading.asked.number for reading in readings}
    return readings + [Reading(each, each.word, each.stem, 1) for each in asked if each.number not in read]


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= SHORTEST_MISTYPED and word.isalpha() and not words.is_unspaced(word)


def _corrected(asked: Asked, candidates: Iterable[Known]) -> list[Reading]:
    """The likeliest: words that stand in many entries, beginning alike."""
    # A word may have two stems (résumé, resume), each as frequent as the other.
    likely = sorted(((_likelihood(asked.word, each), each.word, each.stem) for each in candidates), reverse=True)
    most = likely[0][0] if likely else 1.0
    return [Reading(asked, word, stem, sqrt(chance / most)) for chance, word, stem in likely[:CORRECTIONS]]


def _likelihood(asked: str, known: Known) -> float:
    return sqrt(known.entries) * (1 if known.word[0] == asked[0] else MISTYPED_START)


def _plain(asked: Sequence[Asked], readings: Sequence[Reading]) -> Iterator[Meaning]:
    for reading in readings:
        yield Meaning(reading.asked.number, reading.stem, reading.factor, is_exact=True)
    for each in asked:
        yield Meaning(each.number, each.stem, 1, is_exact=True)


def _wider(readings: Sequence[Reading], vocabulary: Vocabulary) -> Iterator[Meaning]:
    """Other forms of the words, compounds with them, their parts, and what an unfinished word may become."""
    for found, word in vocabulary.within([each for reading in readings for each in _ranges(reading, vocabulary)]):
        yield Meaning(found.number, word.stem, found.factor)
    taken_apart = {
        reading: list(_splits(reading.word, reading.stem, vocabulary.shortest_part))
        for reading in readings
        if vocabulary.glues or not vocabulary.knows(reading.word)
    }
    known = vocabulary.look_up(part for pairs in taken_apart.values() for pair in pairs for part in pair)
    for reading, pairs in taken_apart.items():
        yield from _apart(reading, pairs, known)


def _ranges(reading: Reading, vocabulary: Vocabulary) -> Iterator[Range]:
    number, stem, word = reading.asked.number, reading.stem, reading.word
    if words.is_unspaced(word):
        if len(word) == 1:
            yield Range("word", word, number, UNFINISHED)
        return
    if len(stem) >= 5:
        kept = max(5, len(stem) * 3 // 4)
        yield Range("stem", stem[:kept], number, INFLECTED * reading.factor, kept + 4)
    if vocabulary.glues and len(word) >= 4:
        yield Range("word", stem if len(stem) >= 4 else word, number, COMPOUND * reading.factor)
        for ending in {word, stem}:
            if len(ending) >= 4:
                yield Range("reversed", ending[::-1], number, COMPOUND * reading.factor)
    if reading.asked.is_unfinished:
        typed = reading.asked.word
        yield Range("word", typed, number, LONGER if vocabulary.knows(typed) else UNFINISHED)


def _splits(word: str, stem: str, shortest: int) -> Iterator[tuple[str, str]]:
    """Each way to take a word apart, with and without a linking sound; the last part as it is and as a stem."""
    if not word.isalpha() or words.is_unspaced(word):
        return
    for middle in range(shortest, len(word) - shortest + 1):
        left = word[:middle]
        rights = (
            {word[middle:], stem[middle:]} if stem.startswith(left) and len(stem) - middle >= 3 else {word[middle:]}
        )
        for link in LINKS:
            bare = left.removesuffix(link) if link else left
            if (bare != left or not link) and len(bare) >= shortest:
                yield from ((bare, right) for right in sorted(rights))


def _apart(
    reading: Reading, pairs: Sequence[tuple[str, str]], known: Mapping[str, Sequence[Known]]
) -> Iterator[Meaning]:
    """The parts of the likeliest way: that whose rarer part is the most frequent."""
    ways = [(known[left][0], known[right][0]) for left, right in pairs if left in known and right in known]
    if ways:
        likeliest = max(ways, key=lambda parts: min(part.entries for part in parts))
        for part, word in enumerate(likeliest, 1):
            yield Meaning(reading.asked.number, word.stem, APART * reading.factor, part=part)
