"""Deleting words for good: the copies of a post that we hold elsewhere go with it.

Copies are its former versions, pictures, what others quoted of it, the team's conversation that it became, our mails
and those that came. Of a topic's first post the title goes, too, wherever it stands (`titles`). What has left by mail
cannot be called back.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import events
from frontdesk.core.actors import Actor
from frontdesk.support.forum import adding, came, members, pictures, quotations, rendering, searching, titles
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
    said = quotations.lines_of([post.text, *Revision.objects.filter(post=post).values_list("text", flat=True)])
    quoting = _blacken_quotes(post, said)
    _blacken_letters([post, *quoting])
    came.forget_own(post)
    came.forget(topics_of(post), since=post.created_at, says=lambda text: _tells_of(text, post, said))
    for quote in quoting:
        for each in _named_by(quote.topic, quote):
            _redact(quote.topic, each, actor)
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


def topics_of(post: Post) -> set[UUID]:
    """Where it stands, and stood."""
    return {post.topic_id, *MovedPost.objects.filter(post=post).values_list("topic", flat=True)}


def _path(post: Post) -> str:
    return f"/community/p/{post.pk}/"


def _tells_of(text: str, post: Post, said: set[str]) -> bool:
    """Whether a mail carries its words or leads to it."""
    lines = {line.lstrip("> ").strip() for line in text.split("\n")}
    return _path(post) in text or not said.isdisjoint(lines)


def _blacken_quotes(post: Post, said: Collection[str]) -> list[Post]:
    """What others quoted with the button below it, wherever that stands by now; returns in which posts. What somebody
    typed off is theirs, and reported by itself."""
    for revision in Revision.objects.filter(text__contains=_path(post)):
        Revision.objects.filter(pk=revision.pk).update(text=quotations.blackened(revision.text, [post.pk], said=said))
    found = Post.objects.filter(text__contains=_path(post)).exclude(pk=post.pk)
    found = found.select_related("topic", "author").order_by("pk")
    return [each for each in found if _rewrite(each, post, said)]


def _rewrite(post: Post, quoted: Post, said: Collection[str]) -> bool:
    """Not under its topic's lock, which may be another one: what its author saved meanwhile is not overwritten, but
    read again. The row's lock ends that, and is taken after the topic's, as everywhere."""
    held = Post.objects.select_for_update(of=("self",), no_key=True).filter(pk=post.pk).first()
    text = quotations.blackened(held.text, [quoted.pk], said=said) if held else ""
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
