"""After solving: the survey in the mail, asking again after three days."""

from datetime import timedelta

from django.db import transaction

from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.errors import LinkNoLongerValid
from frontdesk.support.tickets.models import Conversation, FollowUp, Survey

FOLLOWS_AFTER = timedelta(days=3)
CHANGEABLE_FOR = timedelta(days=7)
SCORES = {1, 2, 3}
MAX_WORDS = 4_000


def begin(conversation: Conversation, *, actor: Actor) -> None:
    """A conversation was solved: write the survey's and follow-up's rows and the mail with the question."""
    now, token = clock.now(), new_token()
    Survey.objects.create(
        conversation=conversation,
        token_hash=bytes.fromhex(token_hash(token)),
        asked_at=now,
        agent=conversation.assignee_id or actor.person,
    )
    FollowUp.objects.update_or_create(
        conversation=conversation, defaults={"due_at": now + FOLLOWS_AFTER, "sent_at": None}
    )


def drop(conversation: Conversation) -> None:
    """It goes on: no follow-up."""
    FollowUp.objects.filter(conversation=conversation, sent_at=None).delete()


def find(token: str) -> Survey:
    """The survey whose link this is. Raises LinkNoLongerValid."""
    found = Survey.objects.filter(token_hash=bytes.fromhex(token_hash(token))).select_related("conversation").first()
    if found is None or (found.answered_at and found.answered_at + CHANGEABLE_FOR <= clock.now()):
        raise LinkNoLongerValid
    return found


@transaction.atomic
def answer(*, token: str, score: int, words: str | None = None) -> Survey:
    """The customer's answer; it may be changed for a week. Raises LinkNoLongerValid, and ValueError for a score that
    means nothing."""
    if score not in SCORES:
        raise ValueError(f"no such score: {score}")
    survey = Survey.objects.select_for_update().get(pk=find(token).pk)
    survey.score = score
    survey.answered_at = survey.answered_at or clock.now()
    if words is not None:
        survey.words = words.replace("\0", "").strip()[:MAX_WORDS]
    survey.save(update_fields=["score", "answered_at", "words"])
    return survey
