"""Taking out of mails what they say, and erasing them for good: a mailbox that still holds them must not bring them
back."""

import hashlib
import hmac
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db.models import QuerySet

from frontdesk.support.tickets.models import ErasedMail, IncomingMail, RawMail


def erase(mails: QuerySet[IncomingMail]) -> None:
    """Delete these mails; of each stays a mark that tells nothing without our key, and by it only whether a mail in
    hand is the same."""
    _mark(mails.values_list("sha256", flat=True))
    mails.delete()


def forget_words(mails: QuerySet[IncomingMail]) -> None:
    """Delete the bytes of these mails, and what was read in them; that they came stays."""
    RawMail.objects.filter(mail__in=mails.values("pk")).delete()


def rename(mail: IncomingMail, words: Callable[[str], str]) -> None:
    """Put `words` of a mail's subject in the subject's place; where that changes it, the bytes go, which say it too."""
    if (subject := words(mail.subject)) != mail.subject:
        IncomingMail.objects.filter(pk=mail.pk).update(subject=subject)
        RawMail.objects.filter(mail=mail).delete()


def was_erased(sha256: str) -> bool:
    """Whether the mail of this SHA-256 was here, and was erased."""
    return ErasedMail.objects.filter(mark=_keyed(sha256)).exists()


def _mark(digests: Iterable[str]) -> None:
    marks = {_keyed(each) for each in digests if each}
    ErasedMail.objects.bulk_create([ErasedMail(mark=mark) for mark in sorted(marks)], ignore_conflicts=True)


def _keyed(sha256: str) -> str:
    key = settings.SECRETS.token_key.encode()
    return hmac.new(key, f"erased mail {sha256}".encode(), hashlib.sha256).hexdigest()
