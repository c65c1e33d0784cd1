"""What a reader of HTML sees, line by line, and what its markup says of each: quoted, a signature, another mail."""

import re
from dataclasses import dataclass, replace

from frontdesk.support.tickets.mail.incoming.reading import elements
from frontdesk.support.tickets.mail.incoming.reading.lines import CUT, MOST_LINES, QUOTE, SIGN, Line
from frontdesk.support.tickets.mail.incoming.reading.markup import is_hidden, is_tiny, shown_address
from frontdesk.support.tickets.mail.incoming.reading.tree import Node, Text, text_of

HEADER_RULE = re.compile(
    r"border-top:\s*(?:1\.0pt\s+)?solid\s*#?(?:E1E1E1|B5C4DF|b5c4df)|border:none;\s*border-top:\s*solid", re.IGNORECASE
)
FROM_LINE = re.compile(r"^\s*\*?[^\s:]{2,20}(?: [^\s:]{1,10})?\s?[:：]")


class _Lines:
    """Collects the lines of a tree."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[str] = []
        self._mark, self._space, self._has_words = "", False, False
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
            lead = " " if self._space and self._pieces else ""
            self._put(leaf, lead + " ".join(words), mark)
            self._space = text[-1:].isspace() or text[-1:] == "\xa0"
        else:
            self._leaves.append(leaf)

    def _put(self, leaf: Text, text: str, mark: str) -> None:
        if not self._has_words:
            self._mark, self._has_words = mark, bool(text.strip())
        if text:
            self._pieces.append(text)
        self._leaves.append(leaf)

    def end(self, mark: str, *, blank: bool = False) -> None:
        """End the line, if anything stands on it; `blank` leaves one free."""
        if self._has_words or self._leaves:
            whole = "".join(self._pieces)
            is_dashes = whole.strip() == "--" and (self._space or whole.endswith(" "))
            text = "-- " if is_dashes else whole.rstrip()
            self.lines.append(Line(text, self._mark if self._has_words else mark, self._leaves))
        elif blank and self.lines and not self.lines[-1].is_blank:
            self.lines.append(Line("", mark))
        self._begin()

    def _begin(self) -> None:
        self._pieces, self._leaves, self._space, self._has_words = [], [], False, False

    def free(self, mark: str) -> None:
        """An empty line, as `<br><br>` makes one."""
        if self._has_words:
            self.end(mark)
        elif len(self.lines) < MOST_LINES:
            self.lines.append(Line("", mark, self._leaves))
            self._begin()

    def cut(self) -> None:
        """What follows is another mail."""
        self.end("")
        self.lines.append(Line("", CUT))


def to_lines(root: Node) -> list[Line]:
    """What a reader of the HTML sees, line by line, with what the markup says of each."""
    found = _Lines()
    _walk(root, found, _Way())
    found.end("")
    return found.lines[:MOST_LINES]


@dataclass(frozen=True)
class _Way:
    """What holds for everything beneath an element. `number`: the last one of the list, -1 where it counts none."""

    mark: str = ""
    is_raw: bool = False
    is_tiny: bool = False
    number: list[int] | None = None


def _walk(node: Node, found: _Lines, way: _Way) -> None:
    if is_hidden(node):
        return
    if node.tag == "br":
        found.free(way.mark)
        return
    if not way.mark and _is_cut(node):
        found.cut()
    mark = way.mark or _mark_of(node)
    if node.tag in elements.BLOCKS:
        found.end(mark, blank=False)
        if node.tag in elements.APART:
            found.end(mark, blank=True)
    elif node.tag in {"td", "th"}:
        found.add(Text(""), " ", mark)
    if node.tag == "li" and way.number is not None:
        way.number[0] += way.number[0] >= 0
        found.add(Text(""), f"{way.number[0]}. " if way.number[0] > 0 else "- ", mark)
    number = [0] if node.tag == "ol" else [-1] if node.tag == "ul" else way.number
    _children(node, found, _Way(mark, way.is_raw or node.tag == "pre", is_tiny(node, inherited=way.is_tiny), number))
    if node.tag in elements.BLOCKS:
        found.end(mark)
        if node.tag in elements.APART:
            found.end(mark, blank=True)


def _children(node: Node, found: _Lines, way: _Way) -> None:
    quoted = _quoted_container(node) and not way.mark
    first_quote = next((at for at, each in enumerate(node.children) if _has_blockquote(each)), None) if quoted else None
    for at, child in enumerate(node.children):
        below = way
        if quoted and (first_quote is None or at < first_quote):
            below = replace(way, mark=QUOTE)  # "On … wrote:", or a forwarded mail
        if isinstance(child, Node):
            _walk(child, found, below)
        elif child.image:
            shown = child.text.strip()
            found.add(child, f"[{shown}]" if shown and len(shown) < 120 else "", below.mark)
        elif not way.is_tiny:
            found.add(child, child.text, below.mark, is_raw=way.is_raw)
    if node.tag == "a" and (address := shown_address(node)):
        found.add(Text(""), f" <{address}>", way.mark)


def _mark_of(node: Node) -> str:
    """What the element's own markup says."""
    names = node.names
    if node.tag == "blockquote" and (node.attributes.get("type") == "cite" or names & elements.QUOTES):
        return QUOTE
    if names & elements.PREFIXES or (names & elements.QUOTES and not _quoted_container(node)):
        return QUOTE
    return SIGN if names & elements.SIGNATURES else ""


def _quoted_container(node: Node) -> bool:
    """An element that holds the quote, and what was written between its parts."""
    return node.tag != "blockquote" and bool(node.names & elements.CONTAINERS)


def _has_blockquote(child: "Node | Text") -> bool:
    return isinstance(child, Node) and child.holds_quote


def _is_cut(node: Node) -> bool:
    if node.names & elements.CUTS:
        return True
    style = node.attributes.get("style", "")
    return node.tag == "div" and bool(HEADER_RULE.search(style)) and bool(FROM_LINE.match(text_of(node, 200).strip()))
