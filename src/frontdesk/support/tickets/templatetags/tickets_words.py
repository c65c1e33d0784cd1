"""Words of customers in templates: their links, each with its true host where the text hides it."""

import re
from html import unescape

from django import template
from django.template.defaultfilters import urlize, urlizetrunc
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from frontdesk.core import hosts
from frontdesk.support.tickets import hrefs

register = template.Library()
ANCHOR = re.compile(r'<a href="([^"]*)" rel="nofollow">(.*?)</a>', re.DOTALL)  # of the web; mail's have no rel


@register.filter
def linked(text: str, limit: int | None = None) -> SafeString:
    """The text, escaped, with its addresses as links, shortened to `limit` signs. What stands before an "@" in an
    address, to look like a host, is taken out of the link, and the true host is named behind it; one that could be
    taken for another is said to."""
    made = urlize(text) if limit is None else urlizetrunc(text, limit)
    return mark_safe(ANCHOR.sub(_honest, made))  # noqa: S308 - as urlize made it; what we put in is escaped


def _honest(found: re.Match[str]) -> str:
    link = hrefs.read(unescape(found[1]))
    if link is None:
        return found[2]
    shown = mark_safe(found[2])  # noqa: S308 - urlize has escaped it
    host = link.to_tell(unescape(found[2]))
    made = format_html('<a href="{}" rel="nofollow">{}</a>', link.address, shown)
    if not host:
        return made
    if hosts.is_lookalike(host):
        told = _("%(host)s, which only looks like another address") % {"host": host}
    else:
        told = hosts.shown(host)
    return made + format_html(" ({})", told)
