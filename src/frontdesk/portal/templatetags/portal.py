"""What only the customer pages need: safe Markdown, and moments that we promise."""

from datetime import datetime

import nh3
from django import template
from django.template import Context
from django.utils.formats import date_format, get_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from markdown_it import MarkdownIt

from frontdesk.accounts.models import Person

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False})


@register.filter
def markdown(text: str) -> SafeString:
    """The vendor's Markdown as HTML, with nothing in it that could act."""
    return mark_safe(nh3.clean(_markdown.render(text), tags=_TAGS))  # noqa: S308 - cleaned to a short list of tags


@register.simple_tag(takes_context=True)
def promised(context: Context, moment: datetime | None, form: str = "PROMISE_FORMAT") -> str:
    """A moment in the reader's language and time zone; with the zone's name where we do not know theirs."""
    if moment is None:
        return ""
    local = localtime(moment)
    said = date_format(local, form if get_format(form) != form else "DATETIME_FORMAT")
    user = getattr(context.get("request"), "user", None)
    return said if isinstance(user, Person) and user.zone else f"{said} ({_zone(local)})"


def _zone(moment: datetime) -> str:
    """CET or UTC; where a zone has no letters, how far it is from UTC."""
    name = moment.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name}"


_TAGS = {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "a", "h3", "h4", "blockquote", "br"}
