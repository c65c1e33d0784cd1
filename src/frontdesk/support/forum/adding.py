"""What all verbs are made of: the locked topic, its next post, what is kept beside a text. No rights are asked here."""

from uuid import UUID

from django.db import connection, transaction

from frontdesk.core import clock, events
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import counting, members, pictures, quotations, rendering, searching, wording
from frontdesk.support.forum.errors import PostedAlready, PostRefused
from frontdesk.support.forum.events import AnswerUnaccepted, Change, PostChanged
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.rendering import Contents

State = Post.State
UNSEEN = {State.WAITING, State.HIDDEN}
CHANGES = {
    State.VISIBLE: Change.SHOWN,
    State.WAITING: Change.WAITING,
    State.HIDDEN: Change.HIDDEN,
    State.DELETED: Change.DELETED,
}


def lock(topic: Topic) -> Topic:
    """The topic's row, fresh and locked; of a merged one that of where it went.

    The lock of a merged row is given back at once (with its savepoint), so that nobody holds one row while they wait
    for another: who needs two takes them in the order of their ids (`lock_both`).
    """
    wanted = topic.pk
    while True:
        with transaction.atomic():
            row = Topic.objects.select_for_update(of=("self",)).select_related("category", "author").get(pk=wanted)
            if row.merged_into_id is None:
                return row
            transaction.set_rollback(True)
        wanted = row.merged_into_id


def lock_at(post: Post) -> tuple[Topic, Post]:
    """The topic in which a post stands, locked, and the post, fresh: wherever it is moved while the lock is waited for.

    The lock of a topic that it left is given back before the next one is waited for, as `lock` does. Raises NotFound.
    """
    wanted = post.topic
    while True:
        with transaction.atomic():
            topic = lock(wanted)
            current = Post.objects.select_related("author__person", "topic").filter(pk=post.pk).first()
            if current is None:
                raise NotFound
            if current.topic_id == topic.pk:
                current.topic = topic
                return topic, current
            transaction.set_rollback(True)
        wanted = current.topic


def lock_both(one: Topic, other: Topic) -> tuple[Topic, Topic]:
    """Two topics' rows, fresh and locked, merged or not; in the order that they were given."""
    ids = sorted({one.pk, other.pk})
    rows = Topic.objects.select_for_update(of=("self",)).select_related("category", "author")
    found = {pk: rows.get(pk=pk) for pk in ids}
    return found[one.pk], found[other.pk]


def one_at_a_time(member: Member, *, writes: str = "") -> None:
    """Till the transaction ends, nothing else is written by this member: two of one form see each other, and counts of
    what somebody wrote lately are exact. Nor is what they quote in `writes` deleted for good meanwhile. Always taken
    before a topic's lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"forum member {member.pk}"])
    quotations.hold(writes)


def posted_before(member: Member, client_id: UUID, text: str) -> Post | None:
    """What stands there under the sender's own number. Raises PostedAlready when it is something else."""
    found = Post.objects.select_related("topic").filter(author=member, client_id=client_id).first()
    if found is None or found.edit_count:
        return found
    if found.text.split() != text.split():
        raise PostedAlready(post=str(found.pk))
    return found


def examined(text: str) -> tuple[str, Contents]:
    """A text as it is kept, and what it holds. Raises PostRefused for what nobody may write."""
    kept = wording.text_of(text)
    contents = rendering.contents_of(kept)
    for what, count, most in (
        ("links", len(contents.links), wording.MOST_LINKS),
        ("mentions", len(contents.handles), wording.MOST_MENTIONS),
        ("pictures", len(contents.pictures), wording.MOST_PICTURES),
        ("quotations", quotations.count_in(kept), wording.MOST_QUOTED),
    ):
        if count > most:
            raise PostRefused(why=what, most=most)
    return kept, contents


def add(
    topic: Topic,
    member: Member,
    text: str,
    contents: Contents,
    *,
    client_id: UUID,
    waits_for: str = "",
    answers: Post | None = None,
    by_mail: bool = False,
) -> Post:
    """Add a post with the next number to the locked topic, with its pictures and its words for the search."""
    topic.last_number += 1
    topic.save(update_fields=["last_number"])
    post = Post(
        topic=topic,
        number=topic.last_number,
        author=member,
        client_id=client_id,
        state=State.WAITING if waits_for else State.VISIBLE,
        waits_for=waits_for[:40],
        is_official=members.is_of_team(member),
        answers=answers,
        created_at=clock.now(),
        by_mail=by_mail,
    )
    fill(post, text, contents)
    post.save(force_insert=True)
    pictures.bind(post, contents.pictures)
    searching.enter(post, topic)
    if not waits_for:
        counting.added(topic, post)
    return post


def fill(post: Post, text: str, contents: Contents) -> None:
    """Put a text into a post, with what is made of it; the caller saves it. A quotation of what was deleted for good
    meanwhile loses its words."""
    kept = quotations.without_forgotten(text)
    if kept != text:
        text, contents = kept, rendering.contents_of(kept)
    known = members.handles_among(set(contents.handles))
    post.text, post.mentions = text, sorted(known)
    post.html = rendering.to_html(text, handles=known)


def set_state(topic: Topic, post: Post, state: State) -> bool:
    """Let a post of the locked topic be seen, wait, be hidden or deleted; False when it is so already.

    A topic is seen as long as its first post is, or as others have replied to what its author deleted while it was
    seen; what waited or was hidden does not bring it back by being deleted, unless its words are gone for good.
    """
    if post.state == state:
        return False
    accepted, was_unseen = topic.accepted_id, post.state in UNSEEN and bool(post.text)
    is_first = post.number == first_number(topic)
    post.state, post.waits_for = state, post.waits_for if state == State.WAITING else ""
    _keep_solution(topic, post, may_solve=topic.category.asks and not is_first)
    post.save(update_fields=["state", "waits_for", "solved_at"])
    if is_first:
        _hide_with_first(topic, state, was_unseen=was_unseen)
    counting.settle(topic)
    counting.settle_members([post.author_id])
    if accepted and topic.accepted_id is None:
        events.publish(AnswerUnaccepted(topic.pk, accepted))
    events.publish(PostChanged(topic.pk, post.pk, CHANGES[state]))
    return True


def _keep_solution(topic: Topic, post: Post, *, may_solve: bool) -> None:
    """The accepted answer solves nothing while it is not seen, and does again once it is, unless another did meanwhile
    or it was moved to where it answers nothing."""
    if post.state in UNSEEN:
        post.solved_at = topic.solved_at if topic.accepted_id == post.pk else post.solved_at
        return
    if may_solve and post.state == State.VISIBLE and post.solved_at and topic.accepted_id is None:
        topic.accepted, topic.solved_at = post, post.solved_at
    post.solved_at = None


def first_number(topic: Topic) -> int | None:
    """The number of the topic's first post: 1, unless posts were moved."""
    return Post.objects.filter(topic=topic).order_by("number").values_list("number", flat=True).first()


def _hide_with_first(topic: Topic, state: State, *, was_unseen: bool) -> None:
    others = Post.objects.filter(topic=topic, state=State.VISIBLE).exclude(author=topic.author_id)
    is_seen = state == State.VISIBLE or (state == State.DELETED and not was_unseen and others.exists())
    topic.hidden_at = None if is_seen else (topic.hidden_at or clock.now())
    topic.save(update_fields=["hidden_at"])
