"""Whatever customers, agents and time do in whatever order: the status is what the changes say, and nothing is lost."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets import following
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.conversations.saying import Words, note_automatic
from frontdesk.support.tickets.models import Channel, Conversation, FollowUp, Message, StateChange
from tests.support import desk
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
Kind, Status = StateChange.Kind, Conversation.Status
SAYS = {
    Kind.OPENED: Status.OPEN,
    Kind.CUSTOMER_WROTE: Status.OPEN,
    Kind.RESUMED: Status.OPEN,
    Kind.REOPENED: Status.OPEN,
    Kind.WAITING: Status.WAITING,
    Kind.SOLVED: Status.SOLVED,
    Kind.CLOSED: Status.CLOSED,
    Kind.MERGED: Status.MERGED,
    Kind.SPAM: Status.SPAM,
}
PICK = st.integers(0, 9)
THEN = st.sampled_from([Status.OPEN, Status.WAITING, Status.SOLVED])
CHANNELS = st.sampled_from([Channel.MAIL, Channel.FORM])


class Turns(RuleBasedStateMachine):
    """One customer, one agent, a few matters."""

    def __init__(self, ada: Person, kim: Person, time: Time) -> None:
        super().__init__()
        self.ada, self.kim, self.time = ada, kim, time
        self.talks: list[Conversation] = []
        self.said: set[UUID] = set()  # by the customer, and taken

    @initialize()
    def has_asked(self) -> None:
        self.ask()

    @rule()
    def ask(self) -> None:
        if len(self.talks) < 4:
            self.talks.append(desk.conversation(self.ada, channel=Channel.MAIL))

    @rule(pick=PICK, channel=CHANNELS, twice=st.booleans())
    def write(self, pick: int, channel: str, twice: bool) -> None:
        number = uuid4()
        for _ in range(1 + twice):
            if self._taken(lambda talk: desk.writes(talk, "x", channel, client_id=number), pick):
                self.said.add(number)

    @rule(pick=PICK, then=THEN)
    def answer(self, pick: int, then: str) -> None:
        self._taken(lambda talk: desk.answers(self.kim, talk, then=then), pick)

    @rule(pick=PICK)
    def away(self, pick: int) -> None:
        before = Conversation.objects.get(pk=self._one(pick).pk)
        note_automatic(conversation=before, words=Words("away"), client_id=uuid4(), address=self.ada.email)
        after = Conversation.objects.get(pk=before.pk)
        assert (after.status, after.solved_at) == (before.status, before.solved_at)

    @rule(pick=PICK, verb=st.sampled_from([changing.solve, changing.reopen, changing.mark_spam]))
    def change(self, pick: int, verb: Any) -> None:
        self._taken(lambda talk: verb(actor=desk.SYSTEM, conversation=talk), pick)

    @rule(pick=PICK, waiting=st.booleans())
    def wait(self, pick: int, waiting: bool) -> None:
        self._taken(lambda talk: changing.set_waiting(actor=desk.SYSTEM, conversation=talk, waiting=waiting), pick)

    @rule(pick=PICK, days=st.integers(1, 6))
    def put_off(self, pick: int, days: int) -> None:
        until = clock.now() + timedelta(days=days)
        self._taken(lambda talk: changing.snooze(actor=desk.SYSTEM, conversation=talk, until=until), pick)

    @rule(pick=PICK, other=PICK)
    def merge(self, pick: int, other: int) -> None:
        into = self._one(other)
        self._taken(lambda talk: joining.merge(actor=desk.SYSTEM, conversation=talk, into=into), pick)

    @rule(pick=PICK)
    def split(self, pick: int) -> None:
        talk = Conversation.objects.get(pk=self._one(pick).pk)
        if talk.status != Status.MERGED and len(self.talks) < 4:
            first = talk.messages.exclude(kind=Message.Kind.EVENT).first()
            assert first
            self.talks.append(joining.split(actor=desk.SYSTEM, conversation=talk, messages=[first.pk], subject="x"))

    @rule(days=st.integers(1, 8))
    def time_passes(self, days: int) -> None:
        self.time.ahead += timedelta(days=days)
        changing.wake_snoozed()
        following.send_due()
        changing.close_old()

    @invariant()
    def the_status_is_what_the_changes_say(self) -> None:
        for talk in self._all():
            status = ""
            for kind in talk.changes.order_by("id").values_list("kind", flat=True):
                status = SAYS.get(kind, status)  # type: ignore[call-overload] # a plain string is its member
            assert status == talk.status, list(talk.changes.order_by("id").values_list("kind", flat=True))

    @invariant()
    def moments_stand_where_they_mean_something(self) -> None:
        for talk in self._all():
            if talk.status in {Status.SOLVED, Status.CLOSED}:
                assert talk.solved_at
            elif talk.status != Status.MERGED:
                assert talk.solved_at is None
            assert talk.is_live or talk.snoozed_until is None
            assert (talk.status == Status.MERGED) == (talk.merged_into is not None)
        unsent = FollowUp.objects.filter(conversation__in=self.talks, sent_at=None)
        assert not unsent.exclude(conversation__status=Status.SOLVED).exists()

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self) -> None:
        for talk in self._all():
            sequences = list(talk.messages.order_by("sequence").values_list("sequence", flat=True))
            assert sequences == list(range(1, talk.last_sequence + 1))
        alive = Message.objects.filter(conversation__in=self.talks).exclude(conversation__status=Status.MERGED)
        assert self.said <= set(alive.values_list("client_id", flat=True))

    def _taken(self, verb: Callable[[Conversation], object], pick: int) -> bool:
        with suppress(Refusal):
            return bool(verb(self._one(pick)))
        return False

    def _one(self, pick: int) -> Conversation:
        return self.talks[-1 - pick % len(self.talks)]

    def _all(self) -> list[Conversation]:
        return list(Conversation.objects.filter(pk__in=[talk.pk for talk in self.talks]))


def play(ada: Person, kim: Person, time: Time, **values: int | bool) -> None:
    def begin() -> Turns:
        """What was left of the last example is nobody's business any more."""
        Conversation.objects.filter(status__in=[Status.SOLVED]).update(status=Status.CLOSED)
        Conversation.objects.update(snoozed_until=None)
        return Turns(ada, kim, time)

    phases = (Phase.explicit, Phase.generate)
    chosen = settings(deadline=None, phases=phases, suppress_health_check=list(HealthCheck), **values)  # type: ignore[arg-type]
    run_state_machine_as_test(begin, settings=chosen)  # type: ignore[arg-type]  # a factory will do


def test_turns_in_any_order(ada: Person, kim: Person, time: Time) -> None:
    play(ada, kim, time, max_examples=12, stateful_step_count=14, derandomize=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_turns_in_any_order_however_long_one_tries(ada: Person, kim: Person, time: Time) -> None:
    play(ada, kim, time, max_examples=300, stateful_step_count=40)
