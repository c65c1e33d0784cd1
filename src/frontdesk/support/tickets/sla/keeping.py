"""The service level of a conversation: set, reckoned anew after each change, told to customers and agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.models import Conversation, ServiceLevel, StateChange
from frontdesk.support.tickets.sla.book import Change, Clock
from frontdesk.support.tickets.sla.hours import MINUTE, add_time, next_opening
from frontdesk.support.tickets.sla.loading import changes_of, load_book
from frontdesk.support.tickets.sla.reckoning import reckon
from frontdesk.support.tickets.sla.steps import next_step

CACHE = (
    "level",
    "first_due_at",
    "next_due_at",
    "solve_due_at",
    "first_answered_at",
    "first_met",
    "next_met",
    "solve_met",
    "next_step_at",
)


@dataclass(frozen=True)
class Expectation:
    """What a customer is told before sending: by when somebody answers, and what the promise is."""

    level: str
    minutes: int | None
    answer_by: datetime | None
    is_open_now: bool
    opens_at: datetime | None


@transaction.atomic
def set_level(*, actor: Actor, conversation: Conversation, level: ServiceLevel) -> bool:
    """From here on this level applies. Called by fulfilment when a conversation is opened or handed over."""
    current = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if current.level_id == level.pk:
        return False
    was = current.level.name if current.level else ""
    begins = not current.last_sequence  # then nothing changed for anybody
    _write_level(current, level, at=current.created_at if begins else clock.now(), actor=actor)
    if not begins:
        adding.event(current, "level", actor, {"to": level.name})
    note(actor, "conversation.level_set", current, {"level": level.slug, "was": was}, shown=False)
    refresh(current)
    conversation.level = level
    return True


def refresh(conversation: Conversation) -> None:
    """Reckon the deadlines anew and write the cache on the row, which the caller has locked.

    A conversation without a level gets the default one, from its beginning.
    """
    changes = changes_of(conversation)
    if changes and not any(change.level for change in changes):
        changes = _with_default(conversation, changes)
    now = clock.now()
    clocks = reckon(changes, load_book(), now=now)
    level = next((change.level for change in reversed(changes) if change.level), "")
    conversation.level = ServiceLevel.objects.filter(pk=level).first() if level else None
    conversation.first_due_at = clocks["first"].due_at
    conversation.next_due_at = clocks["next"].due_at
    conversation.solve_due_at = clocks["solve"].due_at
    conversation.first_met, conversation.solve_met = clocks["first"].met, clocks["solve"].met
    conversation.next_met = False if clocks["next"].late else clocks["next"].met
    conversation.first_answered_at = next((change.at for change in changes if change.kind == "answered"), None)
    conversation.next_step_at = next_step(conversation, clocks, changes)
    conversation.save(update_fields=CACHE)


def _with_default(conversation: Conversation, changes: Sequence[Change]) -> list[Change]:
    default = ServiceLevel.objects.filter(is_default=True).first()
    if default is None:
        return list(changes)
    _write_level(conversation, default, at=changes[0].at, actor=Actor.system())
    return changes_of(conversation)


def _write_level(conversation: Conversation, level: ServiceLevel, *, at: datetime, actor: Actor) -> None:
    StateChange.objects.create(
        conversation=conversation, at=at, kind=StateChange.Kind.LEVEL, level=level, actor=actor.person
    )


def clocks(conversation: Conversation) -> dict[str, Clock]:
    """The arithmetic as it stands now, for the agent's page."""
    return reckon(changes_of(conversation), load_book(), now=clock.now())


def still_promised(conversation: Conversation) -> datetime | None:
    """By when we answer, as a mail may tell it: None where nothing is promised, or where that moment has passed (a mail
    that was fetched late, a chat that waited too long)."""
    due = conversation.first_due_at or conversation.next_due_at
    return due if due is not None and due > clock.now() else None


def expectation(level: ServiceLevel | None = None) -> Expectation:
    """What a customer of this level (the default one when None) can expect who writes now."""
    level = level or ServiceLevel.objects.filter(is_default=True).first()
    if level is None:
        return Expectation("", None, None, is_open_now=False, opens_at=None)
    now, book = clock.now(), load_book()
    promise = book.promise(str(level.pk), now)
    hours = book.hours(promise)
    opens_at = next_opening(now, hours)
    minutes = promise.first if promise else None
    return Expectation(
        level=level.name,
        minutes=minutes,
        answer_by=None if minutes is None else add_time(now, minutes * MINUTE, hours),
        is_open_now=opens_at == now,
        opens_at=opens_at,
    )
