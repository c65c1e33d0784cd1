"""After solving: the survey in the mail, asking again after three days. Who wants neither says so with one click."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.support.tickets import links
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.errors import LinkNoLongerValid
from frontdesk.support.tickets.mail.outgoing import sending, transcripts
from frontdesk.support.tickets.models import (
    Conversation,
    FollowUp,
    Message,
    Participant,
    QuietAddress,
    Survey,
)

FOLLOWS_AFTER = timedelta(days=3)
CHANGEABLE_FOR = timedelta(days=7)
NOT_TWICE_WITHIN = timedelta(days=1)
SCORES = {1, 2, 3}
MAX_WORDS = 4_000
SWEEP = Actor.system("sweep")


def begin(
    conversation: Conversation,
    *,
    actor: Actor,
    solved: Message,
    answer: Message | None = None,
    chat: Message | None = None,
) -> None:
    """A conversation was solved: write the survey's and follow-up's rows and the mail with the question.

    `solved` is the line that says so, which the mail hangs on; an `answer` that solves it brings the question along, so
    that the customer gets one mail and not two. Nobody is asked who was not answered by a person, and
    not twice within a day; who said themselves that it is solved is not asked whether it still works. With `chat`, the
    line that ended one, everybody gets what was said there.
    """
    asked = _begin(conversation, actor)
    if asked is not None:
        _ask(*asked, solved, answer, chat)
    if chat is not None:
        transcripts.send(chat)


def _begin(conversation: Conversation, actor: Actor) -> tuple[Participant, str] | None:
    """Write the rows; returns whom to ask with which token."""
    if not conversation.messages.filter(kind=Message.Kind.AGENT).exists():
        return None
    now = clock.now()
    if actor.kind != ActorKind.CUSTOMER:
        dated = {"due_at": now + FOLLOWS_AFTER, "sent_at": None}
        FollowUp.objects.update_or_create(conversation=conversation, defaults=dated)
    if conversation.surveys.filter(asked_at__gt=now - NOT_TWICE_WITHIN).exists():
        return None
    token = new_token()
    Survey.objects.create(
        conversation=conversation,
        token_hash=_hash(token),
        asked_at=now,
        agent=conversation.assignee_id or actor.person,
    )
    requester = _may_be_asked(conversation)
    return (requester, token) if requester else None


def _ask(requester: Participant, token: str, solved: Message, answer: Message | None, chat: Message | None) -> None:
    choices = [(score, links.to_survey(token, score).url) for score in sorted(SCORES, reverse=True)]
    if chat is not None and transcripts.can_ask(chat, requester):
        transcripts.send_to(chat, requester, {"choices": choices}, secret=token)
    elif chat is None and answer is not None and sending.can_ask(answer, requester):
        sending.send_answer(answer, requester, {"choices": choices}, secret=token)
    else:
        if chat is not None:
            transcripts.send(chat)
        elif answer is not None:
            sending.send_message(answer)  # before the question that follows it
        sending.send(solved, requester, "survey", {"choices": choices}, secret=token)


def _may_be_asked(conversation: Conversation) -> Participant | None:
    """The requester, unless their mail comes back or they want no questions."""
    requester = conversation.participants.filter(role=Participant.Role.REQUESTER, bounced_at=None).first()
    is_quiet = requester and QuietAddress.objects.filter(address=requester.address).exists()
    return None if is_quiet else requester


def drop(conversation: Conversation) -> None:
    """It goes on: no follow-up."""
    FollowUp.objects.filter(conversation=conversation, sent_at=None).delete()


def find(token: str) -> Survey:
    """The survey whose link this is. Raises LinkNoLongerValid."""
    found = Survey.objects.filter(token_hash=_hash(token)).select_related("conversation").first()
    if found is None or (found.answered_at and found.answered_at + CHANGEABLE_FOR <= clock.now()):
        raise LinkNoLongerValid
    return found


@transaction.atomic
def answer(*, token: str, score: int, words: str | None = None) -> Survey:
    """The customer's answer by the mail's link; it may be changed for a week. Raises LinkNoLongerValid, and ValueError
    for a score that means nothing."""
    _require_score(score)
    return rate(survey=find(token), score=score, words=words)


@transaction.atomic
def rate(*, survey: Survey, score: int, words: str | None = None) -> Survey:
    """The customer's answer, where the page knows who it is. Raises ValueError for a score that means nothing."""
    _require_score(score)
    current = adding.lock(survey.conversation)
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    before = survey.score
    survey.score = score
    survey.answered_at = survey.answered_at or clock.now()
    if words is not None:
        survey.words = words.replace("\0", "").strip()[:MAX_WORDS]
    survey.save(update_fields=["score", "answered_at", "words"])
    if before != score:
        actor = Actor.customer(current.person_id) if current.person_id else Actor.system("survey")
        adding.event(current, "rated", actor, {"score": score})
        note(actor, "conversation.rated", current, {"score": score})
    return survey


def _require_score(score: int) -> None:
    if score not in SCORES:
        raise ValueError(f"no such score: {score}")


def send_due(*, limit: int = 1_000) -> int:
    """Send the follow-ups that are due; returns how many. The worker's sweep."""
    due = waiting().filter(due_at__lte=clock.now())
    return sum(_follow_up(each) for each in due.values_list("conversation", flat=True)[:limit])


def waiting() -> QuerySet[FollowUp]:
    """What is to be sent, the next first."""
    return FollowUp.objects.filter(sent_at=None, conversation__status=Conversation.Status.SOLVED).order_by("due_at")


@transaction.atomic
def _follow_up(conversation: UUID) -> bool:
    """Conversation first, then the row, as all who solve and reopen lock them."""
    free = Conversation.objects.select_for_update(skip_locked=True)
    current = free.filter(pk=conversation, status=Conversation.Status.SOLVED).first()
    row = current and FollowUp.objects.select_for_update().filter(conversation=current, sent_at=None).first()
    if not current or not row or row.due_at > clock.now():
        return False
    row.sent_at = clock.now()
    row.save(update_fields=["sent_at"])
    if requester := _may_be_asked(current):
        said = adding.event(current, "followed_up", SWEEP)
        link = links.to_follow_up(current)
        sending.send(said, requester, "follow_up", {"asks_at": link.url}, secret=link.secret)
    return True


def hush(participant: Participant) -> None:
    """Ask this address nothing more after solving. Answers still arrive."""
    QuietAddress.objects.get_or_create(address=participant.address, defaults={"created_at": clock.now()})


def _hash(token: str) -> bytes:
    return bytes.fromhex(token_hash(token))
