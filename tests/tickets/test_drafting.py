"""Draft articles from conversations: the matter stays, the people do not."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre.models import Article, Revision
from frontdesk.support.tickets.conversations.saying import add_note
from frontdesk.support.tickets.drafting import draft_article
from frontdesk.support.tickets.models import Conversation
from frontdesk.support.tickets.scrubbing import scrub
from tests.support import desk

SECRETS = ["Ada", "Lovelace", "ada@example.org", "AAAA1-BBBB2-CCCC3", "0170", "Kim", "192.168", "Between us"]


def test_question_and_answers_become_a_draft_without_the_people(ada: Person, kim: Person) -> None:
    ada.name = "Ada Lovelace"
    ada.save()
    text = (
        "Dear Kim,\n\nmy code AAAA1-BBBB2-CCCC3 is refused at 192.168.1.7. Call 0170 1234567.\n\nRegards\nAda Lovelace"
    )
    talk = desk.conversation(ada, text, subject="Code refused (Ada Lovelace)", product=desk.shield())
    add_note(agent=kim, conversation=talk, text="Between us", client_id=uuid4())
    desk.answers(
        kim, talk, "Hello Ada!\nUpdate to version 10.0.19045.\nThen ada@example.org works.\n\nBest regards, Kim"
    )
    desk.writes(talk, "Which menu?")
    desk.answers(kim, talk, "Help, then Update.", then=Conversation.Status.SOLVED)
    actor = Actor.staff(kim.pk, "x")
    article = draft_article(actor=actor, conversation=talk)
    draft = Revision.objects.get(translation__article=article)
    assert draft.title == "Code refused (…)"
    assert draft.body == (
        "## Question\n\nmy code … is refused at …. Call ….\n\n"
        "## Answer\n\nUpdate to version 10.0.19045.\nThen … works.\n\n> Which menu?\n\nHelp, then Update."
    )
    assert not [secret for secret in SECRETS if secret in draft.body + draft.title + article.slug]
    assert (article.drafted_from, Article.objects.get().product) == (talk.pk, desk.shield())
    assert draft_article(actor=actor, conversation=talk) == article
    assert talk.messages.filter(data__what="drafted").count() == 1


def test_without_an_answer_there_is_nothing_to_tell(ada: Person) -> None:
    with pytest.raises(ValueError, match="no answer"):
        draft_article(actor=desk.SYSTEM, conversation=desk.conversation(ada))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to a.b+c@mail.example.org now", "Write to … now"),
        ("code h7k2q-x9mab-cdefg", "code …"),
        ("code H7K2QX9MABCDEFGHJK", "code …"),
        ("a well-known-path step-by-step", "a well-known-path step-by-step"),
        ("Windows 11 24H2, build 26100.2605", "Windows 11 24H2, build 26100.2605"),
        ("card 4111 1111 1111 1111 and +49 (30) 123-4567", "card … and …"),
        ("DE44 5001 0517 5407 3249 31", "…"),
        (r"C:\Users\ada\Desktop and /home/ada/x", r"C:\Users\…\Desktop and /home/…/x"),
        ("see https://x.example/reset/abcdefghijklmnopqrstuvwxyz0123", "see https://x.example/reset/…"),
        ("fe80:1:2:3::1 or fe80:0:0:0:1:2:3:4 at 12:30:45", "… or … at 12:30:45"),
        ("Hallo Ada,\n\nSo geht es.\n\nViele Grüße\nKim", "So geht es."),
        ("Thank you, it works only sometimes. Why?", "Thank you, it works only sometimes. Why?"),
        ("Ada's laptop, and Adam", "… laptop, and Adam"),
        ("", ""),
    ],
)
def test_what_is_cut_and_what_stays(text: str, left: str) -> None:
    assert scrub(text, ["Ada Lovelace", "Kim"]) == left
