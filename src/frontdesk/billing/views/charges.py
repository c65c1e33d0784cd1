"""A charge that somebody does not recognise: asked here before the bank is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import browsers
from frontdesk.billing import declarations
from frontdesk.billing.declaration_forms import ChargeForm
from frontdesk.core import throttle
from frontdesk.core.throttle import Limit

FROM_NETWORK = Limit("questions about charges", 10, 3600)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def unknown_charge(request: HttpRequest) -> HttpResponse:
    """Take the three things and answer always alike; what was found goes to the order's address."""
    form = ChargeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        throttle.reserve(FROM_NETWORK, browsers.prefix(request))
        asked = form.cleaned_data
        declarations.explain_charge(last4=asked["last4"], amount=asked["amount"], day=asked["day"].isoformat())
        return render(request, "billing/charge_asked.html")
    return render(request, "billing/charge.html", {"form": form}, status=422 if form.is_bound else 200)
