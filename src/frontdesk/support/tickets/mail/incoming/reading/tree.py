"""Any HTML as a small tree, in one pass whose time grows with its length only, however it is nested or broken.

Nothing that runs or loads gets into the tree. It is well-formed (tables hold rows, rows hold cells, links no links), so
that whatever reads it afterwards has no work with mending it. No words are lost: what is nested too deeply, or comes
after too many tags, is text without its markup, and a tag that never ends is text as it stands.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from frontdesk.support.tickets.mail.incoming.reading import elements

DEEPEST = 200
MOST_TAGS = 60_000
MOST_ATTRIBUTES = 40
LONGEST_VALUE = 2_000
LONGEST_TEXT = 400_000

START = re.compile(r"<(?:(!--)|([!?])|(/?)(?!https?:|ftp:)([a-zA-Z][a-zA-Z0-9:_-]{0,30})(?=[\s/>]))")
ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=][^\s/>=]{0,60})[^\s/>=]{0,1000}(?:\s{0,20}=\s{0,20}([\"']|[^\s>]{0,3000}))?")
ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]{0,2000}>")
PREFIX = re.compile(r"^(?:x_)+")


@dataclass(eq=False)
class Text:
    """A piece of text, or (with `image`) a picture, until it is taken out."""

    text: str
    image: bool = False


@dataclass(eq=False)
class Node:
    """An element of the tree. `holds_quote`: a blockquote lies somewhere in it.

    `is_cut` (of the whole tree): there were more words than are kept.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | Text"] = field(default_factory=list)
    holds_quote: bool = False
    is_cut: bool = False

    @property
    def names(self) -> set[str]:
        """Its classes and its id, without what editors put before them."""
        found = f"{self.attributes.get('class', '')} {self.attributes.get('id', '')}".lower().split()
        return {PREFIX.sub("", each) for each in found}


def tree(html: str) -> Node:
    """The tree of any HTML."""
    builder = _Builder(html)
    builder.build()
    return builder.root


def text_of(node: "Node | Text", most: int = LONGEST_TEXT) -> str:
    """The text of it, or its beginning: no more than `most` characters, and as many pieces, are looked at."""
    found: list[str] = []
    waiting, seen, room = [node], 0, most
    while waiting and room > 0 and seen <= most:
        each = waiting.pop()
        seen += 1
        if isinstance(each, Node):
            waiting.extend(reversed(each.children[: most + 1]))
        elif not each.image:
            found.append(each.text[:room])
            room -= len(each.text)
    return "".join(found)


class _Builder:
    """Reads the tags one after the other."""

    def __init__(self, html: str) -> None:
        self.root = Node("div")
        self._html, self._at = html, 0
        self._open = [self.root]
        self._count: dict[str, int] = {}  # how many elements of a name are open
        self._ignored: dict[str, int] = {}  # how many were not opened, and will be closed all the same
        self._room = LONGEST_TEXT
        self._unclosed = set[str]()  # quotes and marks that are known not to come any more

    def build(self) -> None:
        """Read all."""
        for _ in range(MOST_TAGS):
            found = START.search(self._html, self._at)
            if found is None:
                break
            self._text(self._html[self._at : found.start()])
            self._at = found.start()
            if not self._tag(found):
                break
        self._text(ANY_TAG.sub(" ", self._html[self._at :]))

    def _find(self, what: str, at: int) -> int:
        """Where it comes next; -1 for never. What is not found once is not looked for again."""
        if what in self._unclosed:
            return -1
        found = self._html.find(what, at)
        if found < 0:
            self._unclosed.add(what)
        return found

    def _tag(self, found: re.Match[str]) -> bool:
        """One tag or comment. False when nothing that follows is any."""
        if found[1]:
            end = self._find("-->", found.end())
            self._at = end + 3 if end >= 0 else found.end()
            return True
        if found[2]:
            end = self._find(">", found.end())
            self._at = end + 1 if end >= 0 else found.end()
            return True
        name = found[4].lower()
        attributes, end = self._attributes(found.end(), wanted=not found[3] and name in elements.TEXT_TAGS)
        if end < 0:
            return False
        self._at = end
        if found[3]:
            self._end(name)
        elif name in elements.DROPPED:
            self._skip(name)
        else:
            self._start(name, attributes)
        return True

    def _attributes(self, at: int, *, wanted: bool) -> tuple[dict[str, str], int]:
        """A tag's attributes, and where it ends; -1 when it does not."""
        values: dict[str, str] = {}
        for _ in range(MOST_ATTRIBUTES):
            found = ATTRIBUTE.match(self._html, at)
            if found is None:
                break
            name, value, at = found[1].lower(), found[2] or "", found.end()
            if value in {'"', "'"}:
                end = self._find(value, at)
                if end >= 0:
                    value, at = self._html[at : min(end, at + 2 * LONGEST_VALUE)], end + 1
                else:
                    value = ""
            if wanted and name in elements.ATTRIBUTES and name not in values:
                values[name] = unescape(value)[:LONGEST_VALUE]
        end = self._find(">", at)
        return values, end + 1 if end >= 0 else -1

    def _skip(self, name: str) -> None:
        """Pass over what is no text; where its end is missing, what follows is read as any other."""
        if name in self._unclosed:
            return
        found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self._html, self._at)
        if found is None:
            self._unclosed.add(name)
            return
        end = self._find(">", found.end())
        self._at = end + 1 if end >= 0 else found.end()

    def _text(self, raw: str) -> None:
        whole = unescape(raw)
        text = whole[: self._room]
        if len(text) < len(whole):
            self.root.is_cut = True
        if text:
            self._room -= len(text)
            if self._open[-1].tag in elements.IN_TABLES and text.strip():
                self._cell()
            self._open[-1].children.append(Text(text))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in elements.TEXT_TAGS:
            if name in elements.BLOCKS:
                self._start("div", attributes)
            return
        self._make_room(name)
        if len(self._open) >= DEEPEST and name not in elements.VOID:
            self._ignored[name] = self._ignored.get(name, 0) + 1
            return
        node = Node(name, _harmless(attributes))
        self._open[-1].children.append(node)
        if name == "img":
            node.children.append(Text(node.attributes.get("alt", ""), image=True))
        if name == "blockquote":
            node.holds_quote = True
            self._mark_quote()
        if name not in elements.VOID:
            self._push(node)

    def _mark_quote(self) -> None:
        for each in reversed(self._open):
            if each.holds_quote:
                return
            each.holds_quote = True

    def _push(self, node: Node) -> None:
        self._open.append(node)
        self._count[node.tag] = self._count.get(node.tag, 0) + 1

    def _pop_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._count[self._open.pop().tag] -= 1

    def _make_room(self, name: str) -> None:
        """End what cannot hold this element, and make the table's parts that it needs."""
        match name:
            case "a":
                self._close("a", {"td", "th"})
            case "li":
                self._close("li", {"ul", "ol", "td", "th", "blockquote"})
            case "dd" | "dt":
                self._close("dd", {"dl", "td", "th"})
                self._close("dt", {"dl", "td", "th"})
            case "td" | "th":
                self._into("tr", {"tr"})
            case "tr":
                self._into("", {"table", "tbody", "thead", "tfoot"})
            case "tbody" | "thead" | "tfoot" | "caption":
                self._into("", {"table"})
        if name in elements.BLOCKS and name not in elements.TABLE_PARTS:
            self._close("p", {"td", "th", "li", "blockquote", "div"})
        if name not in elements.TABLE_PARTS and self._open[-1].tag in elements.IN_TABLES:
            self._cell()

    def _into(self, makes: str, wanted: set[str]) -> None:
        """End what lies between here and the part of the innermost table that this belongs in."""
        if not self._count.get("table"):
            return
        for depth in range(len(self._open) - 1, 0, -1):
            tag = self._open[depth].tag
            if tag in wanted:
                self._pop_to(depth + 1)
                return
            if tag == "table" or (makes and tag in {"tbody", "thead", "tfoot"}):
                self._pop_to(depth + 1)
                self._make(makes)
                return

    def _make(self, name: str) -> None:
        if name and len(self._open) < DEEPEST + 3:
            node = Node(name)
            self._open[-1].children.append(node)
            self._push(node)

    def _cell(self) -> None:
        """What stands in a table without a cell gets one."""
        if self._open[-1].tag != "tr":
            self._make("tr")
        self._make("td")

    def _close(self, name: str, bounds: set[str]) -> None:
        """End the innermost element of this name, unless one of the bounds lies between."""
        if not self._count.get(name):
            return
        for depth in range(len(self._open) - 1, 0, -1):
            tag = self._open[depth].tag
            if tag == name:
                self._pop_to(depth)
                return
            if tag in bounds:
                return

    def _end(self, name: str) -> None:
        if name not in elements.TEXT_TAGS:
            if name not in elements.BLOCKS:
                return
            name = "div"
        if self._ignored.get(name):
            self._ignored[name] -= 1
        elif name == "br":
            self._start("br", {})
        elif name == "p" and not self._count.get("p"):
            self._start("p", {})
            self._close("p", set())
        else:
            self._close(name, set() if name == "table" else {"table"} if name in elements.TABLE_PARTS else {"td", "th"})


def _harmless(attributes: dict[str, str]) -> dict[str, str]:
    """Without addresses that run, or lead nowhere from a mail."""
    for name, kind in (("href", elements.HREF), ("src", elements.SOURCE)):
        if name in attributes:
            attributes[name] = attributes[name].strip()
            if not kind.match(attributes[name]):
                del attributes[name]
    return attributes
