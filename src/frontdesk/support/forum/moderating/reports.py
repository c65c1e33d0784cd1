"""What becomes of reports once a moderator has looked: closed, and those who made them hear of it."""

from frontdesk.core import clock
from frontdesk.support.forum.models import Post
from frontdesk.support.forum.moderating import letters

ANSWERS = {True: "flag.right", False: "flag.wrong", None: "flag.neutral"}


def close(post: Post, *, was_right: bool | None, why: str) -> int:
    """Close the open reports of a post of a locked topic; returns how many. None: neither right nor wrong.

    Who made one gets a mail with the moderator's reason.
    """
    found = list(post.flags.filter(decided_at=None).select_related("member__person").order_by("created_at"))
    post.flags.filter(pk__in=[each.pk for each in found]).update(decided_at=clock.now(), was_right=was_right)
    for each in found:
        letters.tell(each.member, ANSWERS[was_right], why, topic=post.topic)
    return len(found)
