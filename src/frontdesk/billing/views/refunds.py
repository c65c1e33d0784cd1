"""The money back, by oneself: what happens, then the button, then the receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.billing import mails
from frontdesk.billing.errors import RefundNotPossible
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.presentation import BANK_DAYS, PaymentView
from frontdesk.billing.refunds import asking
from frontdesk.billing.views.common import acting, for_person, form_key, new_key
from frontdesk.core import clock
from frontdesk.core.money import Money


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def refund(request: HttpRequest, person: Person, payment_id: UUID) -> HttpResponse:
    """Ask once with the consequences, then refund the rest of the payment. Pressed twice, it is one refund."""
    payment = selectors.access_payment(person, payment_id)
    is_withdrawal = "withdrawal" in request.GET
    if request.method == "POST":
        _tell(request, _refunded(person, payment, form_key(request), is_withdrawal=is_withdrawal))
        return redirect("billing:payment", payment_id)
    view = PaymentView(payment, clock.now())
    facts = asking.refundable(payment)
    context = {
        "view": view,
        "facts": facts,
        "amount": Money(facts.minor, payment.currency),
        "may_refund": view.is_paid and facts.by_customer_at(view.now),
        "is_frozen": person.is_frozen(view.now),
        "is_withdrawal": is_withdrawal,
        "days": BANK_DAYS,
        "key": new_key(),
    }
    return render(request, "billing/refund.html", context)


def _refunded(person: Person, payment: Payment, form: UUID, *, is_withdrawal: bool) -> Refund:
    """The refund this form asked for, made now or by its first press."""
    key = f"customer:{payment.pk.hex}:{form.hex}"
    earlier = Refund.objects.filter(payment=payment, key=key).first()
    made = asking.refund(
        actor=acting(person),
        payment=payment,
        amount_minor=earlier.amount_minor if earlier else asking.refundable(payment).minor,
        cause=Refund.Cause.WITHDRAWAL if is_withdrawal else Refund.Cause.CUSTOMER,
        takes_back=True,
        key=key,
    )
    if earlier is None and made.status in (Refund.Status.STARTED, Refund.Status.UNKNOWN):
        mails.refund_asked(made)
    return made


def _tell(request: HttpRequest, made: Refund) -> None:
    """How it went; the receipt is mailed by who settles it."""
    if made.status == Refund.Status.FAILED:
        raise RefundNotPossible
    if made.status == Refund.Status.SUCCEEDED:
        messages.success(request, _("%s is on its way back to you. The receipt comes by mail.") % made.amount)
    else:
        messages.info(request, _("Your refund has been recorded. The bank takes a moment to confirm it."))
