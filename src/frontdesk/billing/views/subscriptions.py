"""What is changed on a subscription without paying: automatic renewal, and the card it is paid with."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import reauthenticated_to_post
from frontdesk.billing import outlooks, words
from frontdesk.billing.payments import methods
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.views.common import acting, for_person, wanted_id

WHY = [
    ("price", gettext_lazy("It costs too much")),
    ("unused", gettext_lazy("I no longer need it")),
    ("other", gettext_lazy("I use something else now")),
    ("trouble", gettext_lazy("It did not work as I hoped")),
    ("self", gettext_lazy("I prefer to renew it myself")),
]


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def auto_renewal(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """Switch automatic renewal: the page says what follows, one button does it. The question may be skipped."""
    held = changing.access_subscription(person, subscription_id)
    if request.method != "POST":
        if held.handed_over_at is not None:  # the page says so, and there is nothing to switch
            return redirect("billing:subscription", subscription_id)
        context = {"outlook": outlooks.outlook_of(person, subscription_id), "reasons": WHY}
        return render(request, "billing/auto_renewal.html", context)
    on, why = request.POST.get("on") == "yes", request.POST.get("why", "")
    why = why if why in dict(WHY) else ""
    changing.set_auto_renew(actor=acting(person), subscription=held, on=on, why=why)
    seen = outlooks.outlook_of(person, subscription_id)
    said = _("Automatic renewal is on.") if on else _("Automatic renewal is off.")
    messages.success(request, f"{said} {seen.sentences[0]}")
    return redirect("billing:subscription", subscription_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
@reauthenticated_to_post
def card(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """Choose the card that a subscription is paid with."""
    held = changing.access_subscription(person, subscription_id)
    if request.method == "POST":
        chosen = methods.access_method(person, wanted_id(request.POST.get("card", "")))
        changing.set_method(actor=acting(person), subscription=held, method=chosen)
        seen = outlooks.outlook_of(person, subscription_id)
        if seen.is_written_off:
            messages.info(request, seen.sentences[-1])
        else:
            messages.success(request, _("It is paid with %s from now on.") % words.card_name(chosen))
        return redirect("billing:subscription", subscription_id)
    if held.handed_over_at is not None:
        return redirect("billing:subscription", subscription_id)
    seen = outlooks.outlook_of(person, subscription_id)
    context = {"outlook": seen, "cards": methods.access_methods(person)}
    return render(request, "billing/subscription_card.html", context)
