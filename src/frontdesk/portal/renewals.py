"""What billing has to say on home and beside a licence."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from frontdesk.billing import outlooks
from frontdesk.billing.models import Order, Payment, Subscription
from frontdesk.billing.outlook import Outlook
from frontdesk.billing.providers import registry
from frontdesk.billing.words import card_name, day
from frontdesk.core import clock
from frontdesk.licensing.models import License
from frontdesk.portal import further_terms
from frontdesk.portal.attention import Attention
from frontdesk.portal.people import signed_in
from frontdesk.ui.panels import Panel

# They go on by themselves, so that a near end needs nobody's attention.
CARED_FOR = frozenset({"renews", "trial", "cardless", "past_due", "unconfirmed", "disputed", "held"})


def of_billing(seen: Iterable[Outlook], orders: Iterable[Order]) -> list[Attention]:
    """Failed charges, cards that are missing or too old, and orders that wait to be paid."""
    found = [item for outlook in seen if (item := _of(outlook))]
    return found + [_unpaid(order) for order in orders]


def renewable(seen: Iterable[Outlook]) -> dict[UUID, str]:
    """Where each licence that could run out is renewed."""
    if not registry.sells():
        return {}
    return {
        each.subscription.license: reverse("portal:renew", args=[each.subscription.pk])
        for each in seen
        if each.must_renew or (each.state == "ends" and not each.subscription.is_trial and not each.waits_for_switch)
    }


def cared_for(by_license: Mapping[UUID, Outlook]) -> set[UUID]:
    """The licences whose end billing speaks of, or takes care of."""
    return {license for license, outlook in by_license.items() if outlook.state in CARED_FOR}


def panel(request: HttpRequest, license: License) -> Panel | None:
    """The card beside a licence that says what its renewal does."""
    person = signed_in(request)
    if person is None or license.owner_id != person.pk:
        return None
    held = Subscription.objects.filter(license=license.pk).values_list("pk", "person").first()
    is_given = held is not None and held[1] != person.pk
    outlook = outlooks.outlook_of(person, held[0]) if held and not is_given else None
    if outlook is None and not is_given and not registry.sells():
        return None
    content = {
        "outlook": outlook,
        "held": outlook.subscription if outlook else None,
        "sells": registry.sells(),
        "license": license,
        "product": license.product,
        "is_given": is_given,
        "has_terms": outlook is None and further_terms.can_be_had(license, clock.now()),
    }
    return Panel("portal/parts/renewal_panel.html", content)


def _of(outlook: Outlook) -> Attention | None:
    held, name = outlook.subscription, outlook.name
    if outlook.unconfirmed and outlook.state == "unconfirmed":
        url = reverse("billing:payment", args=[outlook.unconfirmed.pk])
        title = _("Please confirm the renewal of %s") % name
        return Attention(0, "bad", title, " ".join(outlook.sentences), url, _("Confirm the payment"))
    if outlook.state == "past_due":
        url = reverse("billing:subscription", args=[held.pk])
        title = _("The payment for %s did not go through") % name
        return Attention(0, "bad", title, " ".join(outlook.sentences), url, _("See what helps"))
    if outlook.is_unreached:
        title, url = _("Our mails about %s do not reach you") % name, reverse("account_email")
        return Attention(0, "bad", title, " ".join(outlook.sentences), url, _("Check your address"))
    if outlook.state == "cardless":
        url = reverse("billing:subscription", args=[held.pk])
        return Attention(
            2, "warn", _("%s has no card to renew with") % name, outlook.sentences[0], url, _("Add a card")
        )
    if outlook.card_expires_first:
        values = {"card": card_name(outlook.card), "day": day(held.charge_at), "name": name}
        text = _("It pays for %(name)s on %(day)s. Add another one before then.") % values
        url = reverse("billing:methods")
        return Attention(2, "warn", _("%(card)s expires too early") % values, text, url, _("Change the card"))
    return None


def _unpaid(order: Order) -> Attention:
    values = {"product": order.plan_version.plan.product.name, "amount": order.due}
    url, under_way = reverse("portal:order", args=[order.pk]), getattr(order, "under_way", None)
    if under_way in {Payment.Status.STARTED, Payment.Status.UNKNOWN}:
        text = _("%(product)s, %(amount)s. It is not known yet whether it was paid; we write to you how it ended.")
        title = _("Order %s: we wait for your bank") % order.reference
        return Attention(2, "info", title, text % values, url, _("See how it stands"))
    text = _("%(product)s, %(amount)s. Nothing was charged so far.") % values
    if under_way:
        text = _("%(product)s, %(amount)s. Its payment is not finished.") % values
    return Attention(2, "info", _("Order %s waits to be paid") % order.reference, text, url, _("Pay or cancel it"))
