"""Guests who show that an address is theirs: a code of six digits goes there by mail, and their browser keeps a secret
once they have typed it. Whether there is an account with the address makes no difference here. Real time throughout.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.messages import sending
from frontdesk.core import clock, throttle
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.throttle import Limit
from frontdesk.support.chat.errors import CodeWrong
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.texts import language_for
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.opening import Requester

CODE_LASTS = timedelta(minutes=10)
GIVEN_AGAIN = timedelta(minutes=2)
LASTS = timedelta(days=30)
UNPROVED_LASTS = timedelta(days=1)
TRIES = 5
TO_ONE_ADDRESS = Limit("chat_code_address", 3, 900)
TO_ONE_ADDRESS_A_DAY = Limit("chat_code_day", 10, 86_400)
FROM_ONE_NETWORK = Limit("chat_code_network", 20, 3_600)


@transaction.atomic
def ask(address: str, name: str, language: str = "", *, ip_prefix: str = "") -> Visitor:
    """Mail a code to the address; nothing of what the guest says of themselves is in the mail. Raises TooManyAttempts,
    and RequestInvalid for what is no address."""
    clean = _address(address)
    if ip_prefix:
        throttle.reserve(FROM_ONE_NETWORK, ip_prefix)
    throttle.reserve(TO_ONE_ADDRESS, clean)
    throttle.reserve(TO_ONE_ADDRESS_A_DAY, clean)
    now = clock.real_now()
    visitor = Visitor(
        address=clean,
        name=" ".join(adding.UNKEPT.sub("", name).split())[:100],
        language=(language or translation.get_language() or "")[:10],
        expires_at=now + UNPROVED_LASTS,
    )
    code = f"{secrets.randbelow(1_000_000):06}"
    visitor.code_hash, visitor.code_until = _code_hash(visitor.pk, code), now + CODE_LASTS
    visitor.save(force_insert=True)
    _mail(visitor, code)
    return visitor


def prove(visitor: Visitor, code: str, *, ip_prefix: str = "") -> str:
    """The address is theirs: returns the secret for their browser, which lasts thirty days. Raises CodeWrong, however
    it is wrong; not to be called within a transaction, which would take back that it was tried.

    For two minutes the same code gives the same secret again, since the answer that brought it may have been lost.
    """
    secret, is_first = _try(visitor, code)
    if not secret:
        raise CodeWrong
    if is_first:  # who reads the mails may ask for as many as pages lose the chat
        throttle.clear(TO_ONE_ADDRESS, visitor.address)
        throttle.clear(TO_ONE_ADDRESS_A_DAY, visitor.address)
        if ip_prefix:
            throttle.give_back(FROM_ONE_NETWORK, ip_prefix)
    visitor.refresh_from_db()
    return secret


@transaction.atomic
def _try(visitor: Visitor, code: str) -> tuple[str, bool]:
    """The secret (empty where the code does not fit), and whether it is given for the first time."""
    current, digits = Visitor.objects.select_for_update().filter(pk=visitor.pk).first(), _digits(code)
    if current is None or not _fits(current, digits):
        return "", False
    secret, is_first = _secret(current.pk, digits), current.proved_at is None
    if is_first:
        now = clock.real_now()
        current.code_until, current.proved_at, current.expires_at = now + GIVEN_AGAIN, now, now + LASTS
        current.secret_hash = _secret_hash(secret)
        current.save(update_fields=["code_until", "secret_hash", "proved_at", "expires_at"])
    return secret, is_first


def known(secret: str) -> Visitor | None:
    """Whose browser it is that brings this secret; None when it is nobody's any more."""
    if not secret or len(secret) > 200:
        return None
    found = Visitor.objects.filter(secret_hash=_secret_hash(secret), proved_at__isnull=False).first()
    return found if found and found.expires_at > clock.real_now() else None


def requester(visitor: Visitor) -> Requester:
    """The guest as somebody who asks, with a proved address. Raises ValueError before it is proved."""
    if visitor.proved_at is None:
        raise ValueError("not proved yet")
    return Requester(visitor.address, visitor.name, language=visitor.language, is_proved=True)


def forget(visitor: Visitor) -> None:
    """This browser is theirs no more: the secret stops working, and the code that gave it."""
    Visitor.objects.filter(pk=visitor.pk).update(secret_hash=None, code_hash=None, expires_at=clock.real_now())


def forget_old(*, limit: int = 1_000) -> int:
    """Delete who never proved the address, and whose thirty days are over; returns how many. The worker's sweep.

    By their rows a guest's chats are found again. They stay while a chat of theirs is on, and while another device of
    the same guest is known.
    """
    now = clock.real_now()
    same = Visitor.objects.filter(address=OuterRef("address"), proved_at__isnull=False, expires_at__gte=now)
    begun = Chat.objects.filter(visitor=OuterRef("pk"))
    is_needed = Exists(begun.filter(ended_at=None)) | (Exists(begun) & Exists(same))
    old = Visitor.objects.filter(~is_needed, expires_at__lt=now).values_list("pk", flat=True)[:limit]
    return Visitor.objects.filter(pk__in=list(old)).delete()[0]


def _fits(visitor: Visitor, digits: str) -> bool:
    """Whether the code is right and may still be tried; each try counts, so that no guess is won by its being given
    again."""
    if visitor.code_hash is None or visitor.code_until is None or visitor.code_until <= clock.real_now():
        return False
    if visitor.tries >= TRIES:
        return False
    visitor.tries += 1
    visitor.save(update_fields=["tries"])
    return hmac.compare_digest(bytes(visitor.code_hash), _code_hash(visitor.pk, digits))


def _digits(code: str) -> str:
    return "".join(sign for sign in code if sign.isdecimal())


def _code_hash(number: UUID, code: str) -> bytes:
    """Keyed, and bound to the row: a code says nothing about another's."""
    return hmac.new(project.SECRETS.token_key.encode(), f"chat code {number} {code}".encode(), hashlib.sha256).digest()


def _secret(number: UUID, code: str) -> str:
    """256 bits that only our key makes of row and code: the same ones again, without being kept."""
    key, named = project.SECRETS.token_key.encode(), f"chat secret {number} {code}".encode()
    return base64.urlsafe_b64encode(hmac.new(key, named, hashlib.sha256).digest()).decode().rstrip("=")


def _secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _address(address: str) -> str:
    clean = address.strip().lower()
    try:
        validate_email(clean)
    except ValidationError:
        raise RequestInvalid(field="address") from None
    if len(clean) > 254:
        raise RequestInvalid(field="address")
    return clean


def _mail(visitor: Visitor, code: str) -> None:
    with translation.override(language_for(visitor.language)):
        sending.send_mail(to=visitor.address, template="chat/code", context={}, secret=code, secret_hint=_("a code"))
