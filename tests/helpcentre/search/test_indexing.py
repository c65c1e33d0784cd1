"""The index says what it was told last, whoever told it when."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.support.helpcentre.models import SearchEntry, SearchLanguage, SearchPosting, SearchWord
from frontdesk.support.helpcentre.search import finding, indexing
from frontdesk.support.helpcentre.search.indexing import Findable
from tests.helpcentre.search.collection import findable

WORDS = ["seat", "seats", "invoice", "the", "e-mail", "Größe", "請求書", "C++", "zebra zebra"]
SUBJECTS = ["one", "two", "three"]


def rows() -> list[Any]:
    """Everything the search reads, without the rows' numbers."""
    postings = SearchPosting.objects.values_list("entry__slug", "language", "stem", "weight", "places")
    return [
        sorted(SearchWord.objects.values_list("language", "word", "stem", "entries")),
        sorted(SearchLanguage.objects.filter(entries__gt=0).values_list("language", "entries")),
        sorted(postings),
        sorted(
            SearchEntry.objects.values_list("slug", "language", "title", "body", "label_sizes", "size", "is_public")
        ),
    ]


def writing() -> st.SearchStrategy[Findable]:
    text = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    return st.builds(
        lambda slug, language, title, body, keywords, public: findable(
            slug, language, title=title or "-", body=body, keywords="\n".join(keywords), is_public=public
        ),
        st.sampled_from(SUBJECTS), st.sampled_from(["en", "de"]), text, text, st.lists(text, max_size=2), st.booleans(),
    )  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(st.one_of(writing(), st.sampled_from(SUBJECTS)), max_size=8))
def test_a_rebuild_makes_what_steps_made(deeds: list[Findable | str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], Findable] = {}
    with transaction.atomic():
        for deed in deeds:
            if isinstance(deed, str):
                indexing.remove(kind="article", subject=findable(deed, title="-").subject)
                kept = {key: value for key, value in kept.items() if key[0] != deed}
            else:
                indexing.put(deed)
                kept[deed.slug, deed.language] = deed
        by_steps = rows()
        monkeypatch.setattr(indexing, "_sources", {"article": lambda: iter(kept.values())})
        assert indexing.rebuild() == len(kept)
        assert rows() == by_steps
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nothing_is_left_of_what_was_taken_out() -> None:
    indexing.put(findable("one", title="Seats", body="Something"))
    indexing.put(findable("one", "de", title="Plätze"))
    indexing.remove(kind="article", subject=findable("one", title="-").subject, language="de")
    assert [hit.slug for hit in finding.find("seats", language="en")] == ["one"]
    indexing.remove(kind="article", subject=findable("one", title="-").subject)
    assert rows() == [[], [], [], []]


@pytest.mark.django_db
def test_the_same_subject_twice_in_one_batch_says_what_came_last() -> None:
    indexing.put_all([findable("one", title="First"), findable("one", title="Second")])
    assert SearchEntry.objects.get().title == "Second"
    assert finding.find("first", language="en") == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_count_each_word_exactly() -> None:
    """Two connections write the same words in opposite orders: neither waits for ever, none is lost."""

    def write(slugs: list[str]) -> None:
        try:
            with transaction.atomic():
                for slug in slugs:
                    indexing.put(findable(slug, title=f"Seats of {slug}", body="the same words in both"))
        finally:
            connection.close()

    names = [f"article{number}" for number in range(6)]
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, names), pool.submit(write, names[::-1])]:
            done.result(timeout=20)
    assert SearchWord.objects.get(language="en", word="seats").entries == 6
    assert SearchLanguage.objects.get(language="en").entries == 6
    assert len(finding.find("seats", language="en")) == 6


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_is_not_found_elsewhere() -> None:
    """Readers in other connections see all of a change or nothing of it, and do not wait."""

    def look() -> int:
        try:
            return len(finding.find("zebra", language="en"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            indexing.put(findable("one", title="Zebra"))
            assert other.submit(look).result(timeout=10) == 0
        assert other.submit(look).result(timeout=10) == 1


@pytest.mark.django_db(transaction=True)
def test_tidying_up_leaves_nothing_for_the_sums_to_read_twice() -> None:
    indexing.put_all(findable(f"number-{number}", title=f"Seat {number}") for number in range(50))
    indexing.tidy_up()
    with connection.cursor() as cursor:
        cursor.execute("select relallvisible = relpages from pg_class where relname = 'helpcentre_searchposting'")
        assert cursor.fetchone() == (True,)
