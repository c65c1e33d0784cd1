"""Merging and splitting: nothing is lost, nothing doubled, replies find their way, circles cannot be."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets import selectors
from frontdesk.support.tickets.beside import drafts, mentions, reminders
from frontdesk.support.tickets.beside.drafts import Writing
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.conversations.opening import Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.redacting import redact
from frontdesk.support.tickets.conversations.saying import Words, add_note
from frontdesk.support.tickets.conversations.taking_part import remove_copy
from frontdesk.support.tickets.errors import ConversationClosed, ConversationUnknown, NotMergeable
from frontdesk.support.tickets.links import grant_page
from frontdesk.support.tickets.models import (
    Channel,
    Conversation,
    Draft,
    IncomingMail,
    Mention,
    Message,
    Participant,
    RawMail,
    Reminder,
    Verdict,
)
from tests.people import customer
from tests.support import desk
from tests.support.letters import arrives, letter, token_of
from tests.support.races import at_once

Status = Conversation.Status
BY = desk.SYSTEM


def texts(talk: Conversation) -> list[str]:
    return [each.text for each in talk.messages.order_by("sequence") if each.kind != Message.Kind.EVENT]


def test_merging_copies_what_was_said_and_points_replies_there(ada: Person, kim: Person) -> None:
    one, two = desk.conversation(ada, "One"), desk.conversation(ada, "Two")
    add_note(agent=kim, conversation=one, text="A note", client_id=uuid4())
    desk.answers(kim, two)
    changing.change_tags(actor=BY, conversation=one, add=["Urgent Thing"])
    joining.merge(actor=BY, conversation=one, into=two)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, one.merged_into, two.status, two.tags) == (Status.MERGED, two, Status.OPEN, ["urgent-thing"])
    assert texts(two) == ["Two", "Please try again.", "One", "A note"]
    copied = two.messages.get(text="One")
    assert copied.created_at == one.messages.get(text="One").created_at
    assert copied.data["from"] == {"reference": one.reference, "sequence": 1}
    said = desk.writes(one, "To the old address")  # by the token of the merged one
    assert said.conversation == two
    assert selectors.access_conversation(ada, one.pk) == two


def test_participants_come_along_and_guests_keep_their_links(kim: Person) -> None:
    def opened(*copies: str) -> Conversation:
        opening = Opening(Requester("guest@example.org"), "x", Words("y"), Channel.MAIL, copies=copies)
        return open_conversation(actor=BY, opening=opening)

    one, two = opened("bob@example.org"), opened("cleo@example.org")
    secret = grant_page(one.participants.get(address="guest@example.org"))
    joining.merge(actor=BY, conversation=one, into=two)
    assert sorted(two.participants.values_list("address", "role")) == [
        ("bob@example.org", "copy"), ("cleo@example.org", "copy"), ("guest@example.org", "requester"),
    ]  # fmt: skip
    assert selectors.access_as_guest(one.pk, secret) == two
    with pytest.raises(ConversationUnknown):
        selectors.access_as_guest(two.pk, secret)


def test_who_was_taken_out_comes_not_back_by_what_was_merged(db: None) -> None:
    bob = customer("bob@example.org")
    opening = Opening(Requester("guest@example.org"), "x", Words("y"), Channel.MAIL, copies=["bob@example.org"])
    one, two = (open_conversation(actor=BY, opening=replace(opening, client_id=uuid4())) for _ in range(2))
    secret = grant_page(one.participants.get(address="bob@example.org"))
    joining.merge(actor=BY, conversation=one, into=two)
    assert selectors.guest(one.pk, secret) == two.participants.get(address="bob@example.org")
    assert selectors.may_read(bob, one.pk)
    writer = one.participants.get(address="bob@example.org")
    assert remove_copy(actor=BY, participant=writer)
    mail = arrives(letter(sender="bob@example.org", to=token_of(one)))
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.REVIEW, "stranger_with_token", two)
    for reads in (
        lambda: selectors.access_as_guest(one.pk, secret),
        lambda: selectors.access_conversation(bob, one.pk),
        lambda: desk.writes(one, writer=writer),
    ):
        with pytest.raises(ConversationUnknown):
            reads()
    assert not selectors.may_read(bob, one.pk)
    assert sorted(two.participants.values_list("address", flat=True)) == ["guest@example.org"]


def test_what_cannot_be_merged(ada: Person) -> None:
    one, two, other = desk.conversation(ada), desk.conversation(ada), desk.conversation("bob@example.org")
    for source, target in ((one, one), (one, other), (other, one)):
        with pytest.raises(NotMergeable):
            joining.merge(actor=BY, conversation=source, into=target)
    joining.merge(actor=BY, conversation=one, into=two)
    for source, target in ((one, two), (two, one)):
        with pytest.raises(NotMergeable):
            joining.merge(actor=BY, conversation=source, into=target)
    three = desk.conversation(ada)
    changing.solve(actor=BY, conversation=two)
    Conversation.objects.filter(pk=two.pk).update(status=Status.CLOSED)
    with pytest.raises(ConversationClosed):
        joining.merge(actor=BY, conversation=three, into=two)


def _writes(talk: Conversation) -> None:
    desk.writes(talk, "Meanwhile")


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_make_no_circle(transactional_db: None) -> None:
    ada = customer()
    for _ in range(3):
        one, two = desk.conversation(ada), desk.conversation(ada)
        merge = partial(joining.merge, actor=BY)
        outcomes = at_once(
            partial(merge, conversation=one, into=two),
            partial(merge, conversation=two, into=one),
            partial(_writes, one),
        )
        assert [type(each).__name__ for each in outcomes[:2]].count("NotMergeable") == 1, outcomes
        assert outcomes[2] is None
        live = Conversation.objects.get(pk__in=[one.pk, two.pk], merged_into=None)
        assert live.messages.filter(text="Meanwhile").count() == 1
        sequences = list(live.messages.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))


def test_a_chain_of_merges_leads_to_its_end(ada: Person) -> None:
    talks = [desk.conversation(ada, str(number)) for number in range(4)]
    for source, target in pairwise(talks):
        joining.merge(actor=BY, conversation=source, into=target)
    assert desk.writes(talks[0]).conversation == talks[3]
    assert sorted(texts(talks[3])) == ["0", "1", "2", "3", "Any news?"]


def test_splitting_begins_a_second_matter(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, "About my laptop", product=desk.shield())
    second = desk.writes(talk, "And my invoice is wrong")
    made = joining.split(actor=BY, conversation=talk, messages=[second.pk, uuid4()], subject=" The\ninvoice ")
    assert (made.subject, made.person, made.product, made.continues) == ("The invoice", ada, talk.product, talk)
    assert texts(made) == ["And my invoice is wrong"]
    assert texts(talk) == ["About my laptop", "And my invoice is wrong"]
    assert made.reply_token != talk.reply_token
    assert made.participants.get().role == Participant.Role.REQUESTER
    assert [change.kind for change in made.changes.all()] == ["opened"]
    joining.merge(actor=BY, conversation=made, into=talk)
    assert texts(talk) == ["About my laptop", "And my invoice is wrong"]  # merged back, it is not doubled
    with pytest.raises(ValueError, match="nothing"):
        joining.split(actor=BY, conversation=talk, messages=[uuid4()], subject="x")


def test_a_blacked_out_message_is_gone_in_every_copy(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, "My card is 4111 1111 1111 1111")
    desk.answers(kim, talk)
    copy = joining.split(actor=BY, conversation=talk, messages=[talk.messages.get(sequence=1).pk], subject="x")
    assert redact(actor=BY, message=talk.messages.get(sequence=1))
    assert not redact(actor=BY, message=copy.messages.get(sequence=1))
    assert not Message.objects.filter(text__contains="4111").exists()
    assert not Letter.objects.filter(text__contains="4111").exists()
    assert not Letter.objects.filter(html__contains="4111").exists()


def test_a_blacked_out_message_is_gone_from_the_mails_that_said_it_twice(ada: Person) -> None:
    talk = desk.conversation(ada)
    raw = letter("My card is 4111 1111 1111 1111", to=token_of(talk))
    other_way = raw.replace(b"From:", b"Delivered-To: support@halcyon.example\r\nFrom:", 1)
    first = arrives(raw)
    assert [arrives(each).verdict for each in (raw, other_way)] == [Verdict.DUPLICATE] * 2
    kept = arrives(letter("Something else", to=token_of(talk)))
    assert first.message is not None
    assert redact(actor=BY, message=first.message)
    assert arrives(raw).verdict == Verdict.DUPLICATE  # once more, behind it
    assert [each.mail for each in RawMail.objects.all()] == [kept]
    assert IncomingMail.objects.count() == 5


def test_customers_reach_only_theirs(ada: Person) -> None:
    bob = customer("bob@example.org")
    hers, guests = desk.conversation(ada), desk.conversation("bob@example.org")
    assert set(selectors.access_conversations(ada)) == {hers}
    assert set(selectors.access_conversations(bob)) == {guests}  # he has proved the address since
    for number in (hers.pk, uuid4()):
        with pytest.raises(ConversationUnknown):
            selectors.access_conversation(bob, number)
    for secret in ("", "x", "ü"):
        with pytest.raises(ConversationUnknown):
            selectors.access_as_guest(hers.pk, secret)


def test_notes_and_lines_are_not_for_customers(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    add_note(agent=kim, conversation=talk, text="x", client_id=uuid4())
    desk.answers(kim, talk)
    assert [each.kind for each in selectors.public_messages(talk)] == ["customer", "agent"]


def test_what_agents_keep_beside_it_comes_along(ada: Person, kim: Person) -> None:
    sam = desk.agent("sam@halcyon.example", "Sam")
    one, two = desk.conversation(ada, "One"), desk.conversation(ada, "Two")
    add_note(agent=kim, conversation=one, text="@Sam, look", client_id=uuid4())
    reminders.remind(person=kim, conversation=one, at=clock.now() + timedelta(days=1), words="Ask Bo")
    drafts.save(person=kim, conversation=one, writing=Writing("Half a sentence"))
    joining.merge(actor=BY, conversation=one, into=two)
    assert Mention.objects.get().message.conversation == two
    assert mentions.see(sam, two) == 1
    assert Draft.objects.get().conversation == two
    assert drafts.draft_of(kim, two).text == "Half a sentence"
    assert reminders.done(person=kim, conversation=two)
    late = reminders.remind(person=kim, conversation=one, at=clock.now() + timedelta(days=1))  # from an old page
    assert late.conversation == two
    assert not Reminder.objects.filter(conversation=one).exists()


@pytest.mark.parametrize(("mine", "other", "kind"), [
    ("agent", "agent", "agent"), ("agent", "note", "note"), ("note", "agent", "note"),
])  # fmt: skip
def test_two_drafts_become_one_and_no_note_an_answer(
    ada: Person, kim: Person, mine: str, other: str, kind: str
) -> None:
    one, two = desk.conversation(ada), desk.conversation(ada)
    file, number = uuid4(), uuid4()
    drafts.save(person=kim, conversation=two, writing=Writing("There", mine, number))
    drafts.save(person=kim, conversation=one, writing=Writing("Here", other, attachments=[file]))
    joining.merge(actor=BY, conversation=one, into=two)
    kept = Draft.objects.get()
    assert (kept.conversation, kept.text, kept.kind) == (two, "There\n\nHere", kind)
    assert (kept.client_id, kept.attachments) == (number, [file])


def test_what_was_split_off_and_merged_back_names_a_colleague_once(ada: Person, kim: Person) -> None:
    sam = desk.agent("sam@halcyon.example", "Sam")
    talk = desk.conversation(ada)
    note = add_note(agent=kim, conversation=talk, text="@Sam, look", client_id=uuid4())
    made = joining.split(actor=BY, conversation=talk, messages=[note.pk], subject="x")
    Mention.objects.create(message=made.messages.get(kind=Message.Kind.NOTE), person=sam)
    joining.merge(actor=BY, conversation=made, into=talk)
    assert Mention.objects.get().message == note


def test_of_a_conversation_that_was_merged_meanwhile_the_copies_are_split_off(ada: Person) -> None:
    one, two = desk.conversation(ada, "One"), desk.conversation(ada, "Two")
    second = desk.writes(one, "My invoice")
    joining.merge(actor=BY, conversation=one, into=two)
    made = joining.split(actor=BY, conversation=one, messages=[second.pk], subject="Invoice")
    assert (texts(made), made.continues) == (["My invoice"], two)
