"""Who talks in a chat."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, taking
from frontdesk.support.chat.errors import ChatOver, ChatTaken, ColleagueAway
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Agent, Message, Team
from frontdesk.support.tickets.routing import giving
from tests.people import customer
from tests.support import chats, desk


@pytest.fixture
def sam(db: None) -> Person:
    """Another agent, who is there."""
    agent = desk.agent("sam@halcyon.example", "Sam Ito")
    chats.come(agent)
    return agent


def test_a_chat_is_taken_by_one(ada: Person, kim: Person, sam: Person) -> None:
    """The other is told who has it; taking again changes nothing."""
    chat = taking.take(sam, chats.begin(ada))
    assert taking.take(sam, chat).agent == sam
    assert chat.conversation.assignee == sam
    with pytest.raises(ChatTaken) as refused:
        taking.take(kim, chat)
    assert refused.value.members["by"] == "Sam Ito"


def test_what_is_over_is_not_taken(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    ending.to_ticket(actor=Actor.system(), chat=chat, why="nobody")
    with pytest.raises(ChatOver):
        taking.take(kim, chat)


def test_the_next_is_the_one_that_waited_longest(ada: Person, kim: Person, sam: Person) -> None:
    """What was offered to somebody else is left to them."""
    Agent.objects.filter(person=kim).update(capacity=1)
    Agent.objects.filter(person=sam).update(capacity=1)
    first, second, third = (chats.begin(customer(f"c{n}@example.org", f"C{n}")) for n in range(3))
    assert {first.conversation.assignee, second.conversation.assignee} == {kim, sam}
    assert third.conversation.assignee is None
    kims = first if first.conversation.assignee == kim else second
    assert taking.take_next(kim) == kims
    assert taking.take_next(kim) == third
    assert taking.take_next(kim) is None


def test_handing_over(ada: Person, kim: Person, sam: Person) -> None:
    """The colleague gets it with the note; the customer is told; it waits until they come."""
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    taking.hand_over(agent=kim, chat=chat, to=sam, note="Knows keys by heart")
    chat.refresh_from_db()
    assert (chat.state, chat.agent_id, chat.conversation.assignee) == (Chat.State.WAITING, None, sam)
    kinds = list(chat.conversation.messages.exclude(kind="event").values_list("kind", flat=True))
    assert kinds == ["customer", "agent", "note", "automatic"]
    assert taking.take(sam, chat).agent == sam


def test_handing_over_to_a_team_leaves_out_who_did(ada: Person, kim: Person, sam: Person) -> None:
    """Whoever of them is free gets it."""
    team = Team.objects.create(slug="billing", name="Billing")
    team.agents.add(Agent.objects.get(person=kim), Agent.objects.get(person=sam))
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    taking.hand_over(agent=kim, chat=chat, to=team)
    chat.refresh_from_db()
    assert (chat.conversation.team, chat.conversation.assignee) == (team, sam)


def test_handing_over_to_nobody(ada: Person, kim: Person) -> None:
    """Who is not there gets nothing."""
    away, chat = desk.agent("noa@halcyon.example", "Noa", Role.AGENT), chats.begin(ada)
    with pytest.raises(ColleagueAway) as refused:
        taking.hand_over(agent=kim, chat=chat, to=away)
    assert refused.value.members["name"] == "Noa"


def test_handing_over_to_a_team_in_which_nobody_else_is_there(ada: Person, kim: Person, sam: Person) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    team.agents.add(Agent.objects.get(person=kim), Agent.objects.get(person=sam))
    chats.go(sam)
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    with pytest.raises(ColleagueAway) as refused:
        taking.hand_over(agent=kim, chat=chat, to=team)
    assert refused.value.members["name"] == "Billing"
    chat.refresh_from_db()
    assert (chat.state, chat.agent) == (Chat.State.ACTIVE, kim)


def test_what_is_sent_once_more_takes_no_chat_back(ada: Person, kim: Person, sam: Person) -> None:
    """The answer arrived, the browser did not hear so, and its agent handed the chat over meanwhile."""
    chat, number = chats.begin(ada), uuid4()
    said = chats.answers(kim, chat, "Let me look.", client_id=number)
    taking.hand_over(agent=kim, chat=chat, to=sam)
    assert chats.answers(kim, chat, "Let me look.", client_id=number) == said
    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.conversation.assignee) == (Chat.State.WAITING, None, sam)


def test_chats_come_before_mails(ada: Person, kim: Person) -> None:
    """And weigh one while they are on, whosever turn it is."""
    Agent.objects.filter(person=kim).update(capacity=1)
    chat = chats.begin(ada)
    mail = desk.conversation("bob@example.org")
    later = chats.begin(customer("grace@example.org", "Grace"))
    chats.answers(kim, chat)
    assert giving.load_of([kim.pk]) == {kim.pk: 1.0}
    ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    giving.give_waiting()
    mail.refresh_from_db()
    later.conversation.refresh_from_db()
    assert (mail.assignee, later.conversation.assignee) == (None, kim)
    assert Message.objects.filter(kind="event", data__what="assigned").count() == 2


def test_a_goodbye_does_not_take_a_chat_back(ada: Person, kim: Person, sam: Person) -> None:
    """Nor does what was under way when it was handed over; taking it back is a button of its own."""
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    taking.hand_over(agent=kim, chat=chat, to=sam)
    chats.answers(kim, chat, "Sam is coming, bye!")
    chat.refresh_from_db()
    assert (chat.state, chat.agent_id, chat.conversation.assignee) == (Chat.State.WAITING, None, sam)
    assert chat.conversation.messages.filter(text="Sam is coming, bye!").exists()
    taking.hand_over(agent=sam, chat=chat, to=kim)
    chats.answers(kim, chat, "Back again.")
    chat.refresh_from_db()
    assert (chat.state, chat.agent) == (Chat.State.ACTIVE, kim)
    taking.hand_over(agent=kim, chat=chat, to=sam)
    assert taking.take(kim, chat).agent == kim
