"""What becomes of reports once a moderator has looked: closed, and those who made them hear of it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from frontdesk.core import clock
from frontdesk.core.reasons import Text
from frontdesk.support.forum.models import Flag, Member, Post, Topic
from frontdesk.support.forum.moderating import letters

ANSWERS = {True: "flag.right", False: "flag.wrong", None: "flag.neutral"}
GONE = "flag.gone"  # for a post that its author took away
OF_PROFILES = {True: "profile.right", False: "profile.wrong", None: "profile.neutral"}
PROFILE_GONE = "profile.gone"  # for the profile of somebody who left


def close(post: Post, *, was_right: bool | None, why: str, answer: str = "") -> list[Flag]:
    """Close the open reports of a post of a locked topic; returns them. None: neither right nor wrong.

    Who made one gets a mail with the moderator's reason: `answer`, or that of ANSWERS.
    """
    return _close(post.flags.all(), was_right, why, answer or ANSWERS[was_right], post.topic)


def close_profile(member: Member, *, was_right: bool | None, why: Text, answer: str = "") -> list[Flag]:
    """The same for the profile of a locked member."""
    return _close(member.reports.all(), was_right, why, answer or OF_PROFILES[was_right])


def _close(
    rows: QuerySet[Flag], was_right: bool | None, why: Text, answer: str, topic: Topic | None = None
) -> list[Flag]:
    found = list(rows.filter(decided_at=None).select_related("member__person").order_by("created_at"))
    rows.filter(pk__in=[each.pk for each in found]).update(decided_at=clock.now(), was_right=was_right)
    for each in found:
        letters.tell(each.member, answer, why, topic=topic)
    return found


def take_back(flags: Iterable[str]) -> None:
    """These were said to be right about what is shown again: they were neither right nor wrong."""
    Flag.objects.filter(pk__in=list(flags), was_right=True).update(was_right=None)
