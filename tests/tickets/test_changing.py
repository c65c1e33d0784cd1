"""Whose turn it is and who has it: each change once, with its line, its audit row and what times depend on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets import phrases
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.errors import ConversationClosed
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.models import Area, BlockedSender, Channel, Conversation, Message, Team
from frontdesk.support.tickets.variables import fill, unknown_names
from tests.support import desk
from tests.tickets.conftest import Time

Status = Conversation.Status
BY = desk.SYSTEM


def lines(talk: Conversation) -> list[str]:
    return [phrases.event_line(each) for each in talk.messages.filter(kind=Message.Kind.EVENT).order_by("sequence")]


def test_each_change_happens_once_and_is_told(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    team = Team.objects.create(slug="billing", name="Billing")
    area = Area.objects.create(slug="codes", titles={"en": "Codes"})
    until = clock.now() + timedelta(days=1)
    changes: list[Callable[[], bool]] = [
        lambda: changing.assign(actor=BY, conversation=talk, to=kim, why="billing ≥ 2, least loaded"),
        lambda: changing.set_area(actor=BY, conversation=talk, area=area),
        lambda: changing.set_priority(actor=BY, conversation=talk, priority=4),
        lambda: changing.change_tags(actor=BY, conversation=talk, add=["Big  Deal", "x"], remove=["y"]),
        lambda: changing.snooze(actor=BY, conversation=talk, until=until),
        lambda: changing.set_waiting(actor=BY, conversation=talk, waiting=True),
        lambda: changing.set_waiting(actor=BY, conversation=talk, waiting=False),
        lambda: changing.hand_to_team(actor=BY, conversation=talk, team=team),
        lambda: changing.solve(actor=BY, conversation=talk),
        lambda: changing.reopen(actor=BY, conversation=talk),
        lambda: changing.mark_spam(actor=BY, conversation=talk, block=True),
    ]
    for change in changes:
        assert change() is True
        assert change() is False
    told = lines(talk)
    for line in (
        "Halcyon gave this to Kim Reyes: billing ≥ 2, least loaded",
        "Halcyon said that this is about Codes",
        "Halcyon set the priority to Urgent",
        "Halcyon changed the tags: +big-deal +x",
        "Halcyon moved this to Billing",
        "Halcyon gave this to nobody",
        "Halcyon solved this",
        "Halcyon reopened this",
        "Halcyon marked this as spam",
    ):
        assert line in told, line
    assert BlockedSender.objects.get().pattern == ada.email
    actions = set(AuditEntry.objects.filter(subject=talk.pk).values_list("action", flat=True))
    assert all(action in phrases.ACTIONS or action in phrases.INTERNAL for action in actions), actions
    shown = set(AuditEntry.objects.filter(person=ada.pk, subject=talk.pk).values_list("action", flat=True))
    assert not shown & set(phrases.INTERNAL)
    assert [change.kind for change in talk.changes.order_by("id")] == [
        "opened", "waiting", "resumed", "solved", "reopened", "spam",
    ]  # fmt: skip


def test_nothing_changes_in_a_closed_one(ada: Person, kim: Person, time: Time) -> None:
    talk = desk.conversation(ada)
    changing.solve(actor=BY, conversation=talk)
    time.ahead = timedelta(days=14)
    changing.close_old()
    refused: list[Callable[[], bool]] = [
        lambda: changing.reopen(actor=BY, conversation=talk),
        lambda: changing.assign(actor=BY, conversation=talk, to=kim),
        lambda: changing.set_priority(actor=BY, conversation=talk, priority=1),
        lambda: changing.mark_spam(actor=BY, conversation=talk),
    ]
    for change in refused:
        with pytest.raises(ConversationClosed):
            change()


def test_what_was_put_off_comes_back(ada: Person, kim: Person, time: Time) -> None:
    talk = desk.conversation(ada)
    until = clock.now() + timedelta(days=2)
    changing.snooze(actor=BY, conversation=talk, until=until)
    desk.answers(kim, talk)
    time.ahead = timedelta(days=1)
    assert changing.wake_snoozed() == 0
    time.ahead = timedelta(days=2, seconds=5)
    assert (changing.wake_snoozed(), changing.wake_snoozed()) == (1, 0)
    talk.refresh_from_db()
    assert (talk.status, talk.snoozed_until) == (Status.OPEN, None)
    with pytest.raises(ValueError, match="passed"):
        changing.snooze(actor=BY, conversation=talk, until=until)


def test_the_customers_answer_ends_a_pause(ada: Person) -> None:
    talk = desk.conversation(ada)
    changing.snooze(actor=BY, conversation=talk, until=clock.now() + timedelta(days=2))
    desk.writes(talk)
    talk.refresh_from_db()
    assert talk.snoozed_until is None


def test_spam_stays_spam_by_mail_and_is_taken_back_by_who_signs_in(ada: Person) -> None:
    talk = desk.conversation(ada)
    changing.mark_spam(actor=BY, conversation=talk)
    desk.writes(talk, "Buy now")
    talk.refresh_from_db()
    assert talk.status == Status.SPAM
    desk.writes(talk, "I am a person", channel=Channel.FORM)
    talk.refresh_from_db()
    assert talk.status == Status.OPEN


def test_who_is_on_the_new_team_keeps_it(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    ours, other = (Team.objects.create(slug=slug, name=slug) for slug in ("ours", "other"))
    kim.agent.teams.add(ours)
    changing.assign(actor=BY, conversation=talk, to=kim)
    changing.hand_to_team(actor=BY, conversation=talk, team=ours)
    talk.refresh_from_db()
    assert talk.assignee == kim
    changing.hand_to_team(actor=BY, conversation=talk, team=other)
    talk.refresh_from_db()
    assert talk.assignee is None


def test_variables_are_filled_once(ada: Person, kim: Person) -> None:
    ada.name = "{{reference}}"
    ada.save()
    talk = desk.conversation(ada, subject="My code", product=desk.shield())
    text = "{{ customer_name }} {{agent_name}} {{reference}} {{product}} {{subject}} {{portal_url}} {{nonsense}}"
    filled = fill(text, conversation=talk, agent=kim)
    assert filled == (
        f"{{{{reference}}}} Kim Reyes {talk.reference} Halcyon Shield My code http://localhost:8000 {{{{nonsense}}}}"
    )
    assert fill("{{agent_name}}", conversation=talk, agent=None) == "Halcyon"
    guest = desk.conversation("guest@example.org")
    assert fill("{{customer_name}}{{product}}", conversation=guest, agent=None) == "guest"
    assert unknown_names(text) == ["nonsense"]


def blocked_with_spam(ada: Person) -> Conversation:
    """Marked as spam by mistake, and its sender blocked."""
    talk = desk.conversation(ada)
    changing.mark_spam(actor=BY, conversation=talk, block=True)
    assert blocking.find(ada.email)
    return talk


@pytest.mark.parametrize("how", ["no spam", "answered", "waiting"])
def test_what_is_no_spam_after_all_lets_its_sender_in_again(ada: Person, kim: Person, how: str) -> None:
    talk = blocked_with_spam(ada)
    if how == "no spam":
        assert changing.reopen(actor=BY, conversation=talk)
    elif how == "answered":
        desk.answers(kim, talk)
    else:
        assert changing.set_waiting(actor=BY, conversation=talk, waiting=True)
    assert blocking.find(ada.email) is None
    told = lines(talk)
    assert f"Halcyon blocked mails of {ada.email}" in told
    assert any(line.endswith(f"let mails of {ada.email} in again") for line in told)
    audited = AuditEntry.objects.filter(subject_type="blocked_sender").order_by("id")
    assert list(audited.values_list("action", flat=True)) == ["mail.blocked", "mail.unblocked"]


def test_what_somebody_wrote_on_the_list_stays_until_they_are_let_in(ada: Person) -> None:
    blocking.block(actor=BY, pattern=ada.email, reason="Writes threats")
    talk = desk.conversation(ada)
    assert changing.mark_spam(actor=BY, conversation=talk, block=True)
    assert changing.reopen(actor=BY, conversation=talk)
    assert blocking.find(ada.email)
    assert changing.unblock_sender(actor=BY, conversation=talk)
    assert not changing.unblock_sender(actor=BY, conversation=talk)
    assert blocking.find(ada.email) is None


def test_spam_can_be_blocked_afterwards(ada: Person) -> None:
    talk = desk.conversation(ada)
    changing.mark_spam(actor=BY, conversation=talk)
    assert changing.mark_spam(actor=BY, conversation=talk, block=True)
    assert not changing.mark_spam(actor=BY, conversation=talk, block=True)
    assert blocking.find(ada.email.upper())


def test_a_domain_is_found_by_its_addresses(db: None) -> None:
    blocking.block(actor=BY, pattern="@Example.org", reason="x")
    assert blocking.find("Ada@mail.example.org")
    for stranger in ("ada@badexample.org", "ada@org", "nobody", ""):
        assert blocking.find(stranger) is None
