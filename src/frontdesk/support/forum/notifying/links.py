"""Addresses in mails: of topics and posts, and those that stop mails without signing in."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from frontdesk.core.signing import b64
from frontdesk.support.forum.models import NewsMail


def absolute(path: str) -> str:
    """The whole address of one of our paths."""
    return settings.FRONTDESK_URL + path


def to_quiet(mail: UUID) -> str:
    """Where who got this mail stops more of its kind."""
    return absolute(reverse("forum:quiet", args=[mail, secret_of(mail)]))


def by_quiet(mail: UUID, secret: str) -> NewsMail | None:
    """The mail whose link this is; None where the secret is another's."""
    if not hmac.compare_digest(secret.encode(), secret_of(mail).encode()):
        return None
    return NewsMail.objects.select_related("member__person", "topic__category").filter(pk=mail).first()


def secret_of(mail: UUID) -> str:
    """What proves that somebody got this mail."""
    key = settings.SECRETS.token_key.encode()
    return b64(hmac.new(key, f"community mail {mail}".encode(), hashlib.sha256).digest())
