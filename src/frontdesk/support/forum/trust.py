"""Trust levels: reckoned once a day from what a member did, and what was rightly reported of it.

The team names leaders; all other levels are reached by taking part. Nobody sinks for being away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy, gettext_noop
from django.utils.translation import gettext_lazy as _

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Text
from frontdesk.support.forum.models import Expertise, Flag, Member, Post, Subscription
from frontdesk.support.forum.moderating import letters

Level = Member.Level
SWEEP = Actor.system("levels of the community")
BATCH = 500
REMEMBERED = timedelta(days=90)  # for how long what was rightly reported counts
A_LEVEL = 3  # posts of theirs that were rightly reported within that time cost a level
LOWERED = gettext_noop("Several of your posts were rightly reported in the last three months.")
NEEDS_WORDS: dict[str, Text] = {
    "days": _("Days on which you were here"),
    "read": _("Topics read"),
    "posts": _("Posts"),
    "liked": _("Likes received"),
    "accepted": _("Accepted answers"),
    "reports": _("Reports that were right"),
}
NEEDS: dict[int, Mapping[str, int]] = {
    Level.BASIC: {"days": 2, "read": 5, "posts": 1},
    Level.MEMBER: {"days": 15, "read": 20, "posts": 10, "liked": 3},
    Level.REGULAR: {"days": 50, "read": 100, "posts": 50, "liked": 20, "accepted": 3, "reports": 1},
}


@dataclass(frozen=True)
class Record:
    """What counts for a level. Likes and accepted answers are those that `experts` counts."""

    days: int = 0
    read: int = 0
    posts: int = 0
    liked: int = 0
    accepted: int = 0
    reports: int = 0
    reported: int = 0  # posts of theirs, rightly, within REMEMBERED

    def has(self, need: str) -> int:
        """How much of a need of NEEDS."""
        return int(getattr(self, need))


@dataclass(frozen=True)
class Step:
    """One need on the way to a level: what it is called, how much there is, how much is asked for."""

    text: Text
    has: int
    needs: int

    @property
    def is_met(self) -> bool:
        """Whether there is enough."""
        return self.has >= self.needs


def reckon(record: Record, current: int) -> int:
    """The level that a record deserves for somebody who is at `current`."""
    earned = int(Level.NEW)
    for level, needs in NEEDS.items():
        if all(record.has(need) >= least for need, least in needs.items()):
            earned = level
        else:
            break
    lost = record.reported // A_LEVEL
    return max(earned, current) if lost == 0 else min(current, max(int(Level.NEW), earned - lost))


def record_of(member: Member) -> Record:
    """What counts for this member's level."""
    row = _with_record(Member.objects.filter(pk=member.pk)).first()
    return _record(row) if row is not None else Record()


def steps_to(record: Record, level: int) -> list[Step]:
    """What a level asks for, beside what there is; nothing for those that are not reached by taking part."""
    return [Step(NEEDS_WORDS[need], record.has(need), least) for need, least in NEEDS.get(level, {}).items()]


def seen(member: Member) -> None:
    """The member is here today; counts each day once. For pages: one statement, and none when today was counted."""
    today = clock.now().date()
    if member.seen_on != today:
        rows = Member.objects.filter(pk=member.pk).exclude(seen_on=today)
        rows.update(seen_on=today, days_seen=F("days_seen") + 1)
        member.seen_on = today


def sweep() -> int:
    """Reckon everybody's level anew; returns how many have another one. The worker's, once a day."""
    return sum(_settle(member, record) for member, record in _everybody())


def _everybody() -> Iterator[tuple[Member, Record]]:
    rows = Member.objects.filter(level_fixed=False, person__isnull=False).select_related("person")
    for member in _with_record(rows).iterator(chunk_size=BATCH):
        yield member, _record(member)


@transaction.atomic
def _settle(member: Member, record: Record) -> bool:
    new = reckon(record, member.level)
    if record.read != member.topics_read:
        Member.objects.filter(pk=member.pk).update(topics_read=record.read)
    changed = Member.objects.filter(pk=member.pk, level=member.level, level_fixed=False)
    if new == member.level or not changed.update(level=new):
        return False
    action = "member.advanced" if new > member.level else "member.lowered"
    audit.record(
        actor=SWEEP, action=action, subject_type="member", subject=member.pk, person=member.person_id,
        data={"from": member.level, "to": new},
    )  # fmt: skip
    if new < member.level:
        letters.tell(member, action, gettext_lazy(LOWERED))
    return True


def _with_record(rows: QuerySet[Member]) -> QuerySet[Member, Any]:
    since = clock.now() - REMEMBERED
    read = Subscription.objects.filter(member=OuterRef("pk"), topic__isnull=False, last_number__gt=0)
    written = Post.objects.filter(author=OuterRef("pk"), state=Post.State.VISIBLE)
    right = Flag.objects.filter(member=OuterRef("pk"), was_right=True)
    against = Flag.objects.filter(post__author=OuterRef("pk"), was_right=True, decided_at__gt=since)
    thanks = Expertise.objects.filter(member=OuterRef("pk"))
    return rows.annotate(
        did_read=_counted(read, "member", Count("pk")),
        did_post=_counted(written, "author", Count("pk")),
        did_report=_counted(right, "member", Count("pk")),
        was_reported=_counted(against, "post__author", Count("post", distinct=True)),
        was_liked=_counted(thanks, "member", Sum("liked")),
        was_accepted=_counted(thanks, "member", Sum("accepted")),
    )


def _counted(rows: QuerySet[Any], by: str, what: Any) -> Coalesce:
    counted = rows.order_by().values(by).annotate(found=what).values("found")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _record(row: Any) -> Record:
    return Record(
        days=row.days_seen,
        read=max(row.did_read, row.topics_read),
        posts=row.did_post,
        liked=row.was_liked,
        accepted=row.was_accepted,
        reports=row.did_report,
        reported=row.was_reported,
    )
