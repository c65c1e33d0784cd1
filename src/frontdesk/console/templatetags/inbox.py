"""Tags of the inbox."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from frontdesk.console.conversations import Said
from frontdesk.console.inbox_words import ViewLink, due_tone
from frontdesk.console.side import Side
from frontdesk.support.tickets import files
from frontdesk.support.tickets.inbox.filters import Filter
from frontdesk.support.tickets.models import Attachment, Conversation

register = template.Library()
# As `tickets.mail.incoming` leaves pictures of mails: known by content id, or by an address elsewhere.
# Only as an attribute of a picture: what a mail says may look like one, and reach into the tag behind it.
IN_PICTURE = r'(<img\b(?:[^<>"]|"[^"]*")*?\s)'
CID = re.compile(IN_PICTURE + r'data-cid="([^"]*)"')
REMOTE = re.compile(IN_PICTURE + r'data-remote="(https://[^"]*)"')


@register.simple_tag
def without(wanted: Filter, name: str) -> str:
    """The filter's address without one thing."""
    return wanted.without(name).address


@register.simple_tag
def commands(side: Side, views: list[ViewLink]) -> list[dict[str, str]]:
    """The palette of the inbox: its views with their keys, then the pages of the desk."""
    own = [
        {
            "label": str(each.label),
            "url": each.url,
            "group": gettext("Inbox"),
            "icon": each.icon,
            "shortcut": f"g {each.shortcut}" if each.shortcut else "",
        }
        for each in views
    ]
    return [*own, *side.commands]


@register.filter
def file_url(attachment: Attachment) -> str:
    """Where a file is fetched for the next five minutes."""
    return files.signed_url(attachment)


@register.filter
def has_remote(said: Said) -> bool:
    """Whether a message names pictures that lie elsewhere."""
    return bool(REMOTE.search(said.message.html))


@register.filter
def is_picture(attachment: Attachment) -> bool:
    """Whether pages show it."""
    return files.is_shown(attachment)


@register.simple_tag
def message_html(said: Said, show_images: bool = False) -> SafeString:
    """A mail's own look, sanitised when it came; its pictures from our store, others' only where they are asked for."""
    files_by_id = {each.content_id: each for each in said.files if each.content_id and files.is_shown(each)}

    def own(found: re.Match[str]) -> str:
        file = files_by_id.get(found[2])
        return f'{found[1]}src="{escape(files.signed_url(file))}"' if file else found[0]

    html = CID.sub(own, said.message.html)
    if show_images:
        html = REMOTE.sub(r'\1src="\2" referrerpolicy="no-referrer" loading="lazy"', html)
    return mark_safe(html)  # noqa: S308 - sanitised when it came in; only addresses of pictures were put in


@register.inclusion_tag("console/inbox/parts/due_badge.html")
def due_badge(conversation: Conversation, now: datetime) -> dict[str, Any]:
    """What presses in the list: the earliest deadline, else when something was last said."""
    due = conversation.due_at if conversation.is_live else None
    return {
        "it": conversation,
        "due": due,
        "tone": due_tone(due, now) if due else "",
        "is_put_off": conversation.snoozed_until is not None and conversation.snoozed_until > now,
        "now": now,
    }
