"""Writing an SMS to the outbox, and the outbox's handler for the topic "sms"."""

import json
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.sms.adapters import sender
from frontdesk.accounts.sms.protocol import Sms
from frontdesk.core import clock, outbox
from frontdesk.core.outbox import Delivery

log = structlog.get_logger(__name__)
TOPIC = "sms"


def send_code(*, to: str, text: str, expires_at: datetime, language: str = "") -> None:
    """Send a one-time code; the last line lets browsers fill it in on our pages only (origin-bound codes)."""
    host = urlsplit(settings.FRONTDESK_URL).hostname
    with translation.override(language or translation.get_language() or None):
        words = _("%(vendor)s: %(code)s is your code. It works for 10 minutes. We never ask for it.") % {
            "vendor": settings.FRONTDESK_BRAND["name"],
            "code": f"{text[:4]} {text[4:]}",
        }
    send(to=to, text=f"{words}\n\n@{host} #{text}", expires_at=expires_at)


def send(*, to: str, text: str, expires_at: datetime) -> None:
    """Send an SMS in the caller's transaction; too late, it is not sent at all. Number and text lie sealed."""
    secret = json.dumps({"to": to, "text": text})
    outbox.put(topic=TOPIC, payload={"expires_at": expires_at.isoformat()}, secret=secret)


def deliver(delivery: Delivery) -> None:
    """Hand one SMS to the adapter. Raises SmsFailed, and the outbox tries again."""
    expires_at = datetime.fromisoformat(delivery.payload["expires_at"])
    if expires_at <= clock.real_now():
        log.warning("sms_too_late", key=str(delivery.key))
        return
    kept = json.loads(delivery.secret)
    sender().send(Sms(key=delivery.key, to=kept["to"], text=kept["text"], expires_at=expires_at))
