"""What a post quotes of others with the button, and taking it out again once that was deleted for good."""

import re
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import connection
from django.db.models import Q

from frontdesk.support.forum.models import Post

BLACK = "…"
HEAD = re.compile(r"^>[^\n]*\(/community/p/([0-9a-f-]{36})/\)", re.MULTILINE)
SHARED = """
select pg_advisory_xact_lock_shared(hashtextextended(key, 0))
  from (select 'forum quoted ' || id as key from unnest(%s::text[]) as quoted (id) order by id) as in_order
"""


def hold(text: str) -> None:
    """Till the transaction ends, nothing that this text quotes is deleted for good: who does it then finds the text.

    Always before a topic's lock, as `let_go_of` is: whoever holds a topic waits for no quotation.
    """
    if quoted := _quoted_in(text):
        with connection.cursor() as cursor:
            cursor.execute(SHARED, [[str(each) for each in quoted]])
            cursor.fetchall()


def let_go_of(post: UUID) -> None:
    """Wait for whoever is just quoting this post, which is about to be deleted for good; who comes later waits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"forum quoted {post}"])


def blackened(text: str, posts: Iterable[UUID]) -> str:
    """The text without the words that it quotes of these posts; that it quoted them stays."""
    for post in posts:
        path = re.escape(f"/community/p/{post}/")
        text = re.sub(rf"^(>[^\n]*\({path}\)[^\n]*)(?:\n>[^\n]*)*", rf"\1\n>\n> {BLACK}", text, flags=re.MULTILINE)
    return text


def without_forgotten(text: str) -> str:
    """A text that is about to be kept, without what it quotes of posts that were deleted for good meanwhile."""
    quoted = _quoted_in(text)
    return blackened(text, Post.objects.filter(pk__in=quoted, text="").values_list("pk", flat=True)) if quoted else text


def _quoted_in(text: str) -> list[UUID]:
    """In the order of their ids."""
    found = set[UUID]()
    for each in HEAD.findall(text):
        with suppress(ValueError):
            found.add(UUID(each))
    return sorted(found)


def in_sight_of(post: Post) -> list[Post]:
    """Posts that everybody sees and that quote this one with the button, wherever they stand; the oldest first.

    Its words stay in sight there when it is hidden. A quotation is never older than what it quotes.
    """
    since = Q(created_at__gte=post.created_at) | Q(edited_at__gte=post.created_at)
    rows = Post.objects.filter(since, state=Post.State.VISIBLE, text__contains=f"/community/p/{post.pk}/")
    named = rows.exclude(pk=post.pk).select_related("topic__category__product", "topic__author", "author__person")
    return [each for each in named.order_by("created_at", "pk") if post.pk in _quoted_in(each.text)]
