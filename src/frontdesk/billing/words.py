"""How cards, plans and days are called on billing's pages."""

from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.billing.models import Payment, PaymentMethod, Subscription
from frontdesk.catalog.models import Plan


def expires_before(card: PaymentMethod, moment: datetime) -> bool:
    """Whether a card has expired by a moment: it is good until the end of its month."""
    if not card.exp_year or not card.exp_month:
        return False
    year, month = divmod(card.exp_year * 12 + card.exp_month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC) <= moment


def plan_name(subscription: Subscription) -> str:
    """Product and plan, said once."""
    return called(subscription.plan_version.plan)


def called(plan: Plan) -> str:
    """Product and plan, said once."""
    return plan.name if plan.name.startswith(plan.product.name) else f"{plan.product.name} {plan.name}"


def term(months: int) -> str:
    """A term in whole years, else in months."""
    years, rest = divmod(months, 12)
    if rest:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}


def card_name(card: PaymentMethod | None) -> str:
    """A card as people know it: its brand and last four digits."""
    if card is None:
        return _("no card")
    return f"{card.brand or _('card')} •••• {card.last4}" if card.last4 else card.brand or _("your card")


def card_of_payment(payment: Payment) -> str:
    """The card that a payment was tried with."""
    if payment.card_last4:
        return f"{payment.card_brand or _('card')} •••• {payment.card_last4}"
    return card_name(payment.method) if payment.method else _("your card")


def day(moment: datetime) -> str:
    """A date in the active language."""
    return date_format(moment, _("j F Y"))
