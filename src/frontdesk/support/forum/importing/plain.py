"""HTML of another forum as Markdown: what it says and how it is built; nothing of it reaches a page as HTML."""

import re
from html.parser import HTMLParser

BLOCKS = dict.fromkeys(("p", "div", "section", "article", "figure", "table", "tr", "dl", "dt", "dd"), "")
BLOCKS |= dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "### ") | {"hr": "---"}
SILENT = {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math"}
MARKS = {"code": "`", "strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
SPECIAL = re.compile(r"([\\`*_\[\]<>])")
DEEPEST = 40


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.pre = 0
        self.prefixes: list[str] = []  # of lines: quotations and lists that stand around
        self.lists: list[int | None] = []
        self.links: list[str] = []

    def block(self) -> None:
        """A new paragraph, within whatever stands around it."""
        self.out.append("\n\n" + "".join(self.prefixes))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self.silent += 1
        elif tag in MARKS and not self.pre:
            self.out.append(MARKS[tag])
        elif tag == "br":
            self.out.append("\n" + "".join(self.prefixes))
        elif tag in {"blockquote", "ul", "ol", "li"}:
            self._open_container(tag)
        elif tag == "pre":
            self.block()
            self.out.append("```\n" + "".join(self.prefixes))
            self.pre += 1
        elif tag == "a":
            self.links.append(given.get("href", ""))
            self.out.append("[" if self.links[-1].startswith(("http://", "https://")) else "")
        elif tag == "img":
            self._picture(given)
        elif tag in BLOCKS:
            self.block()
            self.out.append(BLOCKS[tag])

    def _open_container(self, tag: str) -> None:
        if tag == "li":
            number = self.lists[-1] if self.lists else None
            self.out.append("\n" + "".join(self.prefixes) + (f"{number}. " if number else "- "))
            if self.lists and number:
                self.lists[-1] = number + 1
            return
        if tag == "blockquote":
            if len(self.prefixes) < DEEPEST:
                self.prefixes.append("> ")
        else:
            if self.lists and len(self.prefixes) < DEEPEST:
                self.prefixes.append("   ")
            self.lists.append(1 if tag == "ol" else None)
        self.block()

    def _picture(self, given: dict[str, str]) -> None:
        """As a link: pictures of other hosts are not shown."""
        address = given.get("src", "")
        if address.startswith(("http://", "https://")):
            self.out.append(f"[{SPECIAL.sub(_escaped, given.get('alt') or address)}]({address.replace(')', '%29')})")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in MARKS and not self.pre:
            self.out.append(MARKS[tag])
        elif tag == "pre" and self.pre:
            self.pre -= 1
            self.out.append("\n" + "".join(self.prefixes) + "```")
            self.block()
        elif tag == "a" and self.links:
            address = self.links.pop()
            is_link = address.startswith(("http://", "https://"))
            self.out.append(f"]({address.replace(')', '%29').replace(' ', '%20')})" if is_link else "")
        elif tag in {"blockquote", "ul", "ol"}:
            self._close_container(tag)
        elif tag in BLOCKS:
            self.block()

    def _close_container(self, tag: str) -> None:
        if tag != "blockquote" and self.lists:
            self.lists.pop()
        wanted = "> " if tag == "blockquote" else "   "
        if self.prefixes and self.prefixes[-1] == wanted:
            self.prefixes.pop()
        self.block()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.pre:
            self.out.append(data.replace("```", "'''").replace("\n", "\n" + "".join(self.prefixes)))
            return
        self.out.append(SPECIAL.sub(_escaped, re.sub(r"\s+", " ", data)))


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def to_markdown(html: str) -> str:
    """The text of a post that was kept as HTML. Never fails; scripts and frames are gone, pictures are links."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = "".join(writer.out)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\n(?:>[ >]*\n)*(?:>[ >]*)?\n{2,}", "\n\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
