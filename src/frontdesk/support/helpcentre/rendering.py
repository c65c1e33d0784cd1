"""Markdown to HTML for articles (and for what else people write): markdown-it, then nh3; nothing remote is loaded."""

from django.utils.safestring import SafeString


def to_html(markdown: str) -> SafeString:
    """Safe HTML. Headings begin at level 2 and have anchors; links leave with rel=noopener; pictures only of ours."""
    raise NotImplementedError


def to_text(markdown: str) -> str:
    """The plain words, for the search and for snippets."""
    raise NotImplementedError
