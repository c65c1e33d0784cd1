"""Erasing mails for good: a mailbox that still holds them must not bring them back."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet

from frontdesk.support.tickets.models import ErasedMail, IncomingMail


def erase(mails: QuerySet[IncomingMail]) -> None:
    """Delete these mails; of each stays a mark that tells nothing without our key, and by it only whether a mail in
    hand is the same."""
    _mark(mails.values_list("sha256", flat=True))
    mails.delete()


def was_erased(sha256: str) -> bool:
    """Whether the mail of this SHA-256 was here, and was erased."""
    return ErasedMail.objects.filter(mark=_keyed(sha256)).exists()


def _mark(digests: Iterable[str]) -> None:
    marks = {_keyed(each) for each in digests if each}
    ErasedMail.objects.bulk_create([ErasedMail(mark=mark) for mark in sorted(marks)], ignore_conflicts=True)


def _keyed(sha256: str) -> str:
    key = settings.SECRETS.token_key.encode()
    return hmac.new(key, f"erased mail {sha256}".encode(), hashlib.sha256).hexdigest()
