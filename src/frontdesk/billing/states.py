"""How a subscription stands, and why one ended, in words; the states with their tone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.models import EndReason

STATES: dict[str, tuple[Promise, str]] = {
    "given": (_("Handed over"), ""),
    "ended": (_("Ended"), ""),
    "disputed": (_("Held by your bank"), "bad"),
    "held": (_("Suspended"), "bad"),
    "unconfirmed": (_("Waits for you"), "bad"),
    "past_due": (_("Payment failed"), "bad"),
    "cardless": (_("Needs a card"), "warn"),
    "ends": (_("Ends by itself"), ""),
    "trial": (_("Trial"), "info"),
    "renews": (_("Renews by itself"), "good"),
}
ENDED: dict[str, Promise] = {
    EndReason.NOT_RENEWED: _("It ended on %(day)s, since its automatic renewal was off."),
    EndReason.UNPAID: _("It ended on %(day)s, since the renewal was not paid."),
    EndReason.RESTED: _("It ended on %(day)s. The licence rested, so no further term was charged."),
    EndReason.REFUNDED: _("It ended on %(day)s, when its payment was refunded."),
    EndReason.WITHDRAWN: _("It ended on %(day)s, when the contract was withdrawn from."),
    EndReason.DISPUTED: _("It ended on %(day)s, since your bank took the money back."),
}
