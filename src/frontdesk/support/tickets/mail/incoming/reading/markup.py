"""HTML of mails: sanitised by nh3 first, then read as a small tree that knows quotes, and shown as text or as HTML."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from frontdesk.support.tickets import hrefs
from frontdesk.support.tickets.mail.incoming.reading.lines import CUT, MOST_LINES, QUOTE, SIGN, Line

LONGEST_ADDRESS = 1_000
DEEPEST = 200
NESTED = 1_500
# What is closed by itself, or holds nothing, does not nest.
NESTING = re.compile(
    r"<(/)?(?!(?:p|li|td|tr|th|dd|dt|br|hr|img|meta|link|input|col|tbody|thead|option|base|area|wbr|o:p)\b)[a-z][a-z0-9:]{0,20}\b",
    re.IGNORECASE,
)
SILENT = re.compile(r"<(script|style|title)\b", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
TEXT_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
    ]
)
DROPPED = frozenset(
    [
        "embed",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "xmp",
    ]
)
KEPT_TAGS = TEXT_TAGS - {"font", "center", "big", "tt", "strike"}
BLOCKS = frozenset(
    [
        "blockquote",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
APART = frozenset(["blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"])
VOID = {"br", "hr", "img"}
QUOTES = frozenset(
    [
        "cite",
        "gmail_quote",
        "gmail_quote_container",
        "iosymail-quote",
        "ms-outlook-mobile-reference-message",
        "protonmail_quote",
        "quoted-text",
        "tutanota_quote",
        "yahoo-quoted-begin",
        "yahoo_quoted",
        "zmail_extra",
    ]
)
PREFIXES = frozenset(["gmail_attr", "moz-cite-prefix", "moz-email-headers-table", "yahoo_quoted_header"])
CUTS = frozenset(
    [
        "appendonsend",
        "divrplyfwdmsg",
        "mail-editor-reference-message-container",
        "olk_src_body_section",
        "outlookmessageheader",
        "reply-intro",
        "replysplit",
        "stopspelling",
        "ymail_android_signature_quote",
    ]
)
SIGNATURES = frozenset(
    [
        "applemailsignature",
        "gmail_signature",
        "moz-signature",
        "ms-outlook-ios-signature",
        "ms-outlook-mobile-signature",
        "protonmail_signature_block",
        "signature",
        "tutanota_signature",
        "zmail_signature_below",
    ]
)
HEADER_RULE = re.compile(
    r"border-top:\s*(?:1\.0pt\s+)?solid\s*#?(?:E1E1E1|B5C4DF|b5c4df)|border:none;\s*border-top:\s*solid", re.IGNORECASE
)
FROM_LINE = re.compile(r"^\s*\*?[^\s:]{2,20}(?: [^\s:]{1,10})?\s?[:：]")
HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|font-size:\s*0(?:px|pt|;|$)", re.IGNORECASE)


@dataclass(eq=False)
class Text:
    """A piece of text, or (with `image`) a picture, until it is taken out."""

    text: str
    image: bool = False


@dataclass(eq=False)
class Node:
    """An element of the tree."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | Text"] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Its classes and its id, without what editors put before them."""
        found = f"{self.attributes.get('class', '')} {self.attributes.get('id', '')}".lower().split()
        return {re.sub(r"^x_(?:x_)*", "", each) for each in found}


class _Builder(HTMLParser):
    """Makes the tree of HTML that is well-formed already."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element, or add one that has no content."""
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag == "img":
            node.children.append(Text(node.attributes.get("alt", ""), image=True))
        if tag not in VOID and len(self._open) < DEEPEST:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """End the innermost element of this name."""
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._open[-1].children.append(Text(data))


def tree(html: str) -> Node:
    """The tree of any HTML, without what runs or loads; of HTML that is nested beyond reason only its text."""
    if _is_beyond_reason(html):
        return Node("div", children=[Text(_bare_text(html))])
    cleaned = nh3.clean(
        html,
        tags=TEXT_TAGS,
        clean_content_tags=DROPPED,
        attributes={"*": {"class", "id", "style", "type", "dir"}, "a": {"href", "title"},
                    "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
                    "th": {"colspan", "rowspan"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
    )  # fmt: skip
    builder = _Builder()
    builder.feed(cleaned)
    builder.close()
    return builder.root


def _is_beyond_reason(html: str) -> bool:
    """Whether elements are opened in each other so often that sanitising would take quadratic time."""
    depth = deepest = 0
    for match in NESTING.finditer(html):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest > NESTED


def _bare_text(html: str) -> str:
    """What is left without tags, scripts and styles."""
    kept, at = [], 0
    while (start := SILENT.search(html, at)) is not None:
        kept.append(html[at : start.start()])
        end = html.lower().find(f"</{start[1].lower()}", start.end(), start.end() + 100_000)
        at = len(html) if end < 0 else end
        if len(kept) > 50:
            break
    return unescape(TAG.sub(" ", "".join([*kept, html[at:]])))


class _Lines:
    """Collects the lines of a tree."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._text, self._mark, self._space = "", "", False
        self._leaves: list[object] = []

    def add(self, leaf: Text, text: str, mark: str, *, is_raw: bool = False) -> None:
        """Text on the current line; white space is one space, except where it is raw."""
        if is_raw:
            first, *others = text.replace("\r", "").split("\n")
            self._put(leaf, first, mark)
            for other in others:
                self.end(mark)
                self._put(leaf, other, mark)
            return
        words = text.replace("\xa0", " ").split()
        if text[:1].isspace() or text[:1] == "\xa0":
            self._space = True
        if words:
            lead = " " if self._space and self._text else ""
            self._put(leaf, lead + " ".join(words), mark)
            self._space = text[-1:].isspace() or text[-1:] == "\xa0"
        else:
            self._leaves.append(leaf)

    def _put(self, leaf: Text, text: str, mark: str) -> None:
        if not self._text.strip():
            self._mark = mark
        self._text += text
        self._leaves.append(leaf)

    def end(self, mark: str, *, blank: bool = False) -> None:
        """End the line, if anything stands on it; `blank` leaves one free."""
        if self._text.strip() or self._leaves:
            self.lines.append(Line(self._text.rstrip(), self._mark if self._text.strip() else mark, self._leaves))
        elif blank and self.lines and not self.lines[-1].is_blank:
            self.lines.append(Line("", mark))
        self._text, self._leaves, self._space = "", [], False

    def free(self, mark: str) -> None:
        """An empty line, as `<br><br>` makes one."""
        if self._text.strip():
            self.end(mark)
        elif len(self.lines) < MOST_LINES:
            self.lines.append(Line("", mark, self._leaves))
            self._text, self._leaves, self._space = "", [], False

    def cut(self) -> None:
        """What follows is another mail."""
        self.end("")
        self.lines.append(Line("", CUT))


def to_lines(root: Node) -> list[Line]:
    """What a reader of the HTML sees, line by line, with what the markup says of each."""
    found = _Lines()
    _walk(root, found, "", is_raw=False, number=None)
    found.end("")
    return found.lines[:MOST_LINES]


def _walk(node: Node, found: _Lines, mark: str, *, is_raw: bool, number: list[int] | None) -> None:
    if HIDDEN.search(node.attributes.get("style", "")):
        return
    if node.tag == "br":
        found.free(mark)
        return
    if not mark and _is_cut(node):
        found.cut()
    mark = mark or _mark_of(node)
    if node.tag in BLOCKS:
        found.end(mark, blank=False)
        if node.tag in APART:
            found.end(mark, blank=True)
    elif node.tag in {"td", "th"}:
        found.add(Text(""), " ", mark)
    numbers = [0] if node.tag == "ol" else [-1] if node.tag == "ul" else number
    if node.tag == "li" and number is not None:
        number[0] += number[0] >= 0
        found.add(Text(""), f"{number[0]}. " if number[0] > 0 else "- ", mark)
    _children(node, found, mark, is_raw=is_raw or node.tag == "pre", number=numbers)
    if node.tag in BLOCKS:
        found.end(mark)
        if node.tag in APART:
            found.end(mark, blank=True)


def _children(node: Node, found: _Lines, mark: str, *, is_raw: bool, number: list[int] | None) -> None:
    quoted = _quoted_container(node) and not mark
    first_quote = next((at for at, each in enumerate(node.children) if _has_blockquote(each)), None) if quoted else None
    for at, child in enumerate(node.children):
        below = mark
        if quoted and (first_quote is None or at < first_quote):
            below = QUOTE  # "On … wrote:", or a forwarded mail
        if isinstance(child, Node):
            _walk(child, found, below, is_raw=is_raw, number=number)
        elif child.image:
            shown = child.text.strip()
            found.add(child, f"[{shown}]" if shown and len(shown) < 120 else "", below)
        else:
            found.add(child, child.text, below, is_raw=is_raw)
    if node.tag == "a" and (address := _shown_address(node)):
        found.add(Text(""), f" <{address}>", mark)


def _mark_of(node: Node) -> str:
    """What the element's own markup says."""
    names = node.names
    if node.tag == "blockquote" and (node.attributes.get("type") == "cite" or names & QUOTES):
        return QUOTE
    if names & PREFIXES or (names & QUOTES and not _quoted_container(node)):
        return QUOTE
    return SIGN if names & SIGNATURES else ""


def _quoted_container(node: Node) -> bool:
    """An element that holds the quote, and what was written between its parts."""
    return node.tag != "blockquote" and bool(node.names & {"gmail_quote", "gmail_quote_container", "yahoo_quoted"})


def _has_blockquote(child: "Node | Text") -> bool:
    return isinstance(child, Node) and (
        child.tag == "blockquote" or any(_has_blockquote(each) for each in child.children)
    )


def _is_cut(node: Node) -> bool:
    if {each.lower() for each in node.names} & CUTS:
        return True
    style = node.attributes.get("style", "")
    return node.tag == "div" and bool(HEADER_RULE.search(style)) and bool(FROM_LINE.match(text_of(node)[:200].strip()))


def text_of(node: "Node | Text") -> str:
    """All text of it."""
    if isinstance(node, Text):
        return "" if node.image else node.text
    return "".join(text_of(child) for child in node.children)


def _shown_address(node: Node) -> str:
    """Where a link leads, when its text does not say so."""
    link = hrefs.read(node.attributes.get("href", ""))
    text = " ".join(text_of(node).split())
    if link is None or not link.host or len(link.address) > LONGEST_ADDRESS:
        return ""
    plain = link.address.rstrip("/")
    return "" if not text or text.rstrip("/") in {plain, plain.partition("://")[2]} else link.address


def to_html(root: Node, taken_out: set[int]) -> str:
    """The tree as HTML that may be shown, without the leaves (by id) that are not the writer's.

    Pictures do not load: those of the mail keep `data-cid`, those of others `data-remote`.
    """
    out: list[str] = []
    _serialise(root, taken_out, out)
    return nh3.clean(
        "".join(out),
        tags=KEPT_TAGS,
        clean_content_tags=DROPPED,
        attributes={"*": {"dir"}, "a": {"href", "title"}, "img": {"alt", "width", "height", "data-cid", "data-remote"},
                    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()  # fmt: skip


def _serialise(node: Node, taken_out: set[int], out: list[str]) -> bool:
    """Append the node; False when nothing of it was left."""
    if HIDDEN.search(node.attributes.get("style", "")):
        return False
    start, filled = len(out), node.tag in {"br", "hr", "td", "th"}
    out.append("")
    for child in node.children:
        if isinstance(child, Node):
            filled |= _serialise(child, taken_out, out) and child.tag != "br"
        elif id(child) not in taken_out:
            filled |= bool(child.text.strip()) or child.image
            out.append("" if child.image else escape(child.text))
    if not filled and (taken_out or not any(out[start:])):
        del out[start:]
        return False
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(node).items())
    out[start] = f"<{node.tag}{attributes}>"
    if node.tag not in VOID:
        out.append(_warning(node) + f"</{node.tag}>")
    return filled


def _attributes(node: Node) -> dict[str, str]:
    values = {name: value for name, value in node.attributes.items() if name not in {"class", "id", "style", "type"}}
    source = values.pop("src", "")
    if source.lower().startswith("cid:"):
        values["data-cid"] = source[4:]
    elif source.lower().startswith(("http://", "https://")):
        values["data-remote"] = source[:LONGEST_ADDRESS]
    link = hrefs.read(values.pop("href", ""))
    return values | ({"href": link.address} if link else {})


def _warning(node: Node) -> str:
    """Behind a link whose text names another host than it leads to, or which is made to look like another's: the true
    host."""
    link = hrefs.read(node.attributes.get("href", "")) if node.tag == "a" else None
    host = link.to_tell(text_of(node)) if link else ""
    return f" ({escape(host)})" if host else ""
