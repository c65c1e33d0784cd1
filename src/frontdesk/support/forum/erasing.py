"""Erasing somebody: what they wrote stays as part of what others read, under "former member", with nobody's name in it.

What they were called is blackened in their own posts, and as far as it means only them (`forum.blackening`) in those of
the topics they took part in and wherever somebody mentions them; mails that others got about it lose it as well. What
they follow, like, flagged and were told is gone. Posts that they deleted lose their words. Rows are changed in the
order of topics and posts.
"""

from collections.abc import Collection
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.events import PersonLeaves
from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core.personal import Traces
from frontdesk.support.forum import blackening, came, claiming, counting, entries, names, rendering, searching, titles
from frontdesk.support.forum.blackening import GONE, Words
from frontdesk.support.forum.models import (
    Decision,
    Duplicate,
    EditLock,
    Expertise,
    Flag,
    FormerHandle,
    Member,
    News,
    NewsMail,
    Picture,
    Post,
    Reaction,
    Revision,
    Subscription,
    Topic,
    Trace,
)
from frontdesk.support.forum.moderating import reports

COVERS = tuple(
    f"forum.{name}"
    for name in (
        "Member", "FormerHandle", "Topic", "Post", "Revision", "Reaction", "Flag", "Decision", "Subscription", "News",
        "NewsMail", "Picture", "EditLock", "Trace", "Duplicate", "Expertise",
    )
)  # fmt: skip
FORMER = names.FORMER


def lock(event: PersonLeaves) -> None:
    """Take the rows that the erasure will change, in the order in which everybody takes them: the mails that came, all
    topics by their ids, then members. Before the conversations that topics became, as whoever replies there does."""
    person = Person.objects.filter(pk=event.person).first()
    if person is None:
        return
    members = _members(traces_of(person))
    topics = set[UUID]()
    for each in members:
        topics.update(blackening.near(each, blackening.handles_of(each)).values_list("topic", flat=True))
        topics.update(Reaction.objects.filter(member=each).values_list("post__topic", flat=True))
    came.hold(topics)
    list(Topic.objects.select_for_update(of=("self",)).filter(pk__in=topics).order_by("pk").values_list("pk"))
    keys = [each.pk for each in members]
    list(Member.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _members(traces: Traces) -> list[Member]:
    return list((Member.objects.filter(person=traces.person) | blackening.unclaimed(traces)).order_by("pk"))


def erase(traces: Traces) -> None:
    """One person's part of the community, and what waits from another forum for an address of theirs."""
    Decision.objects.filter(by=traces.person).update(by=None)
    EditLock.objects.filter(by=traces.person).update(by=None)
    members = _members(traces)
    called = {each.pk: blackening.words_of(each, traces) for each in members}
    for found in members:
        _erase(found, called[found.pk])


def _erase(found: Member, words: Words) -> None:
    member = Member.objects.get(pk=found.pk)
    _forget_deleted(member)
    _blacken_letters(member, words)
    _forget_what_came(member, words)
    changed = _blacken_posts(blackening.near(member, words.handles), member, words)
    _forget_what_is_theirs(member, words)
    _become_former(member)
    solved = Topic.objects.filter(posts__author=member).exclude(accepted=None).values_list("pk", flat=True)
    for topic in Topic.objects.filter(pk__in={*changed, *solved}).order_by("number"):
        entries.follow(topic.pk)


def _blacken_posts(posts: QuerySet[Post], member: Member, words: Words) -> set[UUID]:
    """Returns the topics of which something reads otherwise now."""
    renamed, changed = set[UUID](), set[UUID]()
    for topic in Topic.objects.filter(pk__in=set(posts.values_list("topic", flat=True))).order_by("pk"):
        title = _said_by(topic.author_id == member.pk, words, topic.title)
        if title != topic.title:
            titles.replace(topic, {topic.title: title})  # others' digests name it, too
            renamed.add(topic.pk)
    keys = list(posts.order_by("topic", "number").values_list("pk", flat=True))
    for post in Post.objects.filter(pk__in=keys).select_related("topic").iterator(chunk_size=500):
        mentions = [each for each in post.mentions if each not in words.handles]
        text = _said_by(post.author_id == member.pk, words, post.text)
        is_changed = (text, mentions) != (post.text, post.mentions)
        if is_changed:
            post.text, post.mentions = text, mentions
            post.html = rendering.to_html(text, handles=mentions) if post.html else ""
            post.save(update_fields=["text", "html", "mentions"])
            changed.add(post.topic_id)
        if is_changed or post.topic_id in renamed:
            searching.enter(post, post.topic)
    _blacken_revisions(keys, words)
    return changed | renamed


def _blacken_revisions(posts: Collection[UUID], words: Words) -> None:
    """What others' posts said before; what their own did is gone."""
    for revision in Revision.objects.filter(post__in=posts):
        said = {name: words.from_others(getattr(revision, name)) for name in ("text", "title", "reason")}
        if any(getattr(revision, name) != text for name, text in said.items()):
            Revision.objects.filter(pk=revision.pk).update(**said)


def _said_by(is_theirs: bool, words: Words, text: str) -> str:
    return words.from_own(text) if is_theirs else words.from_others(text)


def _forget_deleted(member: Member) -> None:
    """What they deleted themselves goes with its words and pictures, and what their posts said and showed before."""
    gone = Post.objects.filter(author=member, state=Post.State.DELETED)
    _forget_pictures(Picture.objects.filter(Q(post__in=gone) | Q(uploaded_by=member, post=None)))
    gone.exclude(text="").update(text=GONE, html="", mentions=[], search=None)  # "": it was deleted for good
    Revision.objects.filter(post__author=member).delete()
    bound = Picture.objects.filter(post__author=member).select_related("post")
    _forget_pictures(
        Picture.objects.filter(pk__in=[each.pk for each in bound if each.post and each.name not in each.post.text])
    )
    Revision.objects.filter(editor=member).update(editor=None)


def _forget_pictures(rows: QuerySet[Picture]) -> None:
    """Files first, as every eraser does: a failure later brings the rows back, and the next try finds them again."""
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for picture in held:
        default_storage.delete(picture.file)
    Picture.objects.filter(pk__in=[each.pk for each in held]).delete()


def _blacken_letters(member: Member, words: Words) -> None:
    """Mails that others got about what they wrote, or about topics in which they did."""
    topics = Topic.objects.filter(Q(author=member) | Q(posts__author=member)).values("pk")
    near = Q(topic__in=topics) | Q(news__post__author=member) | Q(topic=None)
    mails = NewsMail.objects.filter(near, account_message__isnull=False).exclude(member=member)
    theirs = set(mails.filter(news__post__author=member).values_list("account_message", flat=True))
    headed = set(mails.filter(topic__author=member).values_list("account_message", flat=True))
    letters = Letter.objects.filter(pk__in=set(mails.values_list("account_message", flat=True)))
    for letter in letters.order_by("pk").iterator(chunk_size=500):
        is_told = letter.pk in theirs
        told = {
            "subject": words.from_mail(letter.subject, tells_theirs=is_told or letter.pk in headed),
            "text": words.from_mail(letter.text, tells_theirs=is_told),
            "html": words.from_html(letter.html, tells_theirs=is_told),
        }
        if any(getattr(letter, name) != text for name, text in told.items()):
            Letter.objects.filter(pk=letter.pk).update(**told)


def _forget_what_came(member: Member, words: Words) -> None:
    """Mails that others answered with, in topics in which they wrote: their words are quoted below."""
    wrote = Post.objects.filter(author=member)
    topics = {*wrote.values_list("topic", flat=True), *wrote.exclude(moved=None).values_list("moved__topic", flat=True)}
    came.forget(topics, says=lambda text: words.from_others(text) != text)


def _forget_what_is_theirs(member: Member, words: Words) -> None:
    liked = list(Post.objects.filter(reactions__member=member).order_by("pk"))
    Reaction.objects.filter(member=member).delete()
    for post in liked:
        counting.settle_likes(post)
    counting.settle_members({post.author_id for post in liked})
    Flag.objects.filter(member=member).delete()
    reports.close_profile(member, was_right=None, why=_("The account is gone."), answer=reports.PROFILE_GONE)
    for flag in Flag.objects.filter(Q(post__author=member) | Q(profile=member)):
        Flag.objects.filter(pk=flag.pk).update(words=words.from_others(flag.words))
    for decision in Decision.objects.filter(about(Member.objects.filter(pk=member.pk))).distinct():
        Decision.objects.filter(pk=decision.pk).update(reason=words.from_others(decision.reason), data={})
    for decision in Decision.objects.filter(topic__author=member):
        Decision.objects.filter(pk=decision.pk).update(reason=words.from_others(decision.reason))
    Trace.objects.filter(kind=Trace.Kind.MENTION, key=member.handle).delete()
    Duplicate.objects.filter(by=member).update(by=None)
    for model in (Subscription, News, NewsMail, FormerHandle, Trace, Expertise):
        model.objects.filter(member=member).delete()


def about(members: QuerySet[Member]) -> Q:
    """Decisions about these: themselves, a post of theirs, or a whole topic that they began."""
    of_topic = Q(topic__author__in=members, post=None, member=None)
    return Q(member__in=members) | Q(post__author__in=members) | of_topic


def _become_former(member: Member) -> None:
    """A number stands where the name was: who reads an old topic still sees who speaks with whom."""
    member.person, member.handle, member.name, member.about = None, f"{FORMER}{_next_number()}", "", ""
    member.digest_at, member.digest_days, member.mails_mentions = None, 0, False
    member.mails_nothing, member.reached_from = False, None
    if member.external_id:
        member.erased_hash = claiming.mark_of_outside(member.external_id)
    member.external_id, member.claim_address_hash, member.seen_on = "", None, None
    member.save()


def _next_number() -> int:
    """One more than the highest of those who left, and nobody's handle; two who leave at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('forum former members'))")
        cursor.execute(
            "select coalesce(max(substr(handle, %s)::bigint), 0) + 1 from forum_member"
            " where person_id is null and name = '' and handle ~ %s",
            [len(FORMER) + 1, f"^{FORMER}[0-9]{{1,12}}$"],
        )
        number = int(cursor.fetchone()[0])
    while names.is_held(f"{FORMER}{number}"):  # from before such handles were kept for who left
        number += 1
    return number
