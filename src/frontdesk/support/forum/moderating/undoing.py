"""Taking a decision back, while it is the last one about its subject."""

from collections.abc import Callable

from frontdesk.support.forum.models import Decision, Member
from frontdesk.support.forum.moderating import deciding, people, posts, profiles, topics

Undo = Callable[[Member, Decision, str], bool]


def _post(verb: Callable[..., bool]) -> Undo:
    return lambda by, it, why: it.post is not None and verb(by=by, post=it.post, reason=why)


def _topic(verb: Callable[..., bool], **values: bool) -> Undo:
    return lambda by, it, why: it.topic is not None and verb(by=by, topic=it.topic, reason=why, **values)


def _member(verb: Callable[..., bool]) -> Undo:
    return lambda by, it, why: it.member is not None and verb(by=by, member=it.member, reason=why)


UNDO: dict[str, Undo] = {
    "post.hidden": _post(posts.show),
    "post.shown": _post(posts.hide),
    "topic.locked": _topic(topics.lock, locked=False),
    "topic.unlocked": _topic(topics.lock, locked=True),
    "topic.pinned": _topic(topics.pin, pinned=False),
    "topic.unpinned": _topic(topics.pin, pinned=True),
    "member.silenced": _member(people.unsilence),
    "member.cleared": _member(profiles.restore_profile),
}


def is_undoable(decision: Decision) -> bool:
    """Whether it can be taken back with one press."""
    return decision.what in UNDO


def undo(*, by: Member, decision: Decision, reason: str) -> bool:
    """Take a decision back; False when it is not in force any more.

    Raises DecidedMeanwhile when there was another one since, and what the verb raises.
    """
    subject = decision.post or decision.topic or decision.member
    last = deciding.latest(subject) if subject is not None else None
    if last is not None and last.pk != decision.pk:
        raise deciding.meanwhile(last)
    return UNDO[decision.what](by, decision, reason) if is_undoable(decision) else False
