"""Erasing somebody: what they wrote stays as part of what others read, under "former member", with nobody's name in it.

Their name, handle and addresses are blackened in their own posts, in those of the topics they took part in, and
wherever somebody mentions them; mails that others got about it lose them as well. What they follow, like, flagged and
were told is gone. Posts that they deleted lose their words. Rows are changed in the order of topics and posts.
"""

import re
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import F, Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.core.personal import Traces
from frontdesk.support.forum import entries, searching
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

COVERS = tuple(
    f"forum.{name}"
    for name in (
        "Member", "FormerHandle", "Topic", "Post", "Revision", "Reaction", "Flag", "Decision", "Subscription", "News",
        "NewsMail", "Picture", "EditLock", "Trace", "Duplicate", "Expertise",
    )
)  # fmt: skip
GONE = "…"
FORMER = "former-"


def erase(traces: Traces) -> None:
    """One person's part of the community."""
    Decision.objects.filter(by=traces.person).update(by=None)
    EditLock.objects.filter(by=traces.person).update(by=None)
    found = Member.objects.filter(person=traces.person).first()
    if found is None:
        return
    _lock_topics(found)
    member = Member.objects.select_for_update().get(pk=found.pk)
    pattern = pattern_of(member, traces)
    handles = [member.handle, *member.former_handles.values_list("handle", flat=True)]
    _forget_deleted(member)
    _blacken_letters(member, pattern)
    _blacken_posts(_near(member, handles), pattern, handles)
    _forget_what_is_theirs(member, pattern)
    _become_former(member)
    for topic in Topic.objects.filter(posts__author=member).exclude(accepted=None).distinct().order_by("number"):
        entries.follow(topic.pk)


def _lock_topics(member: Member) -> None:
    """The rows that will change, in the order in which everybody takes them: topics by their ids, then members."""
    handles = [member.handle, *member.former_handles.values_list("handle", flat=True)]
    topics = sorted(set(_near(member, handles).values_list("topic", flat=True)))
    list(Topic.objects.select_for_update(of=("self",)).filter(pk__in=topics).order_by("pk").values_list("pk"))


def pattern_of(member: Member, traces: Traces) -> re.Pattern[str]:
    """Everything by which they were called."""
    named = {member.name, member.handle, *member.former_handles.values_list("handle", flat=True)}
    words = sorted((traces.names | traces.addresses | traces.numbers | named) - {""}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w)@?{re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)


def _near(member: Member, handles: list[str]) -> QuerySet[Post]:
    """Posts of topics in which they wrote, and those that mention them."""
    written = Topic.objects.filter(Q(author=member) | Q(posts__author=member)).values("pk")
    return Post.objects.filter(Q(topic__in=written) | Q(mentions__overlap=handles))


def _blacken_posts(posts: QuerySet[Post], pattern: re.Pattern[str], handles: list[str]) -> None:
    topics = sorted(set(posts.values_list("topic", flat=True)))
    for topic in Topic.objects.select_for_update(of=("self",)).filter(pk__in=topics).order_by("pk"):
        title = pattern.sub(GONE, topic.title)
        if title != topic.title:
            topic.title, topic.slug = title, pattern.sub("", topic.slug.replace("-", " ")).strip().replace(" ", "-")
            topic.save(update_fields=["title", "slug"])
    keys = list(posts.order_by("topic", "number").values_list("pk", flat=True))
    for post in Post.objects.filter(pk__in=keys).select_related("topic").iterator(chunk_size=500):
        mentions = [each for each in post.mentions if each not in handles]
        text, html = pattern.sub(GONE, post.text), pattern.sub(GONE, unlinked(post.html, handles))
        if (text, html, mentions) != (post.text, post.html, post.mentions):
            post.text, post.html, post.mentions = text, html, mentions
            post.save(update_fields=["text", "html", "mentions"])
            searching.enter(post, post.topic)
    for revision in Revision.objects.filter(post__in=keys):
        revision.text, revision.title = pattern.sub(GONE, revision.text), pattern.sub(GONE, revision.title)
        revision.reason = pattern.sub(GONE, revision.reason)
        revision.save(update_fields=["text", "title", "reason"])


def unlinked(html: str, handles: Iterable[str]) -> str:
    """Mentions of these without the link to a page that is gone."""
    for handle in handles:
        html = re.sub(rf'<a [^>]*href="[^"]*/{re.escape(handle)}/"[^>]*>([^<]*)</a>', r"\1", html)
    return html


def _forget_deleted(member: Member) -> None:
    """What they deleted themselves goes with its words and pictures, and what their posts said before."""
    gone = Post.objects.filter(author=member, state=Post.State.DELETED)
    _forget_pictures(Picture.objects.filter(Q(post__in=gone) | Q(uploaded_by=member, post=None)))
    gone.update(text=GONE, html="", mentions=[], search=None)
    Revision.objects.filter(post__author=member).delete()
    Revision.objects.filter(editor=member).update(editor=None)


def _forget_pictures(rows: QuerySet[Picture]) -> None:
    """Files first, as every eraser does: a failure later brings the rows back, and the next try finds them again."""
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for picture in held:
        default_storage.delete(picture.file)
    Picture.objects.filter(pk__in=[each.pk for each in held]).delete()


def _blacken_letters(member: Member, pattern: re.Pattern[str]) -> None:
    """Mails that others got about what they wrote, or about topics in which they did."""
    topics = Topic.objects.filter(Q(author=member) | Q(posts__author=member)).values("pk")
    near = Q(topic__in=topics) | Q(news__post__author=member) | Q(topic=None)
    mails = NewsMail.objects.filter(near, account_message__isnull=False).exclude(member=member)
    letters = Letter.objects.filter(pk__in=set(mails.values_list("account_message", flat=True)))
    for letter in letters.order_by("pk").iterator(chunk_size=500):
        told = {name: pattern.sub(GONE, getattr(letter, name)) for name in ("subject", "text", "html")}
        if any(getattr(letter, name) != text for name, text in told.items()):
            Letter.objects.filter(pk=letter.pk).update(**told)


def _forget_what_is_theirs(member: Member, pattern: re.Pattern[str]) -> None:
    liked = list(Reaction.objects.filter(member=member).values_list("post", flat=True))
    Reaction.objects.filter(member=member).delete()
    Post.objects.filter(pk__in=liked, like_count__gt=0).update(like_count=F("like_count") - 1)
    Flag.objects.filter(member=member).delete()
    for flag in Flag.objects.filter(post__author=member):
        Flag.objects.filter(pk=flag.pk).update(words=pattern.sub(GONE, flag.words))
    about = Q(member=member) | Q(post__author=member) | Q(topic__author=member)
    for decision in Decision.objects.filter(about).distinct():
        Decision.objects.filter(pk=decision.pk).update(reason=pattern.sub(GONE, decision.reason), data={})
    Trace.objects.filter(kind=Trace.Kind.MENTION, key=member.handle).delete()
    Duplicate.objects.filter(by=member).update(by=None)
    for model in (Subscription, News, NewsMail, FormerHandle, Trace, Expertise):
        model.objects.filter(member=member).delete()


def _become_former(member: Member) -> None:
    """A number stands where the name was: who reads an old topic still sees who speaks with whom."""
    member.person, member.handle, member.name, member.about = None, f"{FORMER}{_next_number()}", "", ""
    member.digest_at, member.digest_days, member.mails_mentions = None, 0, False
    member.external_id, member.claim_address_hash, member.seen_on = "", None, None
    member.save()


def _next_number() -> int:
    """One more than the highest; two who leave at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('forum former members'))")
        cursor.execute(
            "select coalesce(max(substr(handle, %s)::bigint), 0) + 1 from forum_member where handle ~ %s",
            [len(FORMER) + 1, f"^{FORMER}[0-9]{{1,12}}$"],
        )
        (number,) = cursor.fetchone()
    return int(number)
