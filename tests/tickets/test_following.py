"""After solving: one question, one reminder, each of which can be switched off; reopening ends it."""

from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import attachments, following, links
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.errors import LinkNoLongerValid
from frontdesk.support.tickets.mail.outgoing import threading
from frontdesk.support.tickets.models import Conversation, FollowUp, QuietAddress, Survey
from tests.support import desk
from tests.support.mailbox import body, secret_sent_to, sent
from tests.tickets.conftest import Time

SOLVED = Conversation.Status.SOLVED


@pytest.fixture
def solved(ada: Person, kim: Person) -> Conversation:
    """A conversation that was answered, and then solved; the receipt has gone."""
    talk = desk.conversation(ada, subject="My laptop")
    sent()
    desk.answers(kim, talk)
    changing.solve(actor=Actor.staff(kim.pk, talk.reference), conversation=talk)
    talk.refresh_from_db()
    return talk


def token_of(talk: Conversation) -> str:
    return secret_sent_to(talk.participants.get().address)


def test_solving_asks_how_it_was(solved: Conversation, kim: Person) -> None:
    token = token_of(solved)
    answer, survey = sent()
    assert survey["Auto-Submitted"] == "auto-generated"
    assert survey["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert survey["In-Reply-To"] == answer["Message-ID"]
    for score in (1, 2, 3):
        assert links.to_survey(token, score).path in body(survey)
        assert links.to_survey(token, score).path in body(survey, "html")
    done = following.answer(token=token, score=3)
    assert (done.agent, done.score) == (kim.pk, 3)


def test_an_answer_that_solves_asks_in_the_same_mail(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, subject="My laptop")
    add_copies(actor=desk.SYSTEM, conversation=talk, addresses=["bob@example.org"])
    sent()
    desk.answers(kim, talk, "It is fixed.", then=SOLVED)
    token = secret_sent_to(ada.email)
    hers, bobs = sorted(sent(), key=lambda each: str(each["To"]))
    assert (hers["To"], bobs["To"]) == (ada.email, "bob@example.org")
    for kind in ("plain", "html"):
        assert "It is fixed." in body(hers, kind)
        assert links.to_survey(token, 3).path in body(hers, kind)
        assert links.to_conversation(talk.participants.get(address=ada.email)).path in body(hers, kind)
        assert "/conversations/quiet/" in body(hers, kind)
        assert "It is fixed." in body(bobs, kind)
        assert "/survey/" not in body(bobs, kind)
    assert hers["Auto-Submitted"] is None  # a person says it
    assert following.answer(token=token, score=3).agent == kim.pk


def test_a_guest_is_asked_in_the_same_mail_unless_it_needs_their_page(kim: Person) -> None:
    small, large = (desk.conversation(f"{name}@example.org") for name in ("small", "large"))
    sent()
    desk.answers(kim, small, "Done.", then=SOLVED)
    token = secret_sent_to("small@example.org")
    (mail,) = sent()
    assert "Done." in body(mail)
    assert links.to_survey(token, 3).path in body(mail)
    file = attachments.store(name="a.txt", data=b"x" * (threading.MAX_ATTACHED + 1), uploaded_by=kim.pk)
    desk.answers(kim, large, "Done.", [file], then=SOLVED)
    answer, survey = sent()
    assert "a.txt" in body(answer)
    assert "/survey/" not in body(answer)
    assert "/survey/" in body(survey)


def test_an_answer_can_be_changed_for_a_week(solved: Conversation, time: Time) -> None:
    token = token_of(solved)
    following.answer(token=token, score=1)
    following.answer(token=token, score=3, words=" It was quick.\0 ")
    following.answer(token=token, score=3)
    survey = Survey.objects.get()
    assert (survey.score, survey.words) == (3, "It was quick.")
    assert solved.messages.filter(data__what="rated").count() == 2
    time.ahead = timedelta(days=7)
    with pytest.raises(LinkNoLongerValid):
        following.answer(token=token, score=2)
    with pytest.raises(LinkNoLongerValid):
        following.answer(token="none", score=2)
    with pytest.raises(ValueError, match="score"):
        following.answer(token=token, score=4)


def test_after_three_days_we_ask_once_whether_it_still_works(solved: Conversation, time: Time) -> None:
    sent()
    time.ahead = timedelta(days=2, hours=23)
    assert following.send_due() == 0
    time.ahead = timedelta(days=3, minutes=1)
    assert (following.send_due(), following.send_due()) == (1, 0)
    (mail,) = sent()
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Re: My laptop", "auto-generated")
    assert links.to_follow_up(solved).path in body(mail)
    desk.writes(solved, "No, it broke again")
    solved.refresh_from_db()
    assert solved.status == Conversation.Status.OPEN


def test_reopening_ends_the_questions(solved: Conversation, kim: Person, time: Time) -> None:
    desk.writes(solved, "Not yet")
    assert not FollowUp.objects.exists()
    sent()
    desk.answers(kim, solved, "Now?", then=SOLVED)
    assert len(sent()) == 1  # the answer: nobody is asked twice within a day
    assert Survey.objects.count() == 1
    time.ahead = timedelta(days=4)
    assert following.send_due() == 1


def test_who_was_answered_by_nobody_is_asked_nothing(ada: Person) -> None:
    talk = desk.conversation(ada)
    changing.solve(actor=desk.SYSTEM, conversation=talk)
    assert not Survey.objects.exists()
    assert not FollowUp.objects.exists()


def test_who_solved_it_themselves_is_asked_how_it_was_and_no_more(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    desk.answers(kim, talk)
    changing.solve(actor=Actor.customer(ada.pk), conversation=talk)
    assert Survey.objects.count() == 1
    assert not FollowUp.objects.exists()


def test_one_click_switches_the_questions_off_and_answers_still_come(
    solved: Conversation, ada: Person, kim: Person, time: Time
) -> None:
    survey = next(each for each in sent() if each["List-Unsubscribe"])
    address = survey["List-Unsubscribe"].strip("<> ").removeprefix("http://localhost:8000")
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(address).status_code == 200
    assert not QuietAddress.objects.exists()  # a scanner opens every link
    assert browser.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert browser.post(address).status_code == 200
    assert QuietAddress.objects.get().address == ada.email
    time.ahead = timedelta(days=3, minutes=1)
    assert following.send_due() == 1
    assert sent() == []
    desk.answers(kim, solved, "One more thing", then=SOLVED)
    assert len(sent()) == 1


def test_the_link_of_another_is_none(solved: Conversation) -> None:
    participant = solved.participants.get()
    secret = links.quiet_secret(participant)
    for address in (
        f"/conversations/quiet/{participant.pk + 1}/{secret}/",
        f"/conversations/quiet/{participant.pk}/x/",
    ):
        assert Client().post(address).status_code == 410
    assert not QuietAddress.objects.exists()
