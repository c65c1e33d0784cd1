"""A question that nobody answers for 48 hours is the team's, once; its answer goes back into the topic."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, ReasonMissing
from frontdesk.support.forum import accepting, categories, escalating, members, moderating, writing
from frontdesk.support.forum.categories import Arranged
from frontdesk.support.forum.escalating_errors import NobodyToAnswer
from frontdesk.support.forum.models import Decision, Member, News, Post, Topic
from frontdesk.support.forum.notifying import mailing
from frontdesk.support.forum.order_errors import NotAllowed
from frontdesk.support.tickets.conversations.saying import Words, agent_answers
from frontdesk.support.tickets.models import Channel, Conversation, Message
from frontdesk.support.tickets.phrases import event_line
from tests.support import desk, forum
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


class Hand:
    ahead = timedelta()


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Business time that the test moves."""
    moved = Hand()
    monkeypatch.setattr(clock, "offset", lambda: moved.ahead)
    return moved


def lines(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(kind=Message.Kind.EVENT).order_by("sequence")
    return [event_line(each) for each in rows]


def test_after_48_hours_and_not_before_the_team_is_asked(hand: Hand) -> None:
    topic = forum.topic()
    hand.ahead = timedelta(hours=47, minutes=59)
    escalating.sweep()
    assert not Conversation.objects.exists()
    hand.ahead = timedelta(hours=48, minutes=1)
    assert escalating.sweep() == 1
    conversation = Conversation.objects.get()
    topic.refresh_from_db()
    assert topic.conversation == conversation.pk
    assert (conversation.channel, conversation.subject) == (Channel.FORUM, topic.title)
    assert (conversation.person, conversation.language) == (topic.author.person, "en")
    first = conversation.messages.filter(kind=Message.Kind.CUSTOMER).get()
    assert forum.TEXT in first.text
    assert f"/community/t/{topic.number}/" in first.text
    hand.ahead = timedelta(days=30)
    assert escalating.sweep() == 0


def test_the_asker_hears_of_it_once(hand: Hand) -> None:
    topic = forum.topic()
    hand.ahead = timedelta(hours=49)
    escalating.sweep()
    mailing.send_due()
    outbox.deliver_due()
    assert [each.to for each in mail.outbox] == [["ada@example.org"]]
    assert "asked our team" in mail.outbox[0].body
    assert News.objects.get().kind == News.Kind.ASKED
    assert News.objects.get().topic == topic


def test_an_answer_of_somebody_else_ends_the_clock(hand: Hand) -> None:
    topic = forum.topic()
    forum.reply(topic, topic.author, "Nobody?")
    assert Topic.objects.get().escalate_at
    forum.reply(topic)
    hand.ahead = timedelta(days=3)
    assert escalating.sweep() == 0


def test_it_runs_again_when_the_only_answer_is_deleted(hand: Hand) -> None:
    topic = forum.topic()
    post = forum.reply(topic)
    writing.delete(member=post.author, post=post)
    hand.ahead = timedelta(hours=49)
    escalating.sweep()
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("values", [{"hidden_at": clock.real_now}, {"locked_at": clock.real_now}])
def test_what_is_hidden_or_locked_is_not_handed_over(hand: Hand, values: dict[str, object]) -> None:
    topic = forum.topic()
    Topic.objects.filter(pk=topic.pk).update(**{name: clock.now() for name in values})
    hand.ahead = timedelta(days=3)
    escalating.sweep()
    assert not Conversation.objects.exists()


def test_talk_and_the_teams_own_topics_wait_for_nobody(hand: Hand) -> None:
    forum.topic(category_=forum.category("talk", asks=False))
    forum.topic(forum.team(), "What do you think?")
    hand.ahead = timedelta(days=3)
    escalating.sweep()
    assert not Conversation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_make_one(hand: Hand) -> None:
    forum.topic()
    hand.ahead = timedelta(days=3)
    at_once(escalating.sweep, escalating.sweep)
    assert Conversation.objects.count() == 1


def test_by_hand_at_any_time_and_once() -> None:
    topic = forum.topic()
    forum.reply(topic)
    actor = Actor.staff(desk.agent().pk, "needs a look")
    first = escalating.hand_over(actor=actor, topic=topic)
    assert escalating.hand_over(actor=actor, topic=topic) == first
    assert Topic.objects.get().escalate_at is None


def test_a_moderator_gives_a_reason_and_a_member_may_not() -> None:
    topic, kim = forum.topic(), forum.team()
    with pytest.raises(NotAllowed):
        escalating.ask_team(by=topic.author, topic=topic, reason="Please")
    with pytest.raises(ReasonMissing):
        escalating.ask_team(by=kim, topic=topic, reason=" ")
    for _each in range(2):
        escalating.ask_team(by=kim, topic=topic, reason="A licence is meant")
    assert Conversation.objects.count() == 1
    assert Decision.objects.get().what == "topic.escalated"


def test_nobody_is_asked_for_who_has_no_account(hand: Hand) -> None:
    topic = forum.topic()
    Member.objects.filter(pk=topic.author_id).update(person=None)
    with pytest.raises(NobodyToAnswer):
        escalating.hand_over(actor=Actor.system("test"), topic=topic)
    hand.ahead = timedelta(days=3)
    escalating.sweep()
    assert not Conversation.objects.exists()


def test_who_answers_in_the_forum_and_what_is_accepted_stands_in_the_conversation(hand: Hand) -> None:
    topic = forum.topic()
    hand.ahead = timedelta(days=3)
    escalating.sweep()
    post = forum.reply(topic)
    forum.reply(topic, post.author, "And one more thing.")
    accepting.accept(member=topic.author, post=post)
    said = lines(Conversation.objects.get())
    assert [each for each in said if "community" in each] == [
        "Bea answered in the community",
        "Ada accepted an answer in the community: this is solved there",
    ]


def test_the_teams_answer_is_published_once_as_the_teams(hand: Hand) -> None:
    topic = forum.topic()
    hand.ahead = timedelta(days=3)
    escalating.sweep()
    conversation, kim, number = Conversation.objects.get(), desk.agent(), uuid4()
    agent_answers(agent=kim, conversation=conversation, words=Words("Install 3.2.1."), client_id=uuid4())
    assert escalating.suggested(conversation) == "Install 3.2.1."
    for _each in range(2):
        post = escalating.publish_answer(
            agent=kim, conversation=conversation, text="Install 3.2.1 please.", client_id=number
        )
    assert Post.objects.filter(topic=topic).count() == 2
    assert (post.is_official, post.author.person) == (True, kim)
    assert "Kim Reyes answered in the community" in lines(conversation)


def test_a_conversation_of_no_topic_has_nowhere_to_publish() -> None:
    with pytest.raises(NotFound):
        escalating.publish_answer(agent=desk.agent(), conversation=desk.conversation(), text="Hello", client_id=uuid4())


def clock_of(topic: Topic) -> bool:
    """Whether the team is asked in 48 hours from now."""
    topic.refresh_from_db()
    ahead = topic.escalate_at - clock.now() if topic.escalate_at else timedelta()
    return timedelta(hours=47, minutes=59) < ahead <= timedelta(hours=48)


def test_a_question_that_was_split_off_reaches_the_team() -> None:
    topic, kim, bea = forum.topic(), members.of(desk.agent()), forum.member("bea@example.org", "Bea")
    other = forum.reply(topic, bea, "And why is there no sound?")
    topic.refresh_from_db()
    assert topic.escalate_at is None
    made = moderating.split(by=kim, topic=topic, posts=[other.pk], title="No sound at all", reason="Another matter")
    assert clock_of(made)
    assert clock_of(topic)  # its only answer was none


def test_a_topic_that_was_moved_to_the_questions_reaches_the_team() -> None:
    topic, kim = forum.topic(category_=forum.category("talk", asks=False)), members.of(desk.agent())
    assert topic.escalate_at is None
    assert moderating.move(by=kim, topic=topic, category=forum.category(), reason="It is a question")
    assert clock_of(topic)


def test_a_category_that_asks_from_now_on_asks_the_team_about_what_is_new(hand: Hand) -> None:
    talk = forum.category("talk", asks=False)
    old, answered = forum.topic(category_=talk), forum.topic(category_=talk, title="Somebody knew that one")
    Topic.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=8))
    forum.reply(answered, forum.member("bea@example.org", "Bea"), "Try a restart.")
    new = forum.topic(category_=talk, title="Nobody knew this one")
    said = Arranged(talk.titles, position=talk.position)
    categories.save(actor=Actor.system(), category=talk, arranged=said)
    assert clock_of(new)
    for each, since in ((old, True), (answered, False)):
        each.refresh_from_db()
        assert (each.escalate_at, each.unanswered_since is not None) == (None, since)
    categories.save(actor=Actor.system(), category=talk, arranged=replace(said, asks=False))
    new.refresh_from_db()
    assert (new.escalate_at, new.unanswered_since) == (None, None)


def test_making_a_category_ask_costs_the_same_for_any_number_of_topics() -> None:
    talk = forum.category("talk", asks=False)
    for number in range(4):
        forum.topic(category_=talk, title=f"Question number {number}")
    with CaptureQueriesContext(connection) as queries:
        categories.save(actor=Actor.system(), category=talk, arranged=Arranged(talk.titles))
    assert len(queries) < 10
