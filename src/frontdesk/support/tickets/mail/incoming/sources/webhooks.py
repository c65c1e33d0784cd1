"""The door for providers that receive mail for the vendor and post it to us.

anymail knows how they prove who they are; what they post we take apart ourselves (`posted`), since a mail must not be
lost because a library stumbles over one of its headers.
"""

import hmac
from typing import Any, cast

import structlog
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontdesk.core.database.deadline import within
from frontdesk.support.tickets.mail.incoming import details, storing
from frontdesk.support.tickets.mail.incoming.sources.posted import providers
from frontdesk.support.tickets.mail.incoming.sources.posted.forms import Post
from frontdesk.support.tickets.mail.incoming.sources.posted.providers import Posted

log = structlog.get_logger(__name__)
# Those that sign what they post, with what anymail calls their key.
SIGNING = {
    "mailgun": ("anymail.webhooks.mailgun.MailgunInboundWebhookView", "webhook_signing_key"),
    "mandrill": ("anymail.webhooks.mandrill.MandrillCombinedWebhookView", "webhook_key"),
}
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
    """204 once everything is stored; 404 for a provider not configured, 403 for strangers, 400 for what is
    no mail. Whatever a mail is like, it is kept."""
    given = settings.MAIL_WEBHOOK
    if not given["provider"] or provider != given["provider"]:
        return HttpResponse(status=404)
    if request.method == "HEAD":
        return HttpResponse()  # some ask whether we are there
    try:
        _require_the_secret(request)
        post = _post(request)
        if post is None:
            return HttpResponse(status=413)
        _require_the_signature(request, provider)
        mails = providers.mails(provider, post)
    except AnymailWebhookValidationFailure:
        log.warning("mail_webhook_refused", provider=provider)
        return HttpResponse(status=403)
    except providers.NoMail:
        log.warning("mail_webhook_no_mail", provider=provider)
        return HttpResponse(status=400)
    with within(STORING_SECONDS):
        for number, mail in enumerate(mails):
            _store(mail, provider, number)
    return HttpResponse(status=204)


def _require_the_secret(request: HttpRequest) -> None:
    """Before the body is read: strangers must not fill our memory. anymail looks once more, behind it. Raises
    AnymailWebhookValidationFailure."""
    secret: str = settings.MAIL_WEBHOOK["secret"]
    given: str = get_request_basic_auth(request) or ""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise AnymailWebhookValidationFailure


def _post(request: HttpRequest) -> Post | None:
    """The whole body, past Django's limits for forms: a mail with files is larger. None for one that is too large."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    raw: bytes = request.read()
    request._body = raw  # noqa: SLF001 - where Django keeps a body that was read
    post = Post(raw, request.META.get("CONTENT_TYPE", ""))
    form = QueryDict(mutable=True)
    for field in post.fields:
        if field.filename is None:
            form.appendlist(field.name, field.data.decode("utf-8", "replace"))
    request.POST = cast("Any", form)  # what anymail looks for signatures in
    return post


def _require_the_signature(request: HttpRequest, provider: str) -> None:
    """Whether the provider proves who it is. Raises AnymailWebhookValidationFailure."""
    if provider not in SIGNING:
        return
    given = settings.MAIL_WEBHOOK
    name, key = SIGNING[provider]
    view = import_string(name)(**{"webhook_secret": [given["secret"]], key: given["key"]})
    view.setup(request)
    try:
        view.run_validators(request)
    except (ImproperlyConfigured, ValueError, TypeError, AttributeError) as error:
        raise AnymailWebhookValidationFailure from error  # a signature that cannot be looked at proves nothing


def _store(mail: Posted, provider: str, number: int) -> None:
    if not mail.is_read:
        log.warning("mail_webhook_unreadable", provider=provider)
    storing.store(
        mail.raw,
        source="webhook",
        envelope_from=mail.envelope_from,
        envelope_to=mail.envelope_to,
        source_key=f"{provider} {mail.number} {number}" if mail.number else "",
        unread="" if mail.is_read else details.UNREAD_POST,
    )
