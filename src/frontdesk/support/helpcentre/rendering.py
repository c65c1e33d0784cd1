"""Markdown to HTML for articles (and for what else people write): markdown-it, then nh3; nothing remote is loaded.

Raw HTML is shown as it was typed. `> [!NOTE]` (TIP, WARNING) makes a callout. What needs an icon or a button gets it
after the cleaning, from templates: so no writer can bring one in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from frontdesk.support.helpcentre import markdown
from frontdesk.support.helpcentre.markdown import Heading

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
CLASSES = {"div": {"callout", *markdown.CALLOUTS}, "td": {"number"}, "th": {"number"}}
SCHEMES = {"http", "https", "mailto", "tel"}
CALLOUT = re.compile(rf'<div class="callout ({"|".join(markdown.CALLOUTS)})"><div>')
CODE = re.compile(r"<pre><code>(.*?)</code></pre>", re.DOTALL)
TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A step of a guide: what its heading says, and what stands beneath it."""

    number: int
    title: str
    anchor: str
    html: SafeString


@dataclass(frozen=True)
class Rendered:
    """A text as a page shows it. `intro` is what stands before the first heading, `steps` what stands beneath each."""

    html: SafeString
    headings: Sequence[Heading]
    intro: SafeString
    steps: Sequence[Step]


def to_html(text: str) -> SafeString:
    """Safe HTML. Headings begin at level 2 and have anchors; links leave with rel=noopener; pictures only of ours."""
    return render(text).html


def to_text(text: str) -> str:
    """The plain words, for the search and for snippets."""
    return markdown.words_of(text)


def headings_of(text: str) -> Sequence[Heading]:
    """The headings alone, for the search."""
    return markdown.parse(text).headings


def render(text: str) -> Rendered:
    """The text as a page with its headings, or as a guide with its steps; the latest are remembered."""
    return _rendered(text, get_language() or "")


@lru_cache(maxsize=256)
def _rendered(text: str, _language: str) -> Rendered:
    """By language, since buttons and callouts say something."""
    parsed = markdown.parse(text)
    intro, *sections = parsed.sections
    steps = [
        Step(number, section.heading.text, section.heading.anchor, _clean(section.body))
        for number, section in enumerate(sections, 1)
        if section.heading
    ]
    return Rendered(_clean(parsed.html), parsed.headings, _clean(intro.body), steps)


def _clean(html: str) -> SafeString:
    cleaned = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes=SCHEMES, link_rel=None
    )
    return fitted(cleaned)


def fitted(cleaned: str) -> SafeString:
    """What nh3 left, with what only our templates may bring: icons of callouts, buttons that copy, frames of tables."""
    for pattern, fit in ((CALLOUT, _callout), (CODE, _code), (TABLE, _table)):
        cleaned = pattern.sub(fit, cleaned)
    return mark_safe(cleaned)  # noqa: S308 - cleaned to a short list of tags, then fitted out by our own templates


def _callout(found: re.Match[str]) -> str:
    return render_to_string("helpcentre/parts/callout.html", {"kind": found[1]})


def _code(found: re.Match[str]) -> str:
    """With a button that copies it. What stands between the tags is text, already escaped."""
    code = mark_safe(found[1].rstrip("\n"))  # noqa: S308 - as nh3 left it
    return render_to_string("helpcentre/parts/code.html", {"code": code, "copied": code.replace('"', "&quot;")})


def _table(found: re.Match[str]) -> str:
    return render_to_string("helpcentre/parts/table.html", {"content": mark_safe(found[1])})  # noqa: S308 - as nh3 left it
