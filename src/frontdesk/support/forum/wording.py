"""Texts as they may be kept: what they must not hold is taken out, what is too long is refused."""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.errors import PostRefused

LONGEST_TEXT = 30_000  # characters
LONGEST_TITLE = 200
SHORTEST_TITLE = 8
SLUG = 80
MOST_LINKS, MOST_MENTIONS, MOST_PICTURES = 50, 20, 20  # whoever writes; `rights` allows fewer to most
MOST_QUOTED = 20  # posts
WHY: dict[str, str | Promise] = {
    "empty": _("Please write something."),
    "too_long": _("This is too long: at most %(most)s characters fit into a post."),
    "title_empty": _("Please say in a few words what it is about."),
    "title_too_short": _("Please say a little more: at least %(most)s characters."),
    "title_too_long": _("This is too long: at most %(most)s characters fit into a title."),
    "links": _("There are too many links: at most %(most)s."),
    "mentions": _("There are too many mentions: at most %(most)s."),
    "pictures": _("There are too many pictures: at most %(most)s."),
    "quotations": _("There are too many quotations: of at most %(most)s posts."),
}
# Control characters, and signs that turn the reading direction of what stands around them.
UNKEPT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
MARKS_ON_ONE = 6  # more upon one letter is a joke that covers its neighbours


def text_of(text: str) -> str:
    """A post's text as it is kept. Raises PostRefused."""
    kept = _without_towers(UNKEPT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip("\n").rstrip()
    if not kept.strip() or not any(_is_seen(sign) for sign in kept):
        raise PostRefused(why="empty")
    if len(kept) > LONGEST_TEXT:
        raise PostRefused(why="too_long", most=LONGEST_TEXT)
    return kept


def title_of(title: str) -> str:
    """A title in one line, as it is kept. Raises PostRefused."""
    kept = line_of(title)
    if not any(_is_seen(sign) for sign in kept):
        raise PostRefused(why="title_empty")
    if len(kept) < SHORTEST_TITLE:
        raise PostRefused(why="title_too_short", most=SHORTEST_TITLE)
    if len(kept) > LONGEST_TITLE:
        raise PostRefused(why="title_too_long", most=LONGEST_TITLE)
    return kept


def line_of(text: str) -> str:
    """Some words in one line."""
    return _without_towers(" ".join(UNKEPT.sub("", text).split()))


def slug_of(title: str) -> str:
    """What stands of a title in an address, in Latin letters; "topic" where there are none."""
    german = title.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    return slugify(german)[:SLUG].strip("-") or "topic"


def why_in_words(refusal: PostRefused) -> str:
    """Why a text was refused, for whoever wrote it."""
    words = WHY[str(refusal.members["why"])]
    return str(words) % {"most": refusal.members.get("most", "")}


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "ZC"


def _without_towers(text: str) -> str:
    """With at most a few marks upon each letter, as the languages that need most of them have."""
    if text.isascii():
        return text
    kept, marks = list[str](), 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if marks <= MARKS_ON_ONE:
            kept.append(sign)
    return "".join(kept)
