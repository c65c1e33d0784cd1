"""Why money that arrived goes back by itself, in words for who paid it.

What refused it stands on the payment (`Payment.decline`): the code of a reason, or nothing where there was nothing to
pay any more.
"""

from django.utils.translation import gettext_lazy as _

from frontdesk.billing.errors import QuoteOutdated, SubscriptionOver, SwitchNotPossible
from frontdesk.billing.models import Payment, Purpose
from frontdesk.core.reasons import Text

_NOTHING_TO_PAY = _("It was paid already, or its order was closed, before this payment arrived.")
_NOT_POSSIBLE = _("What it was for could not be had any more when it arrived. Nothing was changed.")
_TERM = _("Before it arrived, your licence had been renewed already or had got another plan. Nothing was added to it.")
_PART = _(
    "Before it arrived, your licence's time, plan or devices had changed, so that its price was not right any more. "
    "Nothing was done."
)
_WHY: dict[str, Text] = {
    "": _NOTHING_TO_PAY,
    SubscriptionOver.reason.code: _("Before it arrived, what it was for had ended or been paid back."),
    SwitchNotPossible.reason.code: _("Before it arrived, the licence had been handed over. Nothing was added to it."),
}


def why(payment: Payment) -> Text:
    """A sentence on a payment that is SURPLUS; empty for any other."""
    if payment.status != Payment.Status.SURPLUS:
        return ""
    if payment.decline == QuoteOutdated.reason.code:
        return _TERM if payment.invoice.purpose == Purpose.RENEWAL else _PART
    return _WHY.get(payment.decline, _NOT_POSSIBLE)
