"""What the community's mails say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nh3
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from frontdesk.support.forum.models import News, NewsMail, Post, Subscription, Topic
from frontdesk.support.forum.notifying import links
from frontdesk.support.forum.notifying.audience import Kind
from frontdesk.support.tickets.mail import addresses, divider

LONGEST = 8_000  # characters of a post in a mail; the rest is read on the page
MOST = 20  # posts in one mail
OURS = re.compile(r'(?<=\s)(href|src)="(/[^"]*)"')
TAGS = {"p", "br", "a", "strong", "em", "b", "i", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4",
        "del", "table", "thead", "tbody", "tr", "th", "td", "hr"}  # fmt: skip
WHY: dict[str, Promise] = {
    Kind.MENTION: gettext_lazy("%(name)s mentions you"),
    Kind.ANSWER: gettext_lazy("%(name)s answers you"),
    Kind.POST: gettext_lazy("%(name)s writes"),
    Kind.TOPIC: gettext_lazy("%(name)s begins a topic"),
    Kind.ACCEPTED: gettext_lazy("Your answer was accepted: it solved the matter"),
    Kind.ASKED: gettext_lazy("Nobody has answered you yet, so we have asked our team for you"),
}


@dataclass(frozen=True)
class Said:
    """One post as a mail shows it."""

    why: str
    text: str
    html: SafeString
    is_official: bool
    at: datetime
    url: str
    is_cut: bool


def news(mail: NewsMail, subscription: Subscription, pieces: Sequence[News]) -> dict[str, Any]:
    """For the templates of a mail about one topic."""
    topic, person = pieces[0].topic, mail.member.person
    with translation.override((person.language if person else "") or None):
        shown = [_said(each) for each in pieces[:MOST]]
    return {
        "topic": topic,
        "is_new": pieces[0].kind == Kind.TOPIC,
        "said": shown,
        "more": len(pieces) - len(shown),
        "action_url": links.absolute(path_of(topic, pieces[0].post)),
        "takes_replies": bool(subscription.reply_token and addresses.support_address()),
        "divider": divider.line,
        "quiet": links.to_quiet(mail.pk),
    }


def path_of(topic: Topic, post: Post | None = None) -> str:
    """Where the topic is read, or one post of it."""
    if post is not None and post.number > 1:
        return f"/community/p/{post.pk}/"
    return f"/community/t/{topic.number}/{topic.slug}/"


def _said(piece: News) -> Said:
    post = piece.post
    name = post.author.shown_name
    short = Truncator(post.text).chars(LONGEST)
    is_cut = short != post.text
    return Said(
        why=str(WHY[piece.kind]) % {"name": name},
        text=short,
        html=as_mailed(post.html) if not is_cut else mark_safe(nh3.clean_text(short)),  # noqa: S308 - escaped
        is_official=post.is_official,
        at=post.created_at,
        url=links.absolute(path_of(piece.topic, post)),
        is_cut=is_cut,
    )


def as_mailed(html: str) -> SafeString:
    """The sanitised form of a post as mail programs show it: whole addresses, no pictures, nothing that is styled by
    our pages."""
    whole = OURS.sub(lambda found: f'{found[1]}="{settings.FRONTDESK_URL}{found[2]}"', html)
    clean = nh3.clean(whole, tags=TAGS, attributes={"a": {"href"}}, link_rel="nofollow noopener")
    return mark_safe(clean)  # noqa: S308 - sanitised just now


def why_of(piece: News) -> str:
    """What a piece of news is, in a sentence."""
    return str(WHY[piece.kind]) % {"name": piece.post.author.shown_name}
