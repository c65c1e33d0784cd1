"""What becomes of reports once a moderator has looked: closed, and those who made them hear of it."""

from collections.abc import Iterable

from frontdesk.core import clock
from frontdesk.support.forum.models import Flag, Post
from frontdesk.support.forum.moderating import letters

ANSWERS = {True: "flag.right", False: "flag.wrong", None: "flag.neutral"}
GONE = "flag.gone"  # for a post that its author took away


def close(post: Post, *, was_right: bool | None, why: str, answer: str = "") -> list[Flag]:
    """Close the open reports of a post of a locked topic; returns them. None: neither right nor wrong.

    Who made one gets a mail with the moderator's reason: `answer`, or that of ANSWERS.
    """
    found = list(post.flags.filter(decided_at=None).select_related("member__person").order_by("created_at"))
    post.flags.filter(pk__in=[each.pk for each in found]).update(decided_at=clock.now(), was_right=was_right)
    for each in found:
        letters.tell(each.member, answer or ANSWERS[was_right], why, topic=post.topic)
    return found


def take_back(flags: Iterable[str]) -> None:
    """These were said to be right about a post that is shown again: they were neither right nor wrong."""
    Flag.objects.filter(pk__in=list(flags), was_right=True).update(was_right=None)
