"""Markdown read with markdown-it: tokens put right for our pages, before anything is cleaned."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

Rule = Callable[..., str]  # as markdown-it calls it: renderer, tokens, index, options, env
CALLOUTS = ("note", "tip", "warning")
MARKER = re.compile(r"\[!(note|tip|important|warning|caution)\]\s*", re.IGNORECASE)
SAME_AS = {"important": "warning", "caution": "warning"}
# Our own pictures; their names carry the measures, so that a page does not jump while they load.
PICTURE = re.compile(r"/help/pictures/[\w-]+?-(\d{1,5})x(\d{1,5})\.(?:png|jpg|webp)")


@dataclass(frozen=True)
class Heading:
    """A heading with the anchor that leads to it."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Section:
    """What stands beneath a heading of level 2; without a heading, what stands before the first."""

    heading: Heading | None
    body: str


@dataclass(frozen=True)
class Parsed:
    """HTML that is not clean yet, its headings, and the same in sections."""

    html: str
    headings: Sequence[Heading]
    sections: Sequence[Section]


def parse(text: str) -> Parsed:
    """Read Markdown. The first section is what stands before the first heading, and may be empty."""
    tokens = _parser.parse(text)
    headings = put_headings_right(tokens)
    make_callouts(tokens)
    return Parsed(_html(tokens), headings, list(_sections(tokens, headings)))


def words_of(text: str) -> str:
    """The plain words."""
    return "\n".join(part for part in (plain(token) for token in _parser.parse(text)) if part)


def plain(token: Token) -> str:
    """What a block says."""
    if token.type in {"fence", "code_block"}:
        return token.content.strip()
    words = "".join(said(child) for child in token.children or ())
    return MARKER.sub("", words, count=1).strip()


def said(child: Token) -> str:
    """What a piece of a block says."""
    if child.type in {"softbreak", "hardbreak"}:
        return " "
    return child.content if child.type in {"text", "code_inline", "image", "text_special"} else ""


def _html(tokens: Sequence[Token]) -> str:
    return str(_parser.renderer.render(tokens, _parser.options, {}))


def put_headings_right(tokens: Sequence[Token], *, top: int = 2) -> list[Heading]:
    """The highest heading of the text becomes level `top` (the page's title is level 1), and the others follow."""
    opened = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    shift = top - min((int(tokens[index].tag[1]) for index in opened), default=top)
    found: list[Heading] = []
    taken: set[str] = set()
    for index in opened:
        level = min(6, int(tokens[index].tag[1]) + shift)
        text = plain(tokens[index + 1])
        anchor = _anchor(text, taken)
        tokens[index].tag = tokens[index + 2].tag = f"h{level}"
        tokens[index].attrSet("id", anchor)
        found.append(Heading(level, text, anchor))
    return found


def anchor_of(heading: str) -> str:
    """The anchor of a heading, of its words or of what other programs make of them; the prefix keeps it off the page's
    own ids."""
    return heading if heading.startswith("h-") else f"h-{slugify(heading, allow_unicode=True)[:60]}"


def _anchor(text: str, taken: set[str]) -> str:
    """Unique in the text."""
    base = f"h-{slugify(text, allow_unicode=True)[:60]}"
    anchor, number = base, 2
    while anchor in taken:
        anchor, number = f"{base}-{number}", number + 1
    taken.add(anchor)
    return anchor


def make_callouts(tokens: Sequence[Token]) -> None:
    open_ones: list[bool] = []
    for index, token in enumerate(tokens):
        if token.type == "blockquote_open":
            kind = _callout_kind(tokens[index + 1 : index + 3])
            open_ones.append(bool(kind))
            if kind:
                token.type, token.meta = "callout_open", {"kind": kind}
        elif token.type == "blockquote_close" and open_ones.pop():
            token.type = "callout_close"


def _callout_kind(following: Sequence[Token]) -> str:
    """The kind that a quote's first words name, which are taken out; empty for a plain quote."""
    if len(following) < 2 or following[0].type != "paragraph_open" or not following[1].children:
        return ""
    children = following[1].children
    found = MARKER.match(children[0].content) if children[0].type == "text" else None
    if found is None:
        return ""
    children[0].content = children[0].content[found.end() :]
    if not children[0].content and len(children) > 1 and children[1].type == "softbreak":
        del children[1]
    return SAME_AS.get(found[1].lower(), found[1].lower())


def _sections(tokens: Sequence[Token], headings: Sequence[Heading]) -> Iterator[Section]:
    """Headings inside of quotes and lists part nothing: what they stand in would be torn."""
    every = iter(headings)
    heading, body = None, list[Token]()
    index = 0
    while index < len(tokens):
        token = tokens[index]
        opened = next(every) if token.type == "heading_open" else None
        if opened is not None and opened.level == 2 and token.level == 0:
            yield Section(heading, _html(body))
            heading, body = opened, []
            index += 3
            continue
        body.append(token)
        index += 1
    yield Section(heading, _html(body))


def _link_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if re.match(r"(https?:)?//", str(tokens[index].attrGet("href")), re.IGNORECASE):
        tokens[index].attrSet("rel", "noopener")
    return str(self.renderToken(tokens, index, options, env))


def _image(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """One of ours; what is said of any other stands in its place."""
    token = tokens[index]
    alt = escapeHtml("".join(said(child) for child in token.children or ()))
    found = PICTURE.fullmatch(str(token.attrGet("src")))
    if found is None:
        return alt
    return f'<img src="{found[0]}" alt="{alt}" width="{found[1]}" height="{found[2]}" loading="lazy">'


def _code(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<pre><code>{escapeHtml(tokens[index].content)}</code></pre>\n"


def _callout_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f'<div class="callout {tokens[index].meta["kind"]}"><div>'


def _callout_close(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</div></div>\n"


def _cell(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Figures stand at the right by a class, since the policy allows no style of their own."""
    style = tokens[index].attrs.pop("style", "")
    if "right" in str(style):
        tokens[index].attrSet("class", "number")
    return str(self.renderToken(tokens, index, options, env))


def new_parser(others: Mapping[str, Rule] | None = None) -> MarkdownIt:
    """A parser of what people write; `others` are the rules by which another kind of text is shown."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    rules: dict[str, Rule] = {
        "link_open": _link_open,
        "image": _image,
        "fence": _code,
        "code_block": _code,
        "td_open": _cell,
        "th_open": _cell,
        "callout_open": _callout_open,
        "callout_close": _callout_close,
    }
    for name, rule in {**rules, **(others or {})}.items():
        parser.add_render_rule(name, rule)
    return parser


_parser = new_parser()
