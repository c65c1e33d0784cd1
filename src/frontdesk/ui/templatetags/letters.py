"""Mails written once, as paragraphs of plain text: `{% filter letter_text %}` and `{% filter letter_html %}`."""

import re

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def letter_text(written: str) -> str:
    """The paragraphs with one empty line between them, whatever conditions left out."""
    return mark_safe("\n\n".join(_paragraphs(written)))  # noqa: S308 - it was escaped, or not, where it was rendered


@register.filter
def letter_html(written: SafeString) -> SafeString:
    """The paragraphs as HTML; lines that begin with a dash are a list, lines that are an address a link."""
    return format_html_join("\n", "{}", ((_as_html(each),) for each in _paragraphs(written)))


def _as_html(paragraph: str) -> SafeString:
    lines = [_linked(line) for line in paragraph.split("\n")]
    if all(line.startswith("- ") for line in lines):
        points = format_html_join("", "<li>{}</li>", ((mark_safe(line[2:]),) for line in lines))  # noqa: S308
        return format_html('<ul style="margin:0 0 16px;padding-left:22px">{}</ul>', points)
    return format_html('<p style="margin:0 0 16px">{}</p>', mark_safe("<br>".join(lines)))  # noqa: S308


def _linked(line: str) -> SafeString:
    """A line that is an address of this installation is a link."""
    written = mark_safe(line)  # noqa: S308 - rendered with autoescape
    if not re.fullmatch(re.escape(settings.FRONTDESK_URL) + r"/[\w/-]*", line):
        return written
    return format_html('<a href="{0}" style="color:#0b5c7d;word-break:break-all">{0}</a>', written)


def _paragraphs(written: str) -> list[str]:
    parts = re.split(r"\n\s*\n", written)
    return ["\n".join(line.strip() for line in part.strip().split("\n")) for part in parts if part.strip()]
