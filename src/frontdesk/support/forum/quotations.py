"""What a post quotes of others with the button, and taking it out again once that was deleted for good."""

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from uuid import UUID

from django.db import connection
from django.db.models import Q

from frontdesk.support.forum.models import Post

BLACK = "…"
QUOTED = re.compile(r" {0,3}>[> ]*")
HEAD = re.compile(r"^ {0,3}>[^\n]*\(/community/p/([0-9a-f-]{36})/\)", re.MULTILINE)
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


def blackened(text: str, posts: Iterable[UUID], *, said: Collection[str] = ()) -> str:
    """The text without the words that it quotes of these posts; that it quoted them stays. `said`: the lines of theirs,
    which go wherever a quotation has them: it may have been parted by what was written in between."""
    for post in posts:
        head = rf"^( {{0,3}}>[^\n]*\({re.escape(f'/community/p/{post}/')}\)[^\n]*)"
        text = re.sub(rf"{head}(?:\n {{0,3}}>[^\n]*)*", rf"\1\n>\n> {BLACK}", text, flags=re.MULTILINE)
    return _without(text, said) if said else text


def _without(text: str, said: Collection[str]) -> str:
    """The text without these lines where they are quoted, or follow what is quoted as part of it."""
    kept, is_quoted = list[str](), False
    for line in text.split("\n"):
        begins = QUOTED.match(line)
        is_quoted = bool(begins) or (is_quoted and bool(line.strip()))
        words = (line[begins.end() :] if begins else line).strip()
        kept.append(f"> {BLACK}" if is_quoted and words in said else line)
    return "\n".join(each for at, each in enumerate(kept) if not at or each != f"> {BLACK}" or kept[at - 1] != each)


def lines_of(texts: Iterable[str]) -> set[str]:
    """What they say themselves, line by line."""
    return {line.strip() for text in texts for line in text.split("\n") if not QUOTED.match(line)} - {""}


def without_forgotten(text: str) -> str:
    """A text that is about to be kept, without what it quotes of posts that were deleted for good meanwhile."""
    quoted = _quoted_in(text)
    return blackened(text, Post.objects.filter(pk__in=quoted, text="").values_list("pk", flat=True)) if quoted else text


def count_in(text: str) -> int:
    """How many posts a text quotes: `hold` takes a lock for each, of which the database has only so many."""
    return len(_quoted_in(text))


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
