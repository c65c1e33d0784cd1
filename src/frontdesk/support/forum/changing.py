"""Changing what stands there: edits with their history, deleting one's own."""

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.core import clock, events
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, holding, members, pictures, revising, rights, searching, selectors, wording
from frontdesk.support.forum.actors import note
from frontdesk.support.forum.errors import PostEditedMeanwhile, TopicLocked
from frontdesk.support.forum.events import Change, PostChanged
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.order_errors import NotAllowed
from frontdesk.support.forum.rendering import Contents

State = Post.State


@transaction.atomic
def edit(*, member: Member, post: Post, text: str, title: str = "", reason: str = "", seen: int | None = None) -> Post:
    """Let a post say something else; what it said is kept. `title` renames the topic by its first post.

    `seen`: the post's `edit_count` when the form was opened; another one raises PostEditedMeanwhile, and nothing is
    changed. An edit that changes nothing is none. Whoever changes what somebody else wrote says why, and its author
    hears of it. Raises NotFound, TopicLocked, NotAllowed, PostRefused, ReasonMissing.
    """
    members.require_name(member)
    body, contents = adding.examined(text)
    subject = wording.title_of(title) if title else ""
    adding.one_at_a_time(member, writes=body)
    holding.count(member, "edit")
    topic, current = locked(member, post)
    rights.may(member, "edit", current).require()
    if current.state == Post.State.DELETED:  # also for the team: nobody would see what they write there
        raise NotFound
    if seen is not None and seen != current.edit_count:
        raise PostEditedMeanwhile(edit_count=current.edit_count)
    if current.author_id != member.pk:
        reason = deciding.require(member, "edit", current, reason)
    return put(member, topic, current, body, contents, subject=subject, reason=reason)


def put(
    member: Member, topic: Topic, current: Post, body: str, contents: Contents, *, subject: str = "", reason: str = ""
) -> Post:
    """Put an examined text into a post of the locked topic, for verbs that have asked for rights and counted."""
    renames = subject and current.number == adding.first_number(topic) and subject != topic.title
    if current.text == body and not renames:
        return current
    revising.keep(topic, current, member, reason)
    if renames:
        topic.title, topic.slug = subject, wording.slug_of(subject)
        topic.save(update_fields=["title", "slug"])
    adding.fill(current, body, contents)
    current.edited_at, current.edit_count = clock.now(), current.edit_count + 1
    current.save(update_fields=["text", "html", "mentions", "edited_at", "edit_count"])
    pictures.bind(current, contents.pictures)
    searching.enter(current, topic)
    if current.author_id == member.pk:
        note(member, "post.edited", topic, {"post": current.number})
    else:
        deciding.decide(member, "post.rewritten", reason, About(topic, current), tell=current.author)
    events.publish(PostChanged(topic.pk, current.pk, Change.EDITED))
    _hold_if_needed(member, topic, current, contents, beside=(subject if renames else "", reason))
    return current


def _hold_if_needed(member: Member, topic: Topic, post: Post, contents: Contents, *, beside: tuple[str, str]) -> None:
    """What somebody writes into a post that is seen already, its title and the reason for an edit (`beside`) is looked
    at by the same rules as a new one."""
    if post.state != State.VISIBLE or post.author_id != member.pk:
        return
    if waits_for := holding.reason_to_wait(member, post.text, contents, title="\n".join(beside), edits=post):
        post.waits_for = waits_for[:40]
        adding.set_state(topic, post, State.WAITING)


@transaction.atomic
def delete(*, member: Member, post: Post) -> bool:
    """Take one's own post away: its place stays, and what others quoted of it. False when it was done already.

    Raises NotFound, TopicLocked, NotAllowed for a post of somebody else's.
    """
    adding.one_at_a_time(member)
    topic, current = locked(member, post)
    rights.may(member, "delete", current).require()
    if current.author_id != member.pk:
        raise NotAllowed(why=_("You can delete only what you wrote."))
    if not adding.set_state(topic, current, State.DELETED):
        return False
    note(member, "post.deleted", topic, {"post": current.number})
    return True


def locked(member: Member, post: Post) -> tuple[Topic, Post]:
    """The post and its topic, fresh and locked, wherever it was moved meanwhile. Raises NotFound and TopicLocked."""
    topic, current = adding.lock_at(post)
    reader = selectors.require_readable(member, topic)
    if not selectors.sees(reader, current):
        raise NotFound
    if topic.locked_at is not None and not reader.is_moderator:
        raise TopicLocked
    if not selectors.reads_words(reader, current):
        raise NotFound
    return topic, current
