"""The links of a recovery. The one that stops it is made from its id, so that each warning can carry the same one."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.models import Person, Recovery


def link_hint() -> str:
    """What an account's messages show where a link stood."""
    return _("(a link, only in the mail)")


def address_of(name: str, token: str) -> str:
    """The address of a page behind a token, as mails carry it."""
    return str(settings.FRONTDESK_URL) + reverse(name, args=[token])


def stop_token(recovery: Recovery) -> str:
    """What stops this recovery."""
    return f"{recovery.pk.hex}-{_keyed(b'recovery stop:' + recovery.pk.bytes)}"


def recovery_of_stop_token(token: str) -> UUID:
    """Which recovery a token stops. Raises LinkExpired when it is not ours."""
    pk, _dash, given = token.partition("-")
    try:
        found = UUID(hex=pk)
    except ValueError:
        raise LinkExpired from None
    if not constant_time_compare(given, _keyed(b"recovery stop:" + found.bytes)):
        raise LinkExpired
    return found


def state_of(person: Person) -> str:
    """What changes with each sign-in, each new password and each new address."""
    last = person.last_login.isoformat() if person.last_login else ""
    return _keyed(f"recovery state:{person.pk}|{person.password}|{last}|{person.email}".encode())


def _keyed(content: bytes) -> str:
    return hmac.new(settings.SECRETS.token_key.encode(), content, hashlib.sha256).hexdigest()
