"""Withdrawing and canceling from a link that is always there, signed in or not; and the page behind a mailed link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import browsers
from frontdesk.accounts.models import Person
from frontdesk.billing import declarations as verbs
from frontdesk.billing import orders
from frontdesk.billing.declaration_forms import DeclarationForm
from frontdesk.billing.models import DeclarationKind
from frontdesk.billing.presentation import PaymentView
from frontdesk.billing.refunds import asking, unpaid
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.views.common import for_person
from frontdesk.core import clock, throttle
from frontdesk.core.throttle import Limit

FROM_NETWORK = Limit("declarations from a network", 20, 3600)
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@never_cache
@sensitive_post_parameters()
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw from a contract: for who is signed in the payments that can go back and what nothing was paid for.

    For others a form.
    """
    mine: dict[str, Any] = {}
    if isinstance(request.user, Person):
        now = clock.now()
        mine["payments"] = [PaymentView(each, now) for each in asking.withdrawable(request.user)]
        mine["orders"] = unpaid.withdrawable(request.user)
    return _declare(request, DeclarationKind.WITHDRAWAL, "billing/withdraw.html", mine)


@require_http_methods(METHODS)
@for_person
def withdraw_order(request: HttpRequest, person: Person, order_id: UUID) -> HttpResponse:
    """Signed in: withdraw from what no payment was made for, after what follows was said. Pressed twice, done once."""
    order = orders.access_order(person, order_id)
    if request.method == "POST":
        verbs.withdraw_now(person=person, order=order)
        messages.success(request, _("Your withdrawal is carried out. The receipt comes by mail."))
        return redirect("billing:home")
    context = {
        "order": order,
        "may_withdraw": any(clock.now() < each.until for each in unpaid.of_order(order)),
        "is_frozen": person.is_frozen(clock.now()),
    }
    return render(request, "billing/withdraw_order.html", context)


@require_http_methods(METHODS)
@never_cache
@sensitive_post_parameters()
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel a contract: for who is signed in what renews by itself, for others a form."""
    mine: dict[str, Any] = {}
    if isinstance(request.user, Person):
        live = [each for each in changing.access_subscriptions(request.user) if each.is_live]
        mine["subscriptions"] = [each for each in live if each.auto_renew]
    return _declare(request, DeclarationKind.CANCELLATION, "billing/cancel.html", mine)


def _declare(request: HttpRequest, kind: DeclarationKind, template: str, context: dict[str, Any]) -> HttpResponse:
    """The form and its answer, which is the same whether the contract is known or not."""
    form = DeclarationForm(request.POST if request.method == "POST" else None, initial=_known(request))
    if form.is_bound and form.is_valid():
        throttle.reserve(FROM_NETWORK, browsers.prefix(request))
        declared = verbs.declare(kind=kind, **form.cleaned_data)
        return render(request, "billing/declared.html", {"declared": declared})
    return render(request, template, {**context, "form": form}, status=422 if form.is_bound else 200)


def _known(request: HttpRequest) -> dict[str, str]:
    person = request.user
    return {"name": person.name, "email": person.email} if isinstance(person, Person) else {}


@require_http_methods(METHODS)
@never_cache
def linked(request: HttpRequest, token: str) -> HttpResponse:
    """What was declared, with the button that carries it out. Opening the link does nothing."""
    declared = verbs.confirm(token=token) if request.method == "POST" else verbs.find(token)
    return render(request, "billing/declaration.html", {"declared": declared, "order": declared.order})
