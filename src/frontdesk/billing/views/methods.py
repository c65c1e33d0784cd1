"""Payment methods: the cards that a customer has left with the provider."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import reauthenticated, reauthenticated_to_post
from frontdesk.billing import outlooks, words
from frontdesk.billing.errors import LastMethod, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.outlook import Outlook
from frontdesk.billing.payments import methods
from frontdesk.billing.providers import registry
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.views.common import absolute, acting, for_person, leave_for, new_key
from frontdesk.core import clock
from frontdesk.core.errors import NotFound


@require_safe
@for_person
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """The cards, which one renewals take, and which will not live to see the next one."""
    seen, now = outlooks.outlooks_of(person), clock.now()
    charged = {each.card.pk: each for each in seen if each.card and _is_charged(each)}
    cards = [
        {
            "card": card,
            "name": words.card_name(card),
            "is_expired": words.expires_before(card, now),
            "expires_first": card.pk in charged and charged[card.pk].card_expires_first,
            "pays_for": [each for each in seen if each.card == card and _is_charged(each)],
        }
        for card in methods.access_methods(person)
    ]
    return render(request, "billing/methods.html", {"cards": cards, "sells": registry.sells()})


def _is_charged(outlook: Outlook) -> bool:
    """Whether its card pays for it by itself."""
    return outlook.is_unpaid or outlook.state in {"renews", "trial"}


@require_POST
@for_person
@reauthenticated
def add(request: HttpRequest, person: Person) -> HttpResponse:
    """To the provider's page, where a card is left."""
    if not registry.sells():
        raise NotFound
    back = absolute("billing:method_added", registry.default().name)
    try:
        address = methods.start_adding(
            person=person, return_url=back, cancel_url=absolute("billing:methods"), key=new_key()
        )
    except PaymentProviderAway as refusal:
        messages.error(request, f"{refusal.reason.title}. {_('Try again in a few minutes.')}")
        return redirect("billing:methods")
    return leave_for(request, address)


@require_safe
@for_person
def added(request: HttpRequest, person: Person, provider: str) -> HttpResponse:
    """Back from the provider's page: the card is kept, if one was left there."""
    setup = request.GET.get("setup", "")
    if provider not in registry.known() or not setup:
        raise NotFound
    card = methods.finish_adding(actor=acting(person), person=person, provider=provider, setup_ref=setup)
    if card is None:
        messages.warning(request, _("No card was added."))
    else:
        messages.success(request, _("%s was added.") % words.card_name(card))
    return redirect("billing:methods")


@require_POST
@for_person
@reauthenticated
def make_default(request: HttpRequest, person: Person, method_id: UUID) -> HttpResponse:
    """Use a card for all renewals."""
    card = methods.access_method(person, method_id)
    changing.use_for_all(actor=acting(person), method=card)
    messages.success(request, _("Renewals are paid with %s from now on.") % words.card_name(card))
    return redirect("billing:methods")


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
@reauthenticated_to_post
def remove(request: HttpRequest, person: Person, method_id: UUID) -> HttpResponse:
    """Forget a card; what that means is said first."""
    card = methods.access_method(person, method_id)
    if request.method != "POST":
        return render(request, "billing/method_remove.html", {"card": card, "name": words.card_name(card)})
    try:
        methods.remove(actor=acting(person), method=card)
    except (LastMethod, PaymentUnderWay) as refusal:
        messages.error(request, f"{refusal.reason.title}. {refusal.reason.detail} {refusal.reason.remedy}")
    else:
        messages.success(request, _("%s was removed.") % words.card_name(card))
    return redirect("billing:methods")
