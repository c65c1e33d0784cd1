"""The team's answer to an escalated question goes back into the topic, by a button at the desk."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.forum import escalating
from frontdesk.support.forum.models import Post, Topic
from frontdesk.support.tickets.conversations.saying import Words, agent_answers
from frontdesk.support.tickets.models import Conversation
from tests import people
from tests.support import desk, forum

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(kim: Client) -> tuple[Topic, Conversation]:
    """A question that the team has answered; Kim is at the desk."""
    topic, agent = forum.topic(), Person.objects.get(email="kim@halcyon.example")
    conversation = escalating.hand_over(actor=Actor.system("test"), topic=topic)
    agent_answers(agent=agent, conversation=conversation, words=Words("Install 3.2.1."), client_id=uuid4())
    return topic, conversation


def page_of(conversation: Conversation) -> str:
    return f"/desk/inbox/{conversation.pk}/community/"


def test_the_answer_is_shown_changed_and_posted_once(kim: Client, asked: tuple[Topic, Conversation]) -> None:
    topic, conversation = asked
    assert page_of(conversation) in kim.get(f"/desk/inbox/{conversation.pk}/").content.decode()
    shown = kim.get(page_of(conversation))
    assert "Install 3.2.1." in shown.content.decode()
    sent = {"text": "Please install 3.2.1.", "client_id": str(uuid4())}
    for _each in range(2):
        assert kim.post(page_of(conversation), sent).status_code == 302
    post = Post.objects.get(topic=topic, number=2)
    assert (post.text, post.is_official) == ("Please install 3.2.1.", True)
    assert topic.posts.count() == 2


def test_what_cannot_be_posted_stays_in_the_form(kim: Client, asked: tuple[Topic, Conversation]) -> None:
    _topic, conversation = asked
    answer = kim.post(page_of(conversation), {"text": " ", "client_id": str(uuid4())})
    assert answer.status_code == 422
    assert Post.objects.count() == 1


def test_a_customer_and_a_conversation_of_no_topic_find_nothing(kim: Client, asked: tuple[Topic, Conversation]) -> None:
    _topic, conversation = asked
    stranger = Client()
    stranger.force_login(people.customer("eve@example.com", "Eve"))
    assert stranger.get(page_of(conversation)).status_code in {403, 404}
    assert kim.get(page_of(desk.conversation("bea@example.org"))).status_code == 404
