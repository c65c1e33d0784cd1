"""What a post said, version by version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from frontdesk.support.forum import selectors
from frontdesk.support.forum.models import Member, Post
from frontdesk.support.forum.selectors import Reader
from frontdesk.support.helpcentre import comparing
from frontdesk.support.helpcentre.comparing import Line


@dataclass(frozen=True)
class Version:
    """One of them: who wrote it, when and why; `title` is the topic's, of its first post."""

    number: int
    text: str
    title: str
    by: Member | None
    at: datetime
    reason: str = ""


def versions(reader: Reader, post: Post) -> list[Version]:
    """Those that are for this reader, the first one first: what never was seen, or was hidden, is for its author and
    the team. A revision holds what stood there, and who then wrote what follows."""
    kept = list(post.revisions.select_related("editor").order_by("until", "pk"))
    is_all = reader.is_team or selectors.is_by(reader, post.author_id)
    found = list[Version]()
    by: Member | None = post.author
    at, reason = post.created_at, ""
    for each in kept:
        if is_all or each.was_seen:
            found.append(Version(len(found) + 1, each.text, each.title, by, at, reason))
        by, at, reason = each.editor, each.until, each.reason
    title = post.topic.title if kept and kept[-1].title else ""
    return [*found, Version(len(found) + 1, post.text, title, by, at, reason)]


def compare(old: str, new: str, *, old_title: str = "", new_title: str = "") -> Sequence[Line]:
    """What changed, line by line."""
    return comparing.compare_lines(_lines(old, old_title), _lines(new, new_title))


def _lines(text: str, title: str) -> list[str]:
    head = [f"{_('Title')}: {title}", ""] if title else []
    return [*head, *text.split("\n")]
