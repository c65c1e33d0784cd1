"""Taking words out of kept HTML: out of what it says and where its links lead, never out of its markup.

Whatever a name is ("class", a quote sign), the elements and attributes stay those that they were: what is put in their
place is escaped anew.
"""

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

Blacken = Callable[[str], str]
SAYING = {"alt", "href", "title"}  # attributes that say something; the others are how it is built
UNSPOKEN = {"script", "style"}  # neither words nor escaped


def in_html(html: str, *, words: Blacken, addresses: Blacken | None = None) -> str:
    """The HTML with `words` applied to each piece of text and to titles of links and pictures, and `addresses` (else
    `words`) to where links lead. What neither changes stays as it was written, to the letter."""
    writer = _Writer(words, addresses or words)
    writer.feed(html)
    writer.close()
    return "".join(writer.out) if writer.is_changed else html


class _Writer(HTMLParser):
    """Writes what it reads."""

    def __init__(self, words: Blacken, addresses: Blacken) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.addresses = words, addresses
        self.out: list[str] = []
        self.is_changed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = [(name, self._kept(name, value)) for name, value in attrs]
        if kept == attrs:
            self.out.append(self.get_starttag_text() or "")
            return
        self.is_changed = True
        said = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept)
        self.out.append(f"<{tag}{said}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _kept(self, name: str, value: str | None) -> str | None:
        if value is None or name not in SAYING:
            return value
        return self.addresses(value) if name == "href" else self.words(value)

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in UNSPOKEN:
            self.out.append(data)
            return
        told = self.words(data)
        self.is_changed = self.is_changed or told != data
        self.out.append(escape(told, quote=False))

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.out.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.out.append(f"<?{data}>")
