"""How much each level takes in a minute and a day. Counted in the database, so that two at once cannot pass."""

from dataclasses import dataclass
from uuid import UUID

from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import rights
from frontdesk.support.forum.models import Member
from frontdesk.support.forum.order_errors import PostingTooFast

DAY = 86_400
MINUTE = 60


@dataclass(frozen=True)
class Limits:
    """Per day, but for `a_minute` (everything one does) and what one post may hold."""

    topics: int
    posts: int
    likes: int
    flags: int
    edits: int
    a_minute: int
    mentions: int
    links: int


LIMITS: dict[int, Limits] = {
    Member.Level.NEW: Limits(3, 10, 20, 5, 20, 4, mentions=2, links=2),
    Member.Level.BASIC: Limits(10, 50, 60, 15, 60, 8, mentions=5, links=4),
    Member.Level.MEMBER: Limits(20, 150, 150, 30, 150, 12, mentions=8, links=10),
    Member.Level.REGULAR: Limits(40, 300, 300, 60, 300, 20, mentions=10, links=20),
    Member.Level.LEADER: Limits(60, 600, 600, 200, 600, 30, mentions=10, links=30),
}
LETTERS = Limit("forum letters day", 10, DAY)  # that one member's decisions about one thing send
TEAM = Limits(1_000, 5_000, 5_000, 5_000, 5_000, 120, mentions=50, links=100)


def limits_of(member: Member) -> Limits:
    """Those of the member's level; the team has its own."""
    return TEAM if rights.is_staff(member) else LIMITS[member.level]


def count(member: Member, what: str) -> None:
    """Count one "topic", "post", "like", "flag" or "edit". Raises PostingTooFast with `retry_after`, in seconds.

    Call it before the topic's row is locked, and only for what is new (not for a `client_id` that came before). It
    counts in the caller's transaction: what is rolled back was not done.
    """
    limits = limits_of(member)
    _reserve(Limit("forum minute", limits.a_minute, MINUTE), str(member.pk))
    _reserve(Limit(f"forum {what} day", getattr(limits, f"{what}s"), DAY), str(member.pk))


def count_decision(by: Member) -> None:
    """Count what a member decides about a topic as an edit; the team's decisions are many. As `count`."""
    if not rights.is_staff(by):
        count(by, "edit")


def count_letter(by: Member, about: UUID) -> None:
    """Count a mail that a member's decision about one thing is about to send, which nobody can turn off. Raises
    PostingTooFast: nobody goes to and fro to fill a mailbox."""
    if not rights.is_staff(by):
        _reserve(LETTERS, f"{by.pk} {about}")


def _reserve(limit: Limit, subject: str) -> None:
    try:
        throttle.reserve(limit, subject)
    except TooManyAttempts as full:
        raise PostingTooFast(**full.members) from None
