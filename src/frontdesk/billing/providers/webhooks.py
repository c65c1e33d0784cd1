"""The door for webhooks: the raw body goes to the inbox, which checks and keeps it before anything is done."""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from frontdesk.billing import inbox
from frontdesk.billing.providers.protocol import NotAuthentic

log = structlog.get_logger(__name__)
LARGEST = 512 * 1024


@csrf_exempt
@require_POST
@never_cache
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """204 once it is kept; 400 for what is not the provider's, 404 for a provider not configured, 413 for too much."""
    try:
        raw = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    if len(raw) > LARGEST:
        return HttpResponse(status=413)
    try:
        inbox.receive(provider=provider, headers=request.headers, raw=raw)
    except NotAuthentic as refusal:
        log.warning("webhook_refused", provider=provider, why=str(refusal))
        return HttpResponse(status=400)
    except KeyError:
        return HttpResponse(status=404)
    return HttpResponse(status=204)
