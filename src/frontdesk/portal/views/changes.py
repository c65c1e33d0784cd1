"""Changes that cost something now: renew, a dearer plan, more devices. The quote first, then one button."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.credits import balance
from frontdesk.billing.errors import SubscriptionOver, SwitchNotPossible
from frontdesk.billing.models import Subscription
from frontdesk.billing.providers import registry
from frontdesk.billing.quotes import Quote
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.views.common import for_person, new_key
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.money import Money
from frontdesk.core.numbers import whole
from frontdesk.core.reasons import Refusal
from frontdesk.licensing.models import License
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.selectors import access_license
from frontdesk.portal.paying import card_of, chosen_card, pay, place

MOST_AT_ONCE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def renew(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """The next term, paid now."""
    held, view = held_by(person, subscription_id)
    quote = quotes.renewal(subscription=held, license_ends_at=view.license.expires_at)
    return quoted(request, person, held, view, quote)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def devices(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """More devices, from now to the end of the term."""
    held, view = held_by(person, subscription_id)
    given = request.POST if request.method == "POST" else request.GET
    more = min(max(whole(given.get("more", ""), most=10**6) or 1, 1), MOST_AT_ONCE)
    if "update" in request.POST:
        return redirect(f"{request.path}?more={more}")
    quote = quotes.devices(subscription=held, more=more, license_ends_at=view.license.expires_at)
    return quoted(request, person, held, view, quote, {"more": more, "most": MOST_AT_ONCE})


def held_by(person: Person, subscription_id: UUID) -> tuple[Subscription, LicenseView]:
    """A subscription of the person's with its licence, which must be theirs too, and neither rest nor be paid back.

    Raises NotFound, SwitchNotPossible, SubscriptionOver.
    """
    if not registry.sells():
        raise NotFound
    held = changing.access_subscription(person, subscription_id)
    view = LicenseView(access_license(person, held.license), clock.now())
    if view.status == License.Status.SUSPENDED:
        raise SwitchNotPossible
    if view.status == License.Status.REFUNDED:
        raise SubscriptionOver
    return held, view


def quoted(
    request: HttpRequest,
    person: Person,
    held: Subscription,
    view: LicenseView,
    quote: Quote,
    extra: dict[str, object] | None = None,
) -> HttpResponse:
    """The page of a quote (GET); the order that was agreed to, and on to its payment (POST)."""
    refusal = None
    if request.method == "POST":
        try:
            return _order(request, person, held, quote)
        except Refusal as refused:
            refusal = refused
    context = _context(person, held, view, quote) | {"refusal": refusal} | (extra or {})
    status = refusal.reason.status if refusal else 200
    return render(request, "portal/change/quote.html", context, status=status)


def _order(request: HttpRequest, person: Person, held: Subscription, quote: Quote) -> HttpResponse:
    order = place(request, person, quote, country=held.tax_country, auto_renew=held.auto_renew, subscription=held)
    other = "other" in request.POST
    return pay(request, person, order, None if other else chosen_card(request, person))


def _context(person: Person, held: Subscription, view: LicenseView, quote: Quote) -> dict[str, object]:
    due = quote.due.gross_minor
    credit = min(due, balance(person, held.currency))
    return {
        "held": held,
        "view": view,
        "quote": quote,
        "credit": -credit,
        "to_pay": Money(due - credit, held.currency),
        "card": card_of(person, held),
        "devices": quote.plan_version.device_limit + quote.added_devices,
        "rate": f"{quote.tax_rate / 100:g} %",
        "key": new_key(),
    }
