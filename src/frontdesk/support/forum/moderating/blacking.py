"""Deleting words for good: the copies of a post that we hold elsewhere go with it.

Copies are its former versions, pictures, what others quoted of it, the team's conversation that it became, and our
mails. Of a topic's first post the title goes, too, wherever it stands (`titles`). What has left by mail cannot be
called back.
"""

from collections.abc import Sequence

from django.db.models import Q

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import events
from frontdesk.core.actors import Actor
from frontdesk.support.forum import adding, members, pictures, quotations, rendering, searching, titles
from frontdesk.support.forum.events import Change, PostChanged
from frontdesk.support.forum.models import MovedPost, NewsMail, Post, Revision, Topic
from frontdesk.support.forum.quotations import BLACK
from frontdesk.support.forum.titles import ABOUT_ORDER
from frontdesk.support.tickets.conversations import redacting
from frontdesk.support.tickets.models import Message


def forget_copies(topic: Topic, post: Post, actor: Actor) -> None:
    """Black out every copy of a post of the locked topic that nobody quotes just now (`quotations.let_go_of`); its own
    words are for the caller to take."""
    named = _named_by(topic, post)
    quoting = _blacken_quotes(topic, post)
    _blacken_letters([post, *quoting])
    for each in named:
        _redact(topic, each, actor)
        titles.replace(each, dict.fromkeys(titles.of(each, post), BLACK))
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
    for revision in Revision.objects.filter(post__topic__in=near, text__contains=path):
        Revision.objects.filter(pk=revision.pk).update(text=quotations.blackened(revision.text, [post.pk]))
    found = Post.objects.filter(topic__in=near, text__contains=path).exclude(pk=post.pk)
    found = found.select_related("topic", "author").order_by("pk")
    return [each for each in found if _rewrite(each, post)]


def _rewrite(post: Post, quoted: Post) -> bool:
    """Not under its topic's lock, which may be another one: what its author saved meanwhile is not overwritten, but
    read again. The row's lock ends that, and is taken after the topic's, as everywhere."""
    held = Post.objects.select_for_update(of=("self",), no_key=True).filter(pk=post.pk).first()
    text = quotations.blackened(held.text, [quoted.pk]) if held else ""
    if held is None or text == held.text:
        return False
    known = members.handles_among(set(rendering.contents_of(text).handles))
    post.text, post.html = text, rendering.to_html(text, handles=known)
    post.save(update_fields=["text", "html"])
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


def _redact(topic: Topic, named: Topic, actor: Actor) -> None:
    """The question as the team got it, if nobody answered in time."""
    asked = [each for each in (topic.conversation, named.conversation) if each]  # a merged one has kept its own
    said = Message.objects.filter(conversation__in=asked, client_id=named.pk).first()
    if said is not None:
        redacting.redact(actor=actor, message=said)
