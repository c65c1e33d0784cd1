"""The history of posts: what stood there before it was changed."""

from frontdesk.core import clock
from frontdesk.support.forum import adding, wording
from frontdesk.support.forum.models import Member, Post, Revision, Topic

State = Post.State
LONGEST_REASON = 200
LOOKED_AT = {"flags", "asked_again"}  # reasons to wait of what was seen, and should not be any more


def keep(topic: Topic, post: Post, editor: Member, reason: str) -> None:
    """What stands there becomes a part of the history, before it is changed. What a moderator or reports hid does not
    come back by it, however often it was edited before."""
    if post.state == State.HIDDEN or post.waits_for in LOOKED_AT:
        post.revisions.update(was_seen=False)
    Revision.objects.create(
        post=post,
        text=post.text,
        title=topic.title if post.number == adding.first_number(topic) else "",
        editor=editor,
        reason=wording.line_of(reason)[:LONGEST_REASON],
        until=clock.now(),
        was_seen=post.state == State.VISIBLE,
    )
