"""The door for providers that receive mail for the vendor and post it to us. anymail knows their forms."""

import hmac
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import structlog
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontdesk.core.database.deadline import within
from frontdesk.support.tickets.mail.incoming import storing

log = structlog.get_logger(__name__)
# Those that post everything we need; the others would have us fetch it from them.
PROVIDERS = {
    "mailgun": "anymail.webhooks.mailgun.MailgunInboundWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetInboundWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkInboundWebhookView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridInboundWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostInboundWebhookView",
}
SIGNING = {"mailgun": "webhook_signing_key", "mandrill": "webhook_key"}
ADDRESS = "/webhooks/mail/"
STORING_SECONDS = 60  # more than a page has, since a mail may have 40 MB; providers wait that long
LARGEST = 2 * storing.MAX_MAIL  # some post the raw mail, and its files beside it once more


def larger_bodies() -> dict[str, int]:
    """Where larger bodies than elsewhere are taken, and how large: a mail comes whole, with its files. Where no
    provider is configured, nobody may send them."""
    return {ADDRESS: LARGEST} if settings.MAIL_WEBHOOK["provider"] else {}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
@never_cache
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """204 once everything is stored; 404 for a provider not configured, 403 for strangers, 400 for nonsense."""
    given = settings.MAIL_WEBHOOK
    if not given["provider"] or provider != given["provider"]:
        return HttpResponse(status=404)
    if request.method == "HEAD":
        return HttpResponse()  # some ask whether we are there
    try:
        _require_the_secret(request)
        raw = _body(request)
        if raw is None:
            return HttpResponse(status=413)
        events = _events(request, provider)
    except AnymailWebhookValidationFailure:
        log.warning("mail_webhook_refused", provider=provider)
        return HttpResponse(status=403)
    except (AnymailError, ImproperlyConfigured, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        log.warning("mail_webhook_unreadable", provider=provider, error=type(error).__name__)
        return HttpResponse(status=400)
    with within(STORING_SECONDS):
        for number, event in enumerate(events):
            _store(event, provider, number, raw)
    return HttpResponse(status=204)


def _require_the_secret(request: HttpRequest) -> None:
    """Before the body is read: strangers must not fill our memory. anymail looks once more, behind it. Raises
    AnymailWebhookValidationFailure."""
    secret: str = settings.MAIL_WEBHOOK["secret"]
    given: str = get_request_basic_auth(request) or ""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise AnymailWebhookValidationFailure


def _body(request: HttpRequest) -> bytes | None:
    """The whole body, past Django's limit for forms: a mail with files is larger. None for one that is too large."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    raw: bytes = request.read()
    request._body = raw  # noqa: SLF001 - where Django keeps a body that was read
    request._stream = BytesIO(raw)  # noqa: SLF001 - as above
    return raw


def _events(request: HttpRequest, provider: str) -> list[Any]:
    """What the provider tells, once it has proved who it is."""
    given = settings.MAIL_WEBHOOK
    values: dict[str, Any] = {"webhook_secret": [given["secret"]]}
    if provider in SIGNING:
        values[SIGNING[provider]] = given["key"]
    view = import_string(PROVIDERS[provider])(**values)
    view.setup(request)
    view.run_validators(request)
    return list(view.parse_events(request))


def _store(event: Any, provider: str, number: int, raw: bytes) -> None:
    message = getattr(event, "message", None)
    if message is None or getattr(event, "event_type", "") != "inbound":
        return
    key = f"{provider} {event.event_id} {number}" if event.event_id else ""
    storing.store(
        next(_as_bytes(message, raw)),
        source="webhook",
        envelope_from=message.envelope_sender or "",
        envelope_to=message.envelope_recipient or "",
        source_key=key,
    )


def _as_bytes(message: Any, raw: bytes) -> Iterator[bytes]:
    """The mail; what cannot be written as one is kept as it was posted, so that nothing is lost."""
    try:
        yield bytes(message)
    except Exception:  # noqa: BLE001 - Python's generator stumbles over many headers
        yield raw
