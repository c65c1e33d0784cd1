"""HTML of mails as HTML that may be shown: sanitised by nh3, no picture loads, and links say where they lead."""

import re
from html import escape

import nh3

from frontdesk.support.tickets import hrefs
from frontdesk.support.tickets.mail.incoming.reading import elements
from frontdesk.support.tickets.mail.incoming.reading.tree import Node, text_of

LONGEST_ADDRESS = 1_000
MOST_ESCAPES = 20_000
HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
SIZE = re.compile(r"font-size:\s*(0(?:\.0+)?(?![.\d]))?", re.IGNORECASE)


def is_hidden(node: Node) -> bool:
    """Whether nobody sees it, nor what lies in it."""
    return bool(HIDDEN.search(node.attributes.get("style", "")))


def is_tiny(node: Node, *, inherited: bool) -> bool:
    """Whether its text has no size; what lies in it may have one all the same, as newsletters are made."""
    found = SIZE.search(node.attributes.get("style", ""))
    return bool(found[1]) if found else inherited


def shown_address(node: Node) -> str:
    """Where a link leads, when its text does not say so."""
    link = hrefs.read(node.attributes.get("href", ""))
    text = " ".join(text_of(node).split())
    if link is None or not link.host or len(link.address) > LONGEST_ADDRESS:
        return ""
    plain = link.address.rstrip("/")
    return "" if not text or text.rstrip("/") in {plain, plain.partition("://")[2]} else link.address


def to_html(root: Node, taken_out: set[int]) -> str:
    """The tree as HTML that may be shown, without the leaves (by id) that are not the writer's.

    "" for what nobody writes, so that the text is shown instead.
    Pictures do not load: those of the mail keep `data-cid`, those of others `data-remote`.
    """
    out: list[str] = []
    _serialise(root, taken_out, out, is_within_tiny=False)
    whole = "".join(out)
    if whole.count("&") > MOST_ESCAPES:  # nh3 takes quadratic time over them
        return ""
    return nh3.clean(
        whole,
        tags=set(elements.KEPT_TAGS),
        clean_content_tags=set(elements.DROPPED),
        attributes={"*": {"dir"}, "a": {"href", "title"}, "img": {"alt", "width", "height", "data-cid", "data-remote"},
                    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()  # fmt: skip


def _serialise(node: Node, taken_out: set[int], out: list[str], *, is_within_tiny: bool) -> bool:
    """Append the node; False when nothing of it was left."""
    if is_hidden(node):
        return False
    tiny = is_tiny(node, inherited=is_within_tiny)
    start, filled = len(out), node.tag in {"br", "hr", "td", "th"}
    out.append("")
    for child in node.children:
        if isinstance(child, Node):
            filled |= _serialise(child, taken_out, out, is_within_tiny=tiny) and child.tag != "br"
        elif id(child) not in taken_out and (child.image or not tiny):
            filled |= bool(child.text.strip()) or child.image
            if not child.image:
                out.append(escape(child.text))
    if not filled and (taken_out or len(out) == start + 1):
        del out[start:]
        return False
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(node).items())
    out[start] = f"<{node.tag}{attributes}>"
    if node.tag not in elements.VOID:
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
