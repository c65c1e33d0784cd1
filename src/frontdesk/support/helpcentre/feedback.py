"""Was it helpful? One vote for each reader and translation, known by a keyed hash; it can be changed."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from frontdesk.core import clock, throttle
from frontdesk.core.throttle import Limit
from frontdesk.support.helpcentre.models import ArticleFeedback, Translation

PURPOSE = b"frontdesk reader 1\0"
LONGEST_WORDS = 2000
# So that nobody behind one network decides alone what helps; a large office may still say what it thinks.
BY_NETWORK = Limit("help_votes", 60, 3600)


def reader_hash(*, person: UUID | None, token: str) -> bytes:
    """By what a reader is known again: the person, or the token of their browser."""
    who = f"person:{person}" if person else f"browser:{token}"
    return hmac.new(settings.SECRETS.token_key.encode(), PURPOSE + who.encode(), hashlib.sha256).digest()


def given(translation: Translation, reader: bytes) -> ArticleFeedback | None:
    """What this reader said before."""
    return ArticleFeedback.objects.filter(translation=translation, reader_hash=reader).first()


def give(
    *, translation: Translation, reader: bytes, is_helpful: bool, words: str | None = None, person: UUID | None = None,
    network: str = "",
) -> None:  # fmt: skip
    """Say yes or no, or change it; words are kept where none are given with the change. Raises TooManyAttempts."""
    throttle.reserve(BY_NETWORK, network)
    said: dict[str, object] = {"is_helpful": is_helpful, "person": person, "created_at": clock.now()}
    if words is not None:
        said["words"] = words.replace("\0", "").strip()[:LONGEST_WORDS]
    ArticleFeedback.objects.update_or_create(translation=translation, reader_hash=reader, defaults=said)


def counts(translations: list[Translation]) -> dict[UUID, tuple[int, int]]:
    """How many said yes and no, by translation."""
    rows = ArticleFeedback.objects.filter(translation__in=translations).values("translation")
    counted = rows.annotate(yes=Count("pk", filter=Q(is_helpful=True)), no=Count("pk", filter=Q(is_helpful=False)))
    return {row["translation"]: (row["yes"], row["no"]) for row in counted}
