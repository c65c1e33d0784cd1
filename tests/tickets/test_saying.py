"""What is said: in order, once, and whose turn it is then."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.conversations.opening import Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words, add_automatic, add_note, agent_answers, note_automatic
from frontdesk.support.tickets.errors import ConversationClosed, SentAlready, SomebodyAnswered
from frontdesk.support.tickets.models import Channel, Conversation, Mention, Message, StateChange
from tests.support import desk, levels
from tests.support.races import at_once
from tests.tickets.conftest import Time

Status = Conversation.Status


def kinds(conversation: Conversation) -> list[str]:
    return [change.kind for change in conversation.changes.order_by("id")]


def test_a_conversation_begins_with_what_the_customer_wrote(ada: Person) -> None:
    talk = desk.conversation(ada, "Where is\0 my code?", subject=" My\n code ")
    message = talk.messages.get(sequence=1)
    assert (message.text, message.kind, message.author, message.author_name) == (
        "Where is my code?", Message.Kind.CUSTOMER, ada, "Ada",
    )  # fmt: skip
    assert (talk.subject, talk.status, talk.person, talk.last_customer_at) == (
        "My code", Status.OPEN, ada, talk.created_at,
    )  # fmt: skip
    assert len(talk.reply_token) == 26
    assert talk.reply_token == talk.reply_token.lower()
    assert kinds(talk) == ["opened"]
    assert AuditEntry.objects.get(action="conversation.opened").person == ada.pk


def test_turns_go_back_and_forth(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    desk.answers(kim, talk)
    talk.refresh_from_db()
    assert (talk.status, talk.assignee) == (Status.WAITING, kim)
    assert talk.first_answered_at
    desk.writes(talk)
    talk.refresh_from_db()
    assert talk.status == Status.OPEN
    desk.answers(kim, talk, then=Status.OPEN)
    talk.refresh_from_db()
    assert talk.status == Status.OPEN
    desk.answers(kim, talk, then=Status.SOLVED)
    talk.refresh_from_db()
    assert (talk.status, talk.solved_at is not None) == (Status.SOLVED, True)
    assert kinds(talk) == ["opened", "answered", "waiting", "customer_wrote", "answered", "answered", "solved"]


def test_a_reply_within_fourteen_days_reopens_and_later_none_is_taken(ada: Person, kim: Person, time: Time) -> None:
    talk = desk.conversation(ada)
    changing.solve(actor=desk.SYSTEM, conversation=talk)
    time.ahead = timedelta(days=13, hours=23)
    desk.writes(talk)
    talk.refresh_from_db()
    assert (talk.status, talk.solved_at) == (Status.OPEN, None)
    assert kinds(talk)[-2:] == ["reopened", "customer_wrote"]
    desk.answers(kim, talk, then=Status.SOLVED)
    time.ahead += timedelta(days=14)
    with pytest.raises(ConversationClosed):
        desk.writes(talk)
    assert changing.close_old() == 1
    assert changing.close_old() == 0
    with pytest.raises(ConversationClosed):
        desk.writes(talk)
    with pytest.raises(ConversationClosed):
        desk.answers(kim, talk)


def test_an_out_of_office_changes_nobodys_turn(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    desk.answers(kim, talk, then=Status.SOLVED)
    before = kinds(talk)
    said = note_automatic(
        conversation=talk, words=Words("I am away"), client_id=uuid4(), writer=talk.participants.get()
    )
    talk.refresh_from_db()
    assert (talk.status, kinds(talk)) == (Status.SOLVED, before)
    assert (said.kind, said.author_address) == (Message.Kind.AUTOMATIC, ada.email)


def test_an_automatic_answer_counts_as_none(ada: Person) -> None:
    talk = desk.conversation(ada)
    add_automatic(conversation=talk, words=Words("We are closed today."), client_id=uuid4())
    talk.refresh_from_db()
    assert (talk.status, talk.first_answered_at, kinds(talk)) == (Status.OPEN, None, ["opened"])


def test_the_second_agent_is_told_before_sending(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    seen = talk.last_sequence
    sam = desk.agent("sam@halcyon.example", "Sam")
    desk.answers(kim, talk, seen=seen)
    with pytest.raises(SomebodyAnswered):
        desk.answers(sam, talk, "Another answer", seen=seen)
    assert not Message.objects.filter(text="Another answer").exists()
    desk.answers(kim, talk, "More from me", seen=seen)  # their own is nothing new


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_at_once_one_answers(transactional_db: None) -> None:
    kim, sam = desk.agent(), desk.agent("sam@halcyon.example", "Sam")
    talk = desk.conversation()
    seen = talk.last_sequence
    outcomes = at_once(*(partial(desk.answers, who, talk, seen=seen) for who in (kim, sam)))
    assert sorted(type(each).__name__ for each in outcomes) == ["Message", "SomebodyAnswered"]
    assert Message.objects.filter(kind=Message.Kind.AGENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_no_gap_and_double_nothing(transactional_db: None) -> None:
    talk = desk.conversation()
    ids = [uuid4() for _ in range(12)]

    def post() -> list[int]:
        return [desk.writes(talk, str(each), client_id=each).sequence for each in ids]

    outcomes = at_once(*[post] * 8)
    assert all(isinstance(each, list) for each in outcomes), outcomes
    sequences = list(talk.messages.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, 14))
    assert all(each == outcomes[0] for each in outcomes)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_opens_one(transactional_db: None) -> None:
    opening = Opening(Requester("a@example.org"), "Twice", Words("Hello"), Channel.FORM)
    outcomes = at_once(*[lambda: open_conversation(actor=desk.SYSTEM, opening=opening)] * 4)
    assert len({each.pk for each in outcomes if isinstance(each, Conversation)}) == 1
    assert Conversation.objects.count() == Message.objects.count() == 1


def test_the_same_number_of_anothers_form_opens_another(ada: Person) -> None:
    number = uuid4()
    talks = {
        open_conversation(
            actor=desk.SYSTEM, opening=Opening(Requester(address), "x", Words("y"), Channel.FORM, client_id=number)
        )
        for address in ("a@example.org", "b@example.org")
    }
    assert len(talks) == 2


def test_notes_name_colleagues(ada: Person, kim: Person) -> None:
    sam = desk.agent("sam@halcyon.example", "Sam Hill")
    desk.agent("jo@halcyon.example", "Jo")
    talk = desk.conversation(ada)
    note = add_note(agent=kim, conversation=talk, text="@Sam, could you look? (@Kim too) mail@jo", client_id=uuid4())
    assert [mention.person for mention in Mention.objects.filter(message=note)] == [sam]
    talk.refresh_from_db()
    assert talk.status == Status.OPEN
    assert not StateChange.objects.filter(conversation=talk).exclude(kind="opened").exists()


def test_an_answer_by_no_known_turn_is_a_mistake(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    with pytest.raises(ValueError, match="closed"):
        agent_answers(agent=kim, conversation=talk, words=Words("x"), client_id=uuid4(), then=Status.CLOSED)


def test_of_what_it_was_merged_into_the_agent_has_read_nothing(ada: Person, kim: Person) -> None:
    one, two = desk.conversation(ada, "One"), desk.conversation(ada, "Two")
    joining.merge(actor=desk.SYSTEM, conversation=one, into=two)
    with pytest.raises(SomebodyAnswered):
        desk.answers(kim, one, seen=99)  # as many as were in the other
    assert not Message.objects.filter(kind=Message.Kind.AGENT).exists()


def test_a_form_that_was_sent_says_so_when_it_says_something_else(ada: Person, kim: Person) -> None:
    talk, number = desk.conversation(ada), uuid4()
    first = desk.answers(kim, talk, "Try again,\nplease.", client_id=number)
    assert desk.answers(kim, talk, "Try again,\r\nplease. ", client_id=number) == first
    with pytest.raises(SentAlready):
        desk.answers(kim, talk, "Do not try again.", client_id=number)
    with pytest.raises(SentAlready):
        add_note(agent=kim, conversation=talk, text="Try again,\nplease.", client_id=number)
    number = uuid4()
    first = desk.writes(talk, "Hello", Channel.FORM, client_id=number)
    assert desk.writes(talk, "Hello", Channel.FORM, client_id=number) == first
    with pytest.raises(SentAlready):
        desk.writes(talk, "Hello again", Channel.FORM, client_id=number)
    assert desk.writes(talk, "Read otherwise when it is replayed", Channel.MAIL, client_id=number) == first
    Message.objects.filter(pk=first.pk).update(text="", redacted_at=first.created_at)
    assert desk.writes(talk, "Hello", Channel.FORM, client_id=number) == first


def test_the_first_form_says_so_too(ada: Person) -> None:
    number = uuid4()

    def opened(text: str) -> Conversation:
        opening = Opening(Requester(ada.email, person=ada), "x", Words(text), Channel.FORM, client_id=number)
        return open_conversation(actor=desk.SYSTEM, opening=opening)

    assert opened("My code") == opened(" My code")
    with pytest.raises(SentAlready):
        opened("My other code")
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("then", [Status.WAITING, Status.OPEN, Status.SOLVED])
def test_what_is_answered_was_no_spam_and_its_times_go_on(ada: Person, kim: Person, time: Time, then: str) -> None:
    levels.level(default=True, first=60, next=30)
    talk = desk.conversation(ada)
    changing.mark_spam(actor=desk.SYSTEM, conversation=talk)
    time.ahead = timedelta(days=1)
    desk.answers(kim, talk, then=then)
    talk.refresh_from_db()
    assert (talk.status, talk.first_met) == (then, True)
    turns = [kind for kind in kinds(talk) if kind != "level"]
    assert turns[:4] == ["opened", "spam", "resumed", "answered"]
    desk.writes(talk)
    talk.refresh_from_db()
    assert talk.next_due_at is not None
