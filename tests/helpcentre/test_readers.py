"""Was this helpful? One vote for each reader, changed at will, without a script."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import personal
from frontdesk.support.helpcentre import feedback
from frontdesk.support.helpcentre.models import ArticleFeedback, Revision
from tests.people import customer, signed_in
from tests.support.articles import SYSTEM, draft, published, writing

pytestmark = pytest.mark.django_db
ADDRESS = "/help/articles/lost-password/helpful/"


def vote(browser: Client, is_helpful: str, **more: str) -> Any:
    return browser.post(ADDRESS, {"language": "en", "is_helpful": is_helpful, **more})


def test_one_vote_for_each_browser_that_can_be_changed(client: Client) -> None:
    shown = published()
    answer = vote(client, "yes")
    assert (answer.status_code, answer["Location"]) == (302, "/help/articles/lost-password/?language=en#helpful")
    assert answer.cookies[settings.READER_COOKIE_NAME]["httponly"]
    assert "You said that this article helped you." in client.get("/help/articles/lost-password/").content.decode()
    vote(client, "yes")
    vote(client, "no", words="  It lacks <b>a picture</b> ")
    given = ArticleFeedback.objects.get()
    assert (given.is_helpful, given.words, given.person) == (False, "It lacks <b>a picture</b>", None)
    vote(client, "yes")
    given.refresh_from_db()
    assert (given.is_helpful, given.words) == (True, "It lacks <b>a picture</b>"), "words stay where none are given"
    page = client.get("/help/articles/lost-password/").content.decode()
    assert "It lacks &lt;b&gt;a picture&lt;/b&gt;</textarea>" in page
    vote(Client(), "no")
    assert feedback.counts([shown]) == {shown.pk: (1, 1)}


def test_somebody_who_is_signed_in_is_known_in_every_browser() -> None:
    published()
    ada = customer()
    vote(signed_in(ada), "yes")
    vote(signed_in(ada), "no", words="Hm")
    given = ArticleFeedback.objects.get()
    assert (given.person, given.is_helpful) == (ada.pk, False)
    assert str(ada.pk).encode() not in bytes(given.reader_hash)


def test_languages_are_voted_on_apart(client: Client) -> None:
    published()
    published(language="de", said=writing("Passwort vergessen"))
    vote(client, "yes")
    client.post(ADDRESS, {"language": "de", "is_helpful": "no"})
    votes = dict(ArticleFeedback.objects.values_list("translation__language", "is_helpful"))
    assert votes == {"en": True, "de": False}


@pytest.mark.parametrize(
    "data",
    [{}, {"language": "en"}, {"language": "en", "is_helpful": "maybe"}, {"is_helpful": "yes"},
     {"language": "en", "is_helpful": "yes", "words": "x" * 2001},
     {"language": "en", "is_helpful": "yes", "words": "a\0b"}],
)  # fmt: skip
def test_half_a_vote_is_refused(client: Client, data: dict[str, str]) -> None:
    published()
    assert client.post(ADDRESS, data).status_code == 422
    assert not ArticleFeedback.objects.exists()


def test_nobody_votes_on_drafts_or_on_what_is_not_there(client: Client) -> None:
    draft()
    assert vote(client, "yes").status_code == 404
    assert client.post(ADDRESS, {"language": "xx", "is_helpful": "yes"}).status_code == 404
    assert client.get(ADDRESS).status_code == 405


def test_one_network_does_not_decide_alone() -> None:
    published()
    answers = [vote(Client(), "no").status_code for _ in range(feedback.BY_NETWORK.count + 2)]
    assert answers.count(302) == feedback.BY_NETWORK.count
    assert answers[-1] == 429


def test_a_person_sees_their_votes_in_their_copy_and_leaves_none_of_their_words() -> None:
    published()
    ada = customer()
    vote(signed_in(ada), "no", words="Hm")
    traces = personal.Traces(person=ada.pk)
    (shown,) = (each for each in personal.exporters() if each.name == "article-feedback")
    (row,) = shown.rows(traces)
    assert (row["article"], row["language"], row["is_helpful"], row["words"]) == ("lost-password", "en", False, "Hm")
    before = bytes(ArticleFeedback.objects.get().reader_hash)
    revision = Revision.objects.get()
    revision.author = ada
    revision.save()
    (eraser,) = (each for each in personal.erasers() if each.name == "helpcentre")
    eraser.erase(traces)
    given = ArticleFeedback.objects.get()
    assert (given.person, given.words, given.is_helpful) == (None, "", False)
    assert bytes(given.reader_hash) != before
    assert Revision.objects.get().author is None
    assert Person.objects.filter(pk=ada.pk).exists()
    assert SYSTEM.person is None
