"""Deleting words for good: the copies of a post that we hold elsewhere go with it.

Copies are its former versions, pictures, what others quoted of it, the team's conversation that it became, and our
mails. Of a topic's first post the title goes, too, wherever it stands. What has left by mail cannot be called back.
"""

import re
from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import blackening, events
from frontdesk.core.actors import Actor
from frontdesk.support.forum import adding, members, pictures, rendering, searching, wording
from frontdesk.support.forum.events import Change, PostChanged
from frontdesk.support.forum.models import (
    Decision,
    Flag,
    Member,
    MovedPost,
    NewsMail,
    Post,
    Revision,
    Subscription,
    Topic,
)
from frontdesk.support.tickets.conversations import redacting
from frontdesk.support.tickets.models import Conversation, Message

BLACK = "…"
ABOUT_ORDER = ("forum/order", "forum/refused")  # mails that are found by whom they went to


def forget_copies(topic: Topic, post: Post, actor: Actor) -> None:
    """Black out every copy of a post of the locked topic; its own words are for the caller to take."""
    named = _named_by(topic, post)
    quoting = _blacken_quotes(topic, post)
    _blacken_letters([post, *quoting])
    for each in named:
        titles = _titles_of(each, post)
        _redact(topic, each, titles, actor)
        _blacken_title(each, titles)
    Revision.objects.filter(post=post).delete()
    pictures.forget(post.pictures.all())


def _named_by(topic: Topic, post: Post) -> list[Topic]:
    """The topic that the post begins, and those that it began before they were merged into it."""
    began = [topic] if post.number == adding.first_number(topic) else []
    for each in Topic.objects.filter(moved_posts__post=post, merged_into__isnull=False).distinct():
        first = MovedPost.objects.filter(topic=each).order_by("number").values_list("post", flat=True).first()
        began += [each] if first == post.pk else []
    return began


def _blacken_quotes(topic: Topic, post: Post) -> list[Post]:
    """What others quoted with the button below it, in this topic and those that posts of it were moved to; returns in
    which posts. What somebody typed off is theirs, and reported by itself."""
    path = f"/community/p/{post.pk}/"
    moved = MovedPost.objects.filter(Q(topic=topic) | Q(post=post)).values_list("topic", "post__topic")
    near = {topic.pk, *(pk for pair in moved for pk in pair)}
    quote = re.compile(rf"^(>[^\n]*\({re.escape(path)}\)[^\n]*)(?:\n>[^\n]*)*", re.MULTILINE)
    for revision in Revision.objects.filter(post__topic__in=near, text__contains=path):
        Revision.objects.filter(pk=revision.pk).update(text=quote.sub(rf"\1\n>\n> {BLACK}", revision.text))
    found = Post.objects.filter(topic__in=near, text__contains=path).exclude(pk=post.pk)
    found = found.select_related("topic", "author")
    return [each for each in found if _rewrite(each, quote.sub(rf"\1\n>\n> {BLACK}", each.text))]


def _rewrite(post: Post, text: str) -> bool:
    """Not under its topic's lock, which may be another one: what its author saved meanwhile is not overwritten."""
    if text == post.text:
        return False
    known = members.handles_among(set(rendering.contents_of(text).handles))
    html = rendering.to_html(text, handles=known)
    if Post.objects.filter(pk=post.pk, text=post.text).update(text=text, html=html):
        post.text = text
        searching.enter(post, post.topic)
        events.publish(PostChanged(post.topic_id, post.pk, Change.EDITED))
    return True


def _blacken_letters(posts: Sequence[Post]) -> None:
    """Mails that told of these posts, and those to their authors about decisions, which show words and lead there."""
    mails = NewsMail.objects.filter(news__post__in=[each.pk for each in posts], account_message__isnull=False)
    Letter.objects.filter(pk__in=mails.values("account_message")).update(text=BLACK, html="")
    for post in posts:
        if post.author.person_id is not None:
            letters = Letter.objects.filter(person=post.author.person_id, template__in=ABOUT_ORDER)
            letters.filter(text__contains=str(post.pk)).update(text=BLACK, html="")


def _titles_of(topic: Topic, first: Post) -> set[str]:
    """What it is called, and was."""
    return {topic.title, *Revision.objects.filter(post=first).values_list("title", flat=True)} - {"", BLACK}


def _redact(topic: Topic, named: Topic, titles: Collection[str], actor: Actor) -> None:
    """The question as the team got it, if nobody answered in time."""
    asked = [each for each in (topic.conversation, named.conversation) if each]  # a merged one has kept its own
    said = Message.objects.filter(conversation__in=asked, client_id=named.pk).first()
    if said is not None:
        redacting.redact(actor=actor, message=said)
        Conversation.objects.filter(pk=said.conversation_id, subject__in=titles).update(subject=BLACK)


def _blacken_title(topic: Topic, titles: Collection[str]) -> None:
    topic.title, topic.slug = BLACK, wording.slug_of(BLACK)
    topic.save(update_fields=["title", "slug"])
    for decision in Decision.objects.filter(Q(topic=topic) | Q(data__title__in=sorted(titles))):
        named = [key for key, value in decision.data.items() if isinstance(value, str) and value in titles]
        data = {**decision.data, **dict.fromkeys(named, BLACK)}
        Decision.objects.filter(pk=decision.pk).update(data=data)
    _blacken_in(topic, titles)


def _blacken_in(topic: Topic, titles: Collection[str]) -> None:
    """Our mails name topics in words, and by addresses that are made of them."""
    words = re.compile("|".join(re.escape(each) for each in sorted(titles, key=len, reverse=True)) or r"(?!)")
    address = re.compile(rf"(/community/t/{topic.number}/)[\w-]+")

    def elsewhere(link: str) -> str:
        return address.sub(rf"\1{topic.slug}", link)

    def without(text: str) -> str:
        return words.sub(BLACK, elsewhere(text))

    naming = Q(text__contains=f"/community/t/{topic.number}/")
    for title in titles:
        naming |= Q(subject__contains=title) | Q(text__contains=title)
    for letter in _letters_near(topic).filter(naming).order_by("pk").iterator(chunk_size=500):
        told = {"subject": without(letter.subject), "text": without(letter.text)}
        told["html"] = blackening.in_html(letter.html, words=without, addresses=elsewhere)
        if any(getattr(letter, name) != text for name, text in told.items()):
            Letter.objects.filter(pk=letter.pk).update(**told)


def _letters_near(topic: Topic) -> QuerySet[Letter]:
    """Mails that may name it: about its posts, digests since, and about decisions to those who take part."""
    told = NewsMail.objects.filter(Q(topic=topic) | Q(topic=None), account_message__isnull=False)
    took_part = (
        Post.objects.filter(topic=topic).values("author"),
        MovedPost.objects.filter(topic=topic).values("post__author"),
        Subscription.objects.filter(topic=topic).values("member"),
        Flag.objects.filter(post__topic=topic).values("member"),
    )  # each by itself: joined, they would multiply
    near = Member.objects.filter(reduce(or_, (Q(pk__in=rows) for rows in took_part), Q(pk=topic.author_id)))
    by_order = Q(person__in=near.exclude(person=None).values("person"), template__in=ABOUT_ORDER)
    which = Q(pk__in=told.values("account_message")) | by_order
    return Letter.objects.filter(which, created_at__gte=topic.created_at)
