"""Replies by mail: what comes to a member's own address for a topic becomes their post (`tickets` reads the mail).

The address is a secret of one member and one topic. Still a mail counts only when it comes from a proved address of
that member; whom we refuse is told at the address of their account, never at the one that a mail claims.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.messages import sending
from frontdesk.core import clock
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.core.throttle import Limit, reserve
from frontdesk.support.forum import pictures, selectors, wording, writing
from frontdesk.support.forum.errors import PostedAlready, PostRefused, TopicLocked
from frontdesk.support.forum.models import Member, NewsMail, Picture, Post, Subscription, Topic
from frontdesk.support.forum.notifying import letters, links, stopping
from frontdesk.support.tickets.mail.incoming import details
from frontdesk.support.tickets.mail.incoming.destinations import REFERENCE, TOKEN, Destination, Fate, Place
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.models import Verdict

SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
MOST_PICTURES = 5
LETTERS = Limit("community-refusals", 5, 3600)  # answers to one member; what else was done stands at the desk alone
KEPT = 20_000  # characters of a refused reply that are sent back; no post is longer
GONE, CLOSED, REFUSED = "topic_gone", "topic_closed", "post_refused"
STOPPED = "mails_stopped"
# All that somebody answers when they want no more mails: a wish, and nothing for others to read.
STOPS = re.compile(
    r"(?:please |bitte )?(?:unsubscribe(?: me)?|remove me|stop|abmelden|abbestellen|austragen)"
    r"(?: please| bitte)?[.! ]*",
    re.IGNORECASE,
)


class Forum:
    """The community as a reader of mails."""

    name = "forum"

    def find(self, tokens: Sequence[str], references: Sequence[str]) -> Place | None:
        """The subscription whose token or mail this is."""
        found = (
            Subscription.objects.filter(reply_token__in=list(tokens), topic__isnull=False).first() if tokens else None
        )
        if found is not None:
            return Place(self, UUID(int=found.pk), TOKEN)
        mails = NewsMail.objects.filter(internet_id__in=list(references)[:50], topic__isnull=False)
        by_id = {mail.internet_id: mail for mail in mails} if references else {}
        mail = next((by_id[each] for each in references if each in by_id), None)
        if mail is None:
            return None
        row = Subscription.objects.filter(member=mail.member_id, topic=mail.topic_id).first()
        return Place(self, UUID(int=row.pk), REFERENCE) if row else None

    def knows(self, internet_id: str) -> bool:
        """Whether it is a mail of the community."""
        return NewsMail.objects.filter(internet_id=internet_id).exists()

    def judge(self, place: Place, read: Read, authentication: str) -> Fate:
        """Their post, unless somebody else writes; what the rules say is found out by posting. What came to our own
        address may be a private word to us, whatever it refers to: a person decides."""
        row = _subscription(place)
        if row is None or not _is_by(row.member, read):
            return Fate(Verdict.REVIEW, "not_a_member")
        return Fate(Verdict.POSTED, place.by) if place.by == TOKEN else Fate(Verdict.REVIEW, details.FOR_COMMUNITY)

    def carry_out(self, place: Place, read: Read, *, mail: UUID) -> Fate:
        """Post it, with its pictures; or tell the member why not. Who wants no more mails gets none about the topic."""
        row = _subscription(place)
        if row is None or row.topic is None:
            return Fate(Verdict.REVIEW, "not_a_member")
        if STOPS.fullmatch(words_of(read.text)) and not read.files:
            if stopping.stop_topic(row.member, row.topic):
                _confirm(row.member, row.topic, read)
            return Fate(Verdict.REFUSED, STOPPED)
        shown: list[Picture] = []
        try:
            with transaction.atomic():
                post = _post(row.member, row.topic, read, mail, shown)
        except Refusal as refusal:
            pictures.forget_undone(shown)
            if isinstance(refusal, PostedAlready):  # a replay that reads it otherwise than before
                return Fate(Verdict.POSTED, "posted")
            _tell(row.member, row.topic, read, refusal)
            return Fate(Verdict.REFUSED, _why(refusal))
        except BaseException:  # whatever it was: the rows are gone, and nobody would find the files
            pictures.forget_undone(shown)
            raise
        waits = post.state == Post.State.WAITING
        return Fate(Verdict.POSTED, "posted_waiting" if waits else "posted")

    def bounced(self, originals: Sequence[str]) -> None:
        """These did not arrive: who cannot be reached gets no more after a few."""
        rows = NewsMail.objects.filter(internet_id__in=list(originals), bounced_at=None)
        rows.update(bounced_at=clock.real_now())


def _subscription(place: Place) -> Subscription | None:
    rows = Subscription.objects.select_related("member__person", "topic__category__product")
    return rows.filter(pk=place.key.int, member__person__is_active=True).first()


def _is_by(member: Member, read: Read) -> bool:
    owned = EmailAddress.objects.filter(user=member.person_id, email__iexact=read.from_address, verified=True)
    return bool(owned.exists())


def _post(member: Member, topic: Topic, read: Read, mail: UUID, shown: list[Picture]) -> Post:
    """One post; the same mail posts once, however often it is tried. The pictures that were kept for it are put into
    `shown`, whatever becomes of it."""
    found = Post.objects.filter(author=member, client_id=mail).first()
    if found is not None:
        return found
    reader = selectors.require_readable(member, topic)
    if topic.hidden_at is not None and not reader.is_moderator:
        raise NotFound
    text = words_of(read.text)
    _add_pictures(shown, member, read)
    whole = "\n\n".join(each for each in (text, *(picture.markdown for picture in shown)) if each)
    return writing.reply(member=member, topic=topic, text=whole, client_id=mail, by_mail=True)


def words_of(text: str) -> str:
    """What somebody wrote, without what their mail program puts beneath each mail."""
    found = SIGNATURE.search(text)
    cut = text[: found.start()] if found else text
    return cut.strip() or text.strip()


def _add_pictures(made: list[Picture], member: Member, read: Read) -> None:
    """The attached files that are pictures, made anew, put into `made` one by one, so that none is lost sight of when
    a later one fails; other files do not belong into a post."""
    for file in read.files:
        if len(made) == MOST_PICTURES:
            break
        try:
            made.append(pictures.add(member=member, source=BytesIO(file.data)))
        except Refusal:
            continue


def _why(refusal: Refusal) -> str:
    if isinstance(refusal, NotFound):
        return GONE
    if isinstance(refusal, TopicLocked):
        return CLOSED
    return f"{REFUSED}: {refusal.reason.code}"


def _confirm(member: Member, topic: Topic, read: Read) -> None:
    """What was done, and that nothing was lost. A token is not proof enough to fill somebody's mailbox by."""
    if not _may_be_told(member):
        return
    assert member.person is not None  # noqa: S101 - _subscription
    context = {
        "topic": topic.title,
        "words": words_of(read.text),
        "action_label": _("Open the topic"),
        "action_url": links.absolute(letters.path_of(topic)),
    }
    sending.send_mail(to=member.person, template="forum/stopped", context=context)


def _tell(member: Member, topic: Topic, read: Read, refusal: Refusal) -> None:
    """Why it was not posted and what to do, with their words, so that nothing is lost. Two programs that answer each
    other end here, too."""
    if not _may_be_told(member):
        return
    assert member.person is not None  # noqa: S101 - _subscription
    is_gone = isinstance(refusal, NotFound)
    with translation.override(member.person.language or None):
        why = _in_words(refusal)
    context = {
        "topic": topic.title,
        "is_gone": is_gone,
        "why": why,
        "action_label": _("Open the community") if is_gone else _("Open the topic"),
        "words": words_of(read.text)[:KEPT],
        "action_url": links.absolute("/community/" if is_gone else letters.path_of(topic)),
    }
    sending.send_mail(to=member.person, template="forum/refused", context=context)


def _may_be_told(member: Member) -> bool:
    """Whether one more answer to their mails may go out; it counts."""
    try:
        reserve(LETTERS, str(member.pk))
    except TooManyAttempts:
        return False
    return True


def _in_words(refusal: Refusal) -> list[str]:
    """Why, in a sentence where the rules have one for this case; else the reason, and the way out."""
    if isinstance(refusal, PostRefused):
        return [wording.why_in_words(refusal)]
    why = str(refusal.members.get("why", ""))
    return [why] if " " in why else [str(refusal.reason.detail), str(refusal.reason.remedy)]


FORUM: Destination = Forum()
