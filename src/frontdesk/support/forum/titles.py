"""A topic's title, and every place where it is copied: for whoever has to take its words out again.

The copies are listed here alone (`COPIES`): former versions, decisions, our mails and those that came, what the desk
made of the topic, addresses of before. The audit keeps no titles, and the searches' copies follow the topic.
"""

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import blackening
from frontdesk.support.forum import came, wording
from frontdesk.support.forum.models import (
    Decision,
    Duplicate,
    Flag,
    Member,
    MovedPost,
    NewsMail,
    OldAddress,
    Post,
    Revision,
    Subscription,
    Topic,
)
from frontdesk.support.forum.quotations import BLACK
from frontdesk.support.tickets.conversations import redacting
from frontdesk.support.tickets.models import Conversation, Message

ABOUT_ORDER = ("forum/order", "forum/refused", "forum/stopped")  # mails that are found by whom they went to
LED_TO = re.compile(r"/community/(?:t/(?P<topic>\d+)/|p/(?P<post>[0-9a-f-]{36})/)")
NUMBERS = ("into", "of", "to")  # where a decision about one topic names another, whose title it holds
SURE, CUT_AT = 100, 200  # characters by which a title is known when it was cut, and where subjects are cut
Titles = Mapping[str, str]  # what it was called, and what is said instead


def of(topic: Topic, first: Post) -> set[str]:
    """What it is called, and was."""
    return {topic.title, *Revision.objects.filter(post=first).values_list("title", flat=True)} - {"", BLACK}


def replace(topic: Topic, titles: Titles) -> None:
    """Call the topic otherwise wherever one of these titles of it stands; the topic itself is the caller's to lock."""
    told = {old: new for old, new in titles.items() if old and old != new}
    if not told:
        return
    if (title := told.get(topic.title)) is not None:
        topic.title, topic.slug = title, wording.slug_of(title)
        topic.save(update_fields=["title", "slug"])
    for each in COPIES:
        each(topic, told)


def _in_words(titles: Titles) -> re.Pattern[str]:
    """Whole words only: "Help" stands in "Helpful" as well, which is none of its copies."""
    longest_first = sorted(titles, key=lambda each: (-len(each), each))
    return re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest_first))


def _said(titles: Titles, text: str) -> str:
    for old, new in titles.items():  # a mail's subject has no room for all of a long one
        begins = text.find(old[:SURE]) if len(old) >= SURE and len(text) >= CUT_AT else -1
        if begins >= 0 and old != text[begins:] and old.startswith(text[begins:]):
            return text[:begins] + new
    return _in_words(titles).sub(lambda found: titles[found[0]], text)


def _in_decisions(topic: Topic, titles: Titles) -> None:
    """Its own, and those about other topics that lead to it. Another topic of the same title keeps its own."""
    to_it = reduce(or_, (Q(**{f"data__{key}": topic.number}) for key in NUMBERS))
    for decision in Decision.objects.filter(Q(topic=topic, what="topic.renamed") | to_it):
        said = {key: titles[text] for key, text in decision.data.items() if isinstance(text, str) and text in titles}
        if said:
            Decision.objects.filter(pk=decision.pk).update(data={**decision.data, **said})


def _in_mails(topic: Topic, titles: Titles) -> None:
    """Our mails name topics in words, and by addresses that are made of them."""
    address = re.compile(rf"(/community/t/{topic.number}/)[\w-]+")

    def elsewhere(link: str) -> str:
        return address.sub(rf"\1{topic.slug}", link)

    def without(text: str) -> str:
        return _said(titles, elsewhere(text))

    naming = Q(text__contains=f"/community/t/{topic.number}/")
    for title in titles:
        naming |= Q(subject__contains=title) | Q(text__contains=title)
    for letter in _letters_near(topic).filter(naming).order_by("pk").iterator(chunk_size=500):
        if not _leads_there(letter, topic):
            continue
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
        Duplicate.objects.filter(of=topic).values("topic__author"),
    )  # each by itself: joined, they would multiply
    near = Member.objects.filter(reduce(or_, (Q(pk__in=rows) for rows in took_part), Q(pk=topic.author_id)))
    by_order = Q(person__in=near.exclude(person=None).values("person"), template__in=ABOUT_ORDER)
    which = Q(pk__in=told.values("account_message")) | by_order
    return Letter.objects.filter(which, created_at__gte=topic.created_at)


def _leads_there(letter: Letter, topic: Topic) -> bool:
    """Whether a mail is about this topic, rather than another of the same title; one that leads nowhere, or was
    blackened, may be."""
    found = list(LED_TO.finditer(letter.text))
    if not found or any(each["topic"] == str(topic.number) for each in found):
        return True
    posts = Post.objects.filter(pk__in=[each["post"] for each in found if each["post"]])
    return posts.filter(Q(topic=topic) | Q(moved__topic=topic)).exists()


def _at_the_desk(topic: Topic, titles: Titles) -> None:
    """The conversation that it became, those that its question was copied to, and their mails, whatever they answer."""
    asked = set(Message.objects.filter(client_id=topic.pk).values_list("conversation", flat=True))
    if topic.conversation:
        asked.add(topic.conversation)
    found = Conversation.objects.filter(pk__in=asked)
    redacting.rename(found, words=lambda text: _said(titles, text))


def _in_old_addresses(topic: Topic, titles: Titles) -> None:
    """Where it stood before it was imported, as far as that is made of its words: nobody is led on from there."""
    slugs = {wording.slug_of(each) for each in titles} - {wording.slug_of(BLACK)}
    rows = OldAddress.objects.filter(Q(topic=topic) | Q(post__topic=topic))
    for slug in slugs:
        rows.filter(path__contains=slug).delete()


def _in_what_came(topic: Topic, titles: Titles) -> None:
    """Mails that answered ours."""
    came.rename([topic.pk], lambda text: _said(titles, text))


COPIES = (_in_decisions, _in_mails, _in_what_came, _at_the_desk, _in_old_addresses)
