"""Mails that came about topics: the replies that became posts, and what was refused or waits for a person.

Below their own words they mostly quote what they answer, so they hold copies of what others wrote, and titles in their
subjects.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.db.models import BinaryField, Q
from django.db.models.functions import Substr

from frontdesk.support.forum.models import NewsMail, Post, Subscription
from frontdesk.support.tickets.mail.incoming import forgetting
from frontdesk.support.tickets.models import IncomingMail, RawMail, Verdict

HEAD = 16_000  # bytes, within which a mail says to whom it goes and what it answers
UNPOSTED = (Verdict.REFUSED, Verdict.REVIEW, Verdict.DISMISSED)


def hold(topics: Collection[UUID]) -> None:
    """Lock the mails about these topics, in the caller's transaction and before any topic: so does who enters one."""
    rows = IncomingMail.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=about(topics)).order_by("pk").values_list("pk"))


def about(topics: Collection[UUID], *, since: datetime | None = None) -> list[UUID]:
    """The mails, as far as they came at or after a moment."""
    posts = Post.objects.filter(Q(topic__in=topics) | Q(moved__topic__in=topics), by_mail=True)
    found = IncomingMail.objects.filter(pk__in=posts.values("client_id"))
    if since is not None:
        found = found.filter(received_at__gte=since)
    return [*found.values_list("pk", flat=True), *_unposted(topics, since)]


def _unposted(topics: Collection[UUID], since: datetime | None) -> list[UUID]:
    """Those that became no post: they went to a member's own address for the topic, or answer a mail about it."""
    told = Subscription.objects.filter(topic__in=topics).exclude(reply_token=None).exclude(reply_token="")
    sent = NewsMail.objects.filter(topic__in=topics)
    marks = [each.encode() for each in told.values_list("reply_token", flat=True) if each]
    marks += [each.encode() for each in sent.values_list("internet_id", flat=True)]
    if not marks:
        return []
    rows = RawMail.objects.filter(mail__conversation=None, mail__message=None, mail__verdict__in=UNPOSTED)
    if since is not None:
        rows = rows.filter(mail__received_at__gte=since)
    head = Substr("raw", 1, HEAD, output_field=BinaryField())
    heads = rows.annotate(head=head).values_list("pk", "head").iterator(chunk_size=200)
    return [key for key, head in heads if any(mark in bytes(head) for mark in marks)]


def forget(topics: Collection[UUID], *, since: datetime | None = None, says: Callable[[str], bool]) -> None:
    """Take what the mails about these topics say; that they came stays.

    What still waits for a person's decision goes only where it `says` what is to be forgotten: its own words stand
    nowhere else.
    """
    mails = IncomingMail.objects.filter(pk__in=about(topics, since=since))
    waiting = mails.filter(verdict=Verdict.REVIEW).values_list("pk", "raw__text", "raw__quoted")
    kept = [key for key, text, quoted in waiting if not says(f"{text or ''}\n{quoted or ''}")]
    forgetting.forget_words(mails.exclude(pk__in=kept))


def forget_own(post: Post) -> None:
    """Take what the mail says that a post came by, if it did."""
    if post.by_mail:
        forgetting.forget_words(IncomingMail.objects.filter(pk=post.client_id))


def rename(topics: Collection[UUID], words: Callable[[str], str]) -> None:
    """Put `words` of their subjects in the subjects' place, and take what those mails say whose subject changed."""
    for mail in IncomingMail.objects.filter(pk__in=about(topics)).order_by("pk"):
        forgetting.rename(mail, words)
