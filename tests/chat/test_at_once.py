"""Two at once, on real connections: one gets it, nothing is lost, nothing is doubled."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, sweeping, taking, visitors
from frontdesk.support.chat.errors import ChatOver, ChatTaken
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.models import Conversation, Message
from tests.people import customer
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 2


@pytest.fixture
def ada(transactional_db: None) -> Person:
    return customer()


@pytest.fixture
def kim(transactional_db: None) -> Person:
    agent = desk.agent()
    chats.come(agent)
    return agent


@pytest.fixture
def sam(transactional_db: None) -> Person:
    return desk.agent("sam@halcyon.example", "Sam Ito")


def end(chat: Chat, by: str = Chat.By.CUSTOMER) -> Callable[[], object]:
    return partial(ending.end, actor=Actor.system(), chat=chat, by=by)


def test_two_agents_take_one(ada: Person, kim: Person, sam: Person) -> None:
    chat = chats.begin(ada)
    got, refused = sorted(
        at_once(partial(taking.take, kim, chat), partial(taking.take, sam, chat)),
        key=lambda each: isinstance(each, Exception),
    )
    assert isinstance(got, Chat)
    assert isinstance(refused, ChatTaken)
    chat.refresh_from_db()
    assert chat.agent is not None
    assert refused.members["by"] == chat.agent.shown_name
    assert chat.conversation.assignee == chat.agent


def test_two_agents_take_the_next(ada: Person, kim: Person, sam: Person) -> None:
    """Each gets another one, and a third nothing."""
    first = chats.begin(ada)
    second = chats.begin(customer("grace@example.org", "Grace"))
    Conversation.objects.update(assignee=None)
    outcomes = at_once(*(partial(taking.take_next, agent) for agent in (kim, sam)))
    assert {each.pk for each in outcomes if isinstance(each, Chat)} == {first.pk, second.pk}


def test_beginning_twice_is_one_chat(ada: Person, kim: Person) -> None:
    """Of one post, and of two; everything that was said stands there once."""
    client_id, guest = uuid4(), chats.guest()
    posts = [partial(chats.begin, who, text, client_id=number) for who, text, number in (
        (ada, "One", client_id), (ada, "One", client_id), (ada, "Two", uuid4()),
        (guest, "Three", uuid4()), (guest, "Four", uuid4()),
    )]  # fmt: skip
    outcomes = at_once(*posts)
    assert len({each.pk for each in outcomes if isinstance(each, Chat)}) == 2, outcomes
    assert Chat.objects.count() == Conversation.objects.count() == 2
    said = Message.objects.filter(kind=Message.Kind.CUSTOMER).values_list("text", flat=True)
    assert sorted(said) == ["Four", "One", "Three", "Two"]


def test_ending_twice_mails_once(ada: Person, kim: Person) -> None:
    for number in range(TIMES):
        chat = chats.begin(customer(f"c{number}@example.org", "C"))
        chats.answers(kim, chat)
        outcomes = at_once(end(chat), end(chat, Chat.By.AGENT), partial(sweeping.sweep))
        assert sorted(each for each in outcomes if isinstance(each, bool)) == [False, True], outcomes
        assert Mail.objects.filter(address=f"c{number}@example.org").count() == 1


def test_taking_while_it_ends(ada: Person, kim: Person, sam: Person) -> None:
    """Either the agent had it and it ended, or it is over; never both halves."""
    for number in range(TIMES):
        chat = chats.begin(customer(f"c{number}@example.org", "C"))
        taken, _ended = at_once(partial(taking.take, sam, chat), end(chat))
        chat.refresh_from_db()
        assert not chat.is_on
        assert not chat.conversation.in_chat
        assert isinstance(taken, Chat | ChatOver)
        assert chat.conversation.is_live  # nobody answered: it goes on by mail


def test_what_the_customer_says_while_it_ends_is_kept(ada: Person, kim: Person) -> None:
    """It stands in the transcript, or goes on as a ticket that is our turn."""
    for number in range(TIMES):
        chat = chats.begin(customer(f"c{number}@example.org", "C"))
        chats.answers(kim, chat)
        said, ended = at_once(partial(chats.says, chat, "One more thing"), end(chat, Chat.By.AGENT))
        assert isinstance(said, Message), said
        assert ended is True
        chat.refresh_from_db()
        mails = Mail.objects.filter(address=f"c{number}@example.org", template="tickets/transcript")
        said_in = ["One more thing" in each.text for each in mails.order_by("created_at")]
        assert said_in in ([True], [False, True])
        if len(said_in) > 1:
            assert (chat.state, chat.conversation.status) == (Chat.State.TICKET, "open")
        numbers = chat.conversation.messages.order_by("sequence").values_list("sequence", flat=True)
        assert list(numbers) == list(range(1, chat.conversation.last_sequence + 1))


def test_what_an_agent_says_while_it_ends_reaches_the_customer(ada: Person, kim: Person) -> None:
    """In the transcript, or by a mail of its own."""
    for number in range(TIMES):
        chat = chats.begin(customer(f"c{number}@example.org", "C"))
        chats.answers(kim, chat)
        said, _ended = at_once(partial(chats.answers, kim, chat, "Try the new one."), end(chat))
        assert isinstance(said, Message), said
        mailed = Mail.objects.filter(address=f"c{number}@example.org").values_list("text", flat=True)
        assert sum("Try the new one." in text for text in mailed) == 1


def test_merging_while_both_talk(ada: Person, kim: Person) -> None:
    """No deadlock; what was said is in the conversation that is left."""
    other = desk.conversation(ada, subject="My laptop")
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    merge = partial(joining.merge, actor=Actor.staff(kim.pk, "chat"), conversation=chat.conversation, into=other)
    outcomes = at_once(
        merge, partial(chats.says, chat, "And this"), partial(chats.answers, kim, chat, "And that"), end(chat)
    )
    chat.refresh_from_db()
    assert not chat.is_on
    merged = chat.conversation.merged_into is not None
    left = Message.objects.filter(conversation=other if merged else chat.conversation)
    assert left.filter(text="And this").count() == 1, outcomes
    assert left.filter(text="And that").count() == 1, outcomes


def test_several_sweeps_pass_it_on_once(ada: Person, kim: Person, sam: Person) -> None:
    chat = chats.begin(ada)
    chats.come(sam)
    Chat.objects.update(given_at=clock.now() - timedelta(minutes=3), next_step_at=clock.now())
    at_once(*[sweeping.sweep] * 4)
    events = Message.objects.filter(conversation=chat.pk, data__what="passed_over")
    assert events.count() == 1
    chat.conversation.refresh_from_db()
    assert chat.conversation.assignee == sam


def test_a_code_gives_one_secret(transactional_db: None) -> None:
    """However often it is sent at once: a second answer takes nothing from the first."""
    visitor = visitors.ask("grace@example.org", "")
    code = secret_sent_to("grace@example.org")
    outcomes = at_once(*[partial(visitors.prove, visitor, code)] * 3)
    (secret,) = set(outcomes)
    assert isinstance(secret, str)
    assert visitors.known(secret) == visitor
    wrong = visitors.ask("grace@example.org", "")
    at_once(*[partial(visitors.prove, wrong, "x")] * 8)
    assert Visitor.objects.get(pk=wrong.pk).tries == 5
