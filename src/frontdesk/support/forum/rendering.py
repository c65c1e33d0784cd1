"""What members write, as pages show it: the help centre's Markdown with another profile.

Raw HTML is shown as it was typed; pictures are ours or none; links say so where they lead to another host than they
look like, and carry rel=nofollow ugc noopener; `@handle` leads to who is called so. `to_html` is kept with the post and
needs no request; `shown` adds what only templates may bring, in the reader's language.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from frontdesk.support.forum.members import path_of
from frontdesk.support.helpcentre import markdown, rendering
from frontdesk.support.helpcentre.markdown import said
from frontdesk.support.tickets import hrefs

TOP_HEADING = 3  # the topic's title is level 1, each post has one of level 2
TAGS = (rendering.TAGS - {"div"}) | {"span"}
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
}
CLASSES = {"a": {"mention"}, "span": {"link-host"}, "td": {"number"}, "th": {"number"}}
REL = "nofollow ugc noopener"
PICTURE = re.compile(r"/(?:community|help)/pictures/[\w-]+?-(\d{1,5})x(\d{1,5})\.(?:png|jpg|webp|gif)")
OWN_PATH = re.compile(r"/(?:community|help)/[\w./~%#?=&+-]*")
# Handles and bare addresses in running text. A handle begins a word, so that an e-mail address is none.
SPOTS = re.compile(
    r"(?<![\w@./-])@(?P<handle>[a-z0-9][a-z0-9_-]{1,38}[a-z0-9])(?![\w@])|(?<!\w)(?P<url>https?://[^\s<>\"'`]+)",
    re.IGNORECASE,
)
SHOWN_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,300}\)")
CODE = re.compile(r"(?<![\\`])(`{1,3})(?!`)([^`\n]{1,300})(?<!`)\1(?!`)")
NO_END_OF_LINK = ".,;:!?)]}*_"


@dataclass(frozen=True)
class Contents:
    """What a text holds, for limits and for who must hear of it."""

    handles: frozenset[str]  # as written, in small letters, whether somebody has them or not
    links: tuple[str, ...]  # addresses that lead away
    pictures: tuple[str, ...]  # paths of ours
    prose: str  # the source without its code
    code: str  # the code alone


def to_html(text: str, *, handles: Collection[str] = ()) -> str:
    """Clean HTML, to be kept with the post. `handles` are those that somebody has; others stay plain words."""
    tokens = _read(text, frozenset(handles))
    html = str(_parser.renderer.render(tokens, _parser.options, {}))
    return str(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            allowed_classes=CLASSES,
            url_schemes=rendering.SCHEMES,
            link_rel=None,
        )
    )


def shown(html: str) -> SafeString:
    """What `to_html` gave, with buttons that copy and frames of tables."""
    return rendering.fitted(html)


def to_text(text: str) -> str:
    """The plain words, for the search, for feeds and descriptions."""
    return markdown.words_of(text)


def contents_of(text: str) -> Contents:
    """What a text holds."""
    handles, links, pictures = set[str](), list[str](), list[str]()
    tokens = _read(text, None)
    for token in _inline(tokens):
        if token.type == "mention":
            handles.add(token.content)
        elif token.type == "link_open" and (host := token.meta.get("host")) and not _is_ours(host):
            links.append(str(token.attrGet("href")))
        elif token.type == "image" and PICTURE.fullmatch(str(token.attrGet("src"))):
            pictures.append(str(token.attrGet("src")))
    return Contents(frozenset(handles), tuple(links), tuple(pictures), *_apart(text, tokens))


def _apart(text: str, tokens: Sequence[Token]) -> tuple[str, str]:
    """The source without its code, and the code alone: that of blocks, and what stands between backticks in a line."""
    blocks = [token for token in tokens if token.type in {"fence", "code_block"}]
    lines = text.split("\n")
    for block in blocks:
        first, end = block.map or (0, 0)
        lines[first:end] = [""] * (end - first)
    prose = "\n".join(lines)
    inside = [found[2] for found in CODE.finditer(prose)]
    return CODE.sub("\ufffc", prose), "\n".join([*(f"{block.info}\n{block.content}" for block in blocks), *inside])


def quote(text: str, *, by: str, path: str) -> str:
    """A quotation of a text, for a reply that begins with it; its pictures and what it quotes itself are left out."""
    said = SHOWN_PICTURE.sub("", text).strip()
    lines = [line for line in said.split("\n") if not line.lstrip().startswith(">")]
    body = "\n".join(f"> {line}".rstrip() for line in "\n".join(lines).strip().split("\n"))
    return f"> **[{label_of(by)}]({path})**\n>\n{body}\n\n"


def label_of(name: str) -> str:
    """A name as the text of a link."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", name)


def _read(text: str, handles: frozenset[str] | None) -> list[Token]:
    """The tokens with mentions and links put right; None for handles: all are taken for somebody's."""
    tokens = _parser.parse(text)
    markdown.put_headings_right(tokens, top=TOP_HEADING)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children, handles))
    return tokens


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    return (child for token in tokens for child in token.children or ())


def _linked(children: Sequence[Token], handles: frozenset[str] | None) -> Iterator[Token]:
    """Links without those that lead nowhere; names and bare addresses in the words between them."""
    index = 0
    while index < len(children):
        child = children[index]
        if child.type == "link_open":
            end = next(at for at in range(index, len(children)) if children[at].type == "link_close")
            yield from _link(child, children[index + 1 : end], children[end])
            index = end
        elif child.type == "text":
            yield from _spotted(child.content, handles)
        else:
            yield child
        index += 1


def _link(opening: Token, inside: Sequence[Token], closing: Token) -> Iterator[Token]:
    address = str(opening.attrGet("href") or "")
    if OWN_PATH.fullmatch(address):
        yield from (opening, *inside, closing)
        return
    link = hrefs.read(address)
    if link is None:
        yield from inside
        return
    opening.attrSet("href", link.address)
    opening.attrSet("rel", REL)
    opening.meta = {"host": link.host or link.address}
    yield from (opening, *inside, closing)
    if host := link.to_tell("".join(said(token) for token in inside)):
        yield Token("link_host", "", 0, content=host)


def _spotted(words: str, handles: frozenset[str] | None) -> Iterator[Token]:
    """The words, with mentions and bare addresses as links."""
    done = 0
    for found in SPOTS.finditer(words):
        handle, url = (found["handle"] or "").lower(), found["url"] or ""
        if (handle and handles is not None and handle not in handles) or found.start() < done:
            continue
        url = _without_end(url)
        if url and hrefs.read(url) is None:
            continue
        yield Token("text", "", 0, content=words[done : found.start()])
        if handle:
            yield Token("mention", "", 0, content=handle)
            done = found.end()
            continue
        inside = [Token("text", "", 0, content=url)]
        yield from _link(Token("link_open", "a", 1, attrs={"href": url}), inside, Token("link_close", "a", -1))
        done = found.start() + len(url)
    yield Token("text", "", 0, content=words[done:])


def _without_end(url: str) -> str:
    """An address without the sentence's signs behind it; a bracket that it opened itself belongs to it."""
    while url and url[-1] in NO_END_OF_LINK:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url


def _is_ours(host: str) -> bool:
    return host == urlsplit(settings.FRONTDESK_URL).hostname


def _mention(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    handle = tokens[index].content
    return f'<a class="mention" href="{path_of(handle)}">@{handle}</a>'


def _host(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f' <span class="link-host">({escapeHtml(tokens[index].content)})</span>'


def _image(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """One of ours; what is said of any other stands in its place."""
    token = tokens[index]
    alt = escapeHtml("".join(said(child) for child in token.children or ()))
    found = PICTURE.fullmatch(str(token.attrGet("src")))
    if found is None:
        return alt
    return f'<img src="{found[0]}" alt="{alt}" width="{found[1]}" height="{found[2]}" loading="lazy">'


def _plain_link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return str(self.renderToken(tokens, index, options, env))


OTHERS: Mapping[str, markdown.Rule] = {
    "mention": _mention,
    "link_host": _host,
    "image": _image,
    "link_open": _plain_link,
}
_parser = markdown.new_parser(OTHERS)
