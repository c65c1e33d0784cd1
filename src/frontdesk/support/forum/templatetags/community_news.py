"""How much is new for the reader of the community's lists."""

from django import template

from frontdesk.support.forum.notifying import reading
from frontdesk.support.forum.selectors import Reader

register = template.Library()


@register.simple_tag
def news_of(reader: Reader | None) -> int:
    """How many pieces of news a member has not seen; 0 for guests."""
    return reading.unread(reader.member, reader) if reader and reader.member else 0
