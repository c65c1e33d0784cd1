"""Addresses of the customers' pages, as mails carry them. The pages themselves are the portal's, which lies above.

A link with a secret is split: the address with the mail's placeholder in it, and the secret, which only the sealed
outbox row holds (`accounts.messages.sending`).
"""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from frontdesk.accounts.messages.sending import PLACEHOLDER
from frontdesk.core.signing import b64
from frontdesk.support.tickets.errors import LinkNoLongerValid
from frontdesk.support.tickets.models import Conversation, Participant
from frontdesk.support.tickets.selectors import access_hash

CONVERSATION = "/conversations/{conversation}/"
GUEST = "/conversations/g/{conversation}/{secret}/"
CONFIRM = "/contact/confirm/{secret}/"
SURVEY = "/conversations/survey/{secret}/"
FOLLOW_UP = "/conversations/follow-up/{conversation}/{secret}/"
QUIET = "/conversations/quiet/{participant}/{secret}/"
DESK = "/desk/inbox/{conversation}/"


@dataclass(frozen=True)
class Link:
    """An address with the placeholder where the secret belongs, and the secret ("" when there is none)."""

    url: str
    secret: str = ""

    @property
    def path(self) -> str:
        """The whole address on this installation, without its name."""
        return self.url.removeprefix(settings.FRONTDESK_URL).replace(PLACEHOLDER, self.secret)


def to_conversation(participant: Participant) -> Link:
    """Where this participant reads the conversation: in their account, or by a secret link that works from now on.

    Somebody with an account who wrote as a guest keeps the secret link: perhaps they cannot sign in.
    """
    if not is_secret(participant):
        return Link(_absolute(CONVERSATION, participant.conversation_id))
    return Link(_absolute(GUEST, participant.conversation_id), grant_page(participant))


def is_secret(participant: Participant) -> bool:
    """Whether this participant reads the conversation by a link with a secret."""
    return not participant.person_id or bool(participant.access_hash)


def to_confirm(token: str) -> Link:
    """Where a guest says that the address is theirs."""
    return Link(_absolute(CONFIRM), token)


def to_survey(token: str, score: int = 0) -> Link:
    """Where a customer says how it was; with a score, that one is chosen already."""
    return Link(_absolute(SURVEY) + (f"?score={score}" if score else ""), token)


def to_follow_up(conversation: Conversation) -> Link:
    """Where a customer says whether it still works, without signing in."""
    return Link(_absolute(FOLLOW_UP, conversation.pk), _follow_up_secret(conversation.pk))


def to_quiet(participant: Participant) -> str:
    """Where one switches the questions off that follow a solution: for whoever gets our mail to this address."""
    return settings.FRONTDESK_URL + QUIET.format(participant=participant.pk, secret=quiet_secret(participant))


def by_quiet(participant_id: int, secret: str) -> Participant:
    """Whose questions a link switches off. Raises LinkNoLongerValid."""
    participant = Participant.objects.filter(pk=participant_id).first()
    if participant is None or not hmac.compare_digest(secret.encode(), quiet_secret(participant).encode()):
        raise LinkNoLongerValid
    return participant


def quiet_secret(participant: Participant) -> str:
    """What proves that somebody got a mail of ours."""
    return _keyed(f"quiet {participant.conversation_id} {participant.pk}")


def to_desk(conversation: Conversation) -> str:
    """Where agents work on it."""
    return settings.FRONTDESK_URL + DESK.format(conversation=conversation.pk)


def by_follow_up(conversation_id: UUID, secret: str) -> Conversation:
    """The conversation that a follow-up's link is about. Raises LinkNoLongerValid."""
    if not hmac.compare_digest(secret.encode(), _follow_up_secret(conversation_id).encode()):
        raise LinkNoLongerValid
    # Whose requester was erased is nobody's any more.
    asked = Conversation.objects.filter(pk=conversation_id, participants__role=Participant.Role.REQUESTER)
    conversation = asked.first()
    if conversation is None:
        raise LinkNoLongerValid
    return conversation


def grant_page(participant: Participant) -> str:
    """The secret of this participant's page, which works from now on.

    It is made from a key of ours and the row, so that every mail carries the same link though the database keeps only
    its hash. Taking the hash away closes the page.
    """
    secret = _keyed(f"guest page {participant.conversation_id} {participant.pk}")
    kept = access_hash(secret)
    if bytes(participant.access_hash or b"") != kept:
        participant.access_hash = kept
        participant.save(update_fields=["access_hash"])
    return secret


def _follow_up_secret(conversation_id: UUID) -> str:
    return _keyed(f"follow-up {conversation_id}")


def _absolute(form: str, conversation: UUID | None = None) -> str:
    return settings.FRONTDESK_URL + form.format(conversation=conversation, secret=PLACEHOLDER)


def _keyed(text: str) -> str:
    return b64(hmac.new(settings.SECRETS.token_key.encode(), text.encode(), hashlib.sha256).digest())
