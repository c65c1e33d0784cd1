"""No query of any kind fails, in collections whose words differ by an accent alone, and while others search, too."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.support.helpcentre.search import finding, indexing, languages
from tests.helpcentre.search.collection import findable

# With and without accents they are one word, of two stems.
PAIRS = {
    "en": ["resume résumé", "expose exposé", "pate pâté", "rose rosé"],
    "fr": ["résume résumé", "cote côté", "tâche taché", "pêche péché", "modele modelé", "jeune jeûné"],
    "es": ["cambio cambió", "pago pagó", "registro registró", "envio envió", "uso usó", "continuo continuó"],
    "de": ["Schlussel Schlüssel", "forderten förderten", "schon schön", "drucken drücken", "Buche Bücher"],
}
WORDS = sorted({word for pairs in PAIRS.values() for pair in pairs for word in pair.split()})


@pytest.fixture
def accents(db: None) -> None:
    """An article for each pair, in which both stand equally often."""
    indexing.put_all(
        findable(f"{language}-{number}", language, title=f"{pair} {number}", body=f"{pair}. {pair}.")
        for language, pairs in PAIRS.items()
        for number, pair in enumerate(pairs)
    )


@pytest.mark.parametrize(("query", "language"), [("resumé", "en"), ("resme", "en"), ("cambjo", "es"), ("resme", "fr")])
@pytest.mark.usefixtures("accents")
def test_a_typo_in_a_word_of_two_stems_finds_it(query: str, language: str) -> None:
    assert finding.find(query, language=language)


def mistyped(word: str, place: int, letter: str, how: str) -> str:
    """The word with one typo."""
    at = place % len(word)
    left, right = word[:at], word[at:]
    return {
        "more": left + letter + right,
        "less": left + right[1:],
        "other": left + letter + right[1:],
        "swapped": left + right[1:2] + right[:1] + right[2:],
    }[how]


TYPED = st.builds(
    mistyped,
    st.sampled_from(WORDS),
    st.integers(0, 12),
    st.characters(),
    st.sampled_from(["more", "less", "other", "swapped"]),
)
QUERIES = st.one_of(st.text(max_size=60), st.lists(st.one_of(TYPED, st.sampled_from(WORDS)), max_size=6).map(" ".join))


@pytest.mark.django_db
@pytest.mark.usefixtures("accents")
@settings(
    max_examples=300, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(query=QUERIES, language=st.sampled_from([*PAIRS, "pt-br", "xx"]))
def test_no_query_fails(query: str, language: str) -> None:
    scores = [hit.score for hit in finding.find(query, language=language, with_private=True)]
    assert all(one >= other for one, other in pairwise(scores))


@pytest.mark.django_db
def test_stems_do_not_vanish_while_others_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread empties what is remembered right after this one has learnt its words."""
    learn: Callable[[str, list[str]], dict[str, str]] = languages._learn

    def learn_and_lose(dictionary: str, words: list[str]) -> dict[str, str]:
        learnt = learn(dictionary, words)
        languages._stems.clear()
        return learnt

    monkeypatch.setattr(languages, "_learn", learn_and_lose)
    languages.stems("en", ["seats"])
    assert languages.stems("en", ["seats", "devices"]) == {"seats": "seat", "devices": "devic"}


@pytest.mark.django_db
def test_what_is_remembered_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "REMEMBERED", 10)
    words = [f"word{number}" for number in range(25)]
    assert len(languages.stems("en", words)) == 25
    assert languages.stems("en", ["seats"]) == {"seats": "seat"}
    assert len(languages._stems) <= 25
