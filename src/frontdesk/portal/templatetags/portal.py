"""What only the customer pages need: safe Markdown."""

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False})


@register.filter
def markdown(text: str) -> SafeString:
    """The vendor's Markdown as HTML, with nothing in it that could act."""
    return mark_safe(nh3.clean(_markdown.render(text), tags=_TAGS))  # noqa: S308 - cleaned to a short list of tags


_TAGS = {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "a", "h3", "h4", "blockquote", "br"}
