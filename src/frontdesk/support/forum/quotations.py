"""What a post quotes of others with the button, and taking it out again once that was deleted for good."""

import re
from collections.abc import Collection
from uuid import UUID

from django.db import connection

BLACK = "…"
HEAD = re.compile(r"^>[^\n]*\(/community/p/([0-9a-f-]{36})/\)", re.MULTILINE)
# Without a condition on the text: whoever deletes it this very moment is waited for, and asked what is left.
STATES = "select id, text = '' from forum_post where id = any(%s) order by id for share"


def blackened(text: str, posts: Collection[UUID]) -> str:
    """The text without the words that it quotes of these posts; that it quoted them stays."""
    for post in posts:
        path = re.escape(f"/community/p/{post}/")
        text = re.sub(rf"^(>[^\n]*\({path}\)[^\n]*)(?:\n>[^\n]*)*", rf"\1\n>\n> {BLACK}", text, flags=re.MULTILINE)
    return text


def without_forgotten(text: str) -> str:
    """A text that is about to be kept, without what it quotes of posts that were deleted for good since it was begun.
    In a transaction: till its end nobody deletes what is quoted, so that they find this text."""
    quoted = sorted(set(HEAD.findall(text)))
    if not quoted:
        return text
    with connection.cursor() as cursor:
        cursor.execute(STATES, [_ids(quoted)])
        return blackened(text, [post for post, is_gone in cursor.fetchall() if is_gone])


def _ids(found: Collection[str]) -> list[UUID]:
    kept = []
    for each in found:
        try:
            kept.append(UUID(each))
        except ValueError:
            continue
    return kept
