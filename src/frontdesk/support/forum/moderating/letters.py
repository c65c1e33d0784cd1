"""Mails to those whom a decision concerns: what was decided, why, and what they can do."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.messages import sending
from frontdesk.core.reasons import Text
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.order_phrases import LETTERS

SHOWN = 300  # characters of a post


def tell(
    member: Member,
    what: str,
    reason: Text,
    *,
    topic: Topic | None = None,
    post: Post | None = None,
    until: datetime | None = None,
    rule: Text = "",
) -> None:
    """Write to a member about a decision (a key of LETTERS; of others nobody is told), in their language."""
    letter = LETTERS.get(what)
    if letter is None or member.person is None or not member.person.is_active:
        return
    context: dict[str, Any] = {
        "subject_text": letter.subject,
        "text": letter.text,
        "reason": reason,
        "topic": topic.title if topic else "",
        "words": _excerpt(what, post),
        "until": until,
        "rule": rule,
        **_action(what, topic, post),
    }
    sending.send_mail(to=member.person, template="forum/order", context=context)


def _excerpt(what: str, post: Post | None) -> str:
    """Enough to know it again; nothing of what was deleted for good, or is not theirs any more."""
    if post is None or what in {"post.blacked_out", "post.rewritten"}:
        return ""
    return Truncator(" ".join(post.text.split())).chars(SHOWN)


def _action(what: str, topic: Topic | None, post: Post | None) -> dict[str, Any]:
    if what == "post.hidden" and post is not None:
        path = reverse("forum:ask_again", args=[post.pk])
        return {"action_url": settings.FRONTDESK_URL + path, "action_label": _("Change it and ask again")}
    if what == "post.rewritten" and post is not None:
        path = reverse("forum:history", args=[post.pk])
        return {"action_url": settings.FRONTDESK_URL + path, "action_label": _("See what was changed")}
    if what in {"member.cleared", "member.restored"}:
        return {"action_url": settings.FRONTDESK_URL + reverse("forum:me"), "action_label": _("Open your profile")}
    if topic is not None and what != "post.blacked_out":
        path = address_of(topic, post)
        return {"action_url": settings.FRONTDESK_URL + path, "action_label": _("Open the topic")}
    path = reverse("forum:levels")
    return {"action_url": settings.FRONTDESK_URL + path, "action_label": _("Read about levels and rights")}


def address_of(topic: Topic, post: Post | None = None) -> str:
    """Where a topic, or one of its posts, is read."""
    if post is not None:
        return reverse("forum:post", args=[post.pk])
    return reverse("forum:topic", args=[topic.number, topic.slug])
