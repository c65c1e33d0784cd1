"""The digest: the best of what came since the last one, where there is anything new for somebody.

`Member.digest_at` says when the next is due (business time) and moves in the transaction that writes the mail, so that
a crash leaves both or neither. After a long while there is one digest, not one for each period that passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from frontdesk.accounts.messages import sending
from frontdesk.core import clock
from frontdesk.support.forum import selectors
from frontdesk.support.forum.models import Member, NewsMail, Post, Subscription, Topic
from frontdesk.support.forum.notifying import heads, letters, links, reaching

BEST = 8
QUESTIONS = 3
LOOKED_AT = 200  # topics with the newest posts, of which the best are chosen
LIKE, SOLVED = 3, 5  # what a like and an accepted answer weigh against a post
ASKED_WITHIN = timedelta(days=14)
LONGEST = timedelta(days=31)
AGAIN = timedelta(hours=1)  # after one that could not be written
log = structlog.get_logger(__name__)
Follow = Subscription.Kind


@dataclass(frozen=True)
class Line:
    """A topic in the digest."""

    topic: Topic
    url: str
    posts: int


def due() -> QuerySet[Member]:
    """Who gets a digest, the next first: of those who take part, not of everybody who once looked in."""
    rows = Member.objects.filter(digest_at__isnull=False, digest_days__gt=0, person__is_active=True)
    rows = rows.filter(mails_nothing=False)
    rows = rows.exclude(agreed_at=None)
    return rows.order_by("digest_at")


def next_moment() -> datetime | None:
    """When the next digest is due."""
    return due().values_list("digest_at", flat=True).first()


def send_due(*, limit: int = 1_000) -> int:
    """Write what is due; returns how many members were looked at. The worker's sweep."""
    looked = 0
    while looked < limit and _next():
        looked += 1
    return looked


@transaction.atomic
def _next() -> bool:
    now = clock.now()
    free = due().select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("person")
    member = free.filter(digest_at__lte=now).first()
    if member is None or member.digest_at is None:
        return False
    every = timedelta(days=member.digest_days)
    try:
        with transaction.atomic():
            _write(member, since=max(member.digest_at - every, now - LONGEST))
        # On the hour: many members' digests come together, and the time between two is never longer than they chose.
        after = (now + every).replace(minute=0, second=0, microsecond=0)
    except Exception as error:  # noqa: BLE001 - one member must not hold up the others
        log.error("digest_not_written", member=str(member.pk), error=type(error).__name__)
        after = now + AGAIN
    Member.objects.filter(pk=member.pk).update(digest_at=after)
    return True


def _write(member: Member, *, since: datetime) -> None:
    if member.person is None or not reaching.reaches(member):
        return
    best, questions = _held(best_for(member, since=since), questions_for(member))
    if not (best or questions):
        return
    now = clock.real_now()
    mail = NewsMail.objects.create(member=member, internet_id=heads.new_id(), sent_at=now)
    context = {"best": best, "questions": questions, "since": since, "quiet": links.to_quiet(mail.pk),
               "action_url": links.absolute("/community/")}  # fmt: skip
    kept = sending.send_mail(to=member.person, template="forum/digest", context=context)
    mail.account_message = kept.pk
    mail.save(update_fields=["account_message"])


def _held(*parts: Sequence[Line]) -> list[list[Line]]:
    """The lines whose topics are still called so, and will be until the digest is written. What somebody is changing
    just now is left out: they have the topic, and may be about to wait for this member."""
    rows = Topic.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    asked = {line.topic.pk for part in parts for line in part}
    titles = dict(rows.filter(pk__in=asked).order_by("pk").values_list("pk", "title"))
    return [[line for line in part if titles.get(line.topic.pk) == line.topic.title] for part in parts]


def _readable(member: Member) -> QuerySet[Topic]:
    """Topics they may read and have muted neither themselves nor their category."""
    chosen = Subscription.objects.filter(member=member)
    quiet = chosen.filter(kind=Follow.MUTED)
    rows = selectors.topics(selectors.reader_for(member))
    return rows.exclude(pk__in=quiet.filter(topic__isnull=False).values("topic")).exclude(
        category__in=quiet.filter(category__isnull=False).values("category")
    )


def best_for(member: Member, *, since: datetime) -> list[Line]:
    """What was talked about most, and liked, since then; without what they have read or written all of."""
    read = Subscription.objects.filter(member=member, topic__isnull=False, last_number__gte=F("topic__last_number"))
    rows = _readable(member).filter(last_post_at__gte=since).exclude(pk__in=read.values("topic"))
    latest = list(rows.order_by("-last_post_at").values_list("pk", flat=True)[:LOOKED_AT])
    fresh = Q(posts__state=Post.State.VISIBLE, posts__created_at__gte=since) & ~Q(posts__author=member)
    counted = Topic.objects.filter(pk__in=latest).annotate(
        fresh=Count("posts", filter=fresh), likes=Coalesce(Sum("posts__like_count", filter=fresh), 0)
    )
    topics = list(counted.filter(fresh__gt=0).select_related("category"))
    topics.sort(key=lambda one: (_weight(one, since), one.last_post_at), reverse=True)
    return _lines(topics[:BEST])


def _weight(topic: Topic, since: datetime) -> int:
    counted: dict[str, int] = vars(topic)  # the annotations
    solved = SOLVED if topic.solved_at and topic.solved_at >= since else 0
    return counted["fresh"] + LIKE * counted["likes"] + solved


def questions_for(member: Member) -> list[Line]:
    """What nobody has answered yet, in their language, for those whose answers were accepted before."""
    if member.accepted_count == 0 or member.person is None:
        return []
    rows = _readable(member).filter(unanswered_since__gte=clock.now() - ASKED_WITHIN, locked_at=None)
    rows = rows.filter(language__in=["", member.person.language]) if member.person.language else rows
    return _lines(list(rows.exclude(author=member).order_by("unanswered_since").select_related("category")[:QUESTIONS]))


def _lines(topics: Sequence[Topic]) -> list[Line]:
    return [
        Line(topic, links.absolute(letters.path_of(topic)), getattr(topic, "fresh", topic.post_count))
        for topic in topics
    ]
