"""What is said to a payment's provider. Built from the row alone, so that a repeated call says the same again.

None of these may be called inside a transaction. All raise ProviderError when the provider cannot be asked.
"""

import unicodedata
from datetime import timedelta

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.billing import outside
from frontdesk.billing.models import Invoice, Payment, PaymentMethod
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import (
    ChargeRequest,
    CheckoutRequest,
    Customer,
    ObjectKind,
    Outcome,
    Provider,
    ProviderError,
    Snapshot,
)
from frontdesk.core import clock

REPEATABLE = timedelta(hours=20)  # providers forget keys after a day: later the same key would charge again
MARGIN = timedelta(hours=1)
STATEMENT_LENGTH, BRAND_LENGTH = 22, 10  # what banks print; with an order's reference behind the brand


def provider_of(name: str) -> Provider:
    """The provider of a row. Raises ProviderError when it is not configured any more."""
    try:
        return registry.get(name)
    except KeyError:
        raise ProviderError(f"{name} is not configured") from None


def open_page(payment: Payment) -> Snapshot:
    """A page on which the invoice is paid."""
    provider = provider_of(payment.provider)
    request = CheckoutRequest(
        key=payment.key,
        customer=customer(payment.person, payment.provider, payment.invoice),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=description(payment.invoice),
        return_url=payment.return_url,
        cancel_url=payment.cancel_url,
        statement_text=payment.statement_text,
    )
    return outside.call("checkout", lambda: provider.start_checkout(request))


def charge(payment: Payment) -> Snapshot:
    """Take the money from the payment's card."""
    provider, method = provider_of(payment.provider), payment.method
    if method is None:
        raise ValueError("only a kept card is charged")
    request = ChargeRequest(
        key=payment.key,
        customer=customer(payment.person, payment.provider, payment.invoice, method.customer_ref),
        method_ref=method.ref,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=description(payment.invoice),
        return_url=payment.return_url,
        on_session=payment.on_session,
        statement_text=payment.statement_text,
    )
    return outside.call("charge", lambda: provider.charge(request))


def close(payment: Payment) -> Snapshot:
    """Let nobody pay there any more."""
    provider = provider_of(payment.provider)
    return outside.call("close", lambda: provider.close(payment.ref))


def ask(payment: Payment) -> Snapshot | None:
    """How a payment stands: fetched where there is a reference, otherwise found out without charging twice.

    None: it is a page that nobody was ever sent to.
    """
    if payment.ref:
        provider = provider_of(payment.provider)
        return outside.call("fetch", lambda: provider.fetch(ObjectKind.PAYMENT, payment.ref))
    if payment.method_id is None:
        return None
    if clock.now() - payment.started_at < REPEATABLE:
        return charge(payment)
    return _search(payment)


def _search(payment: Payment) -> Snapshot:
    """Look for an old payment by its key among all that changed since; one that is not there never happened."""
    provider = provider_of(payment.provider)
    since = clock.real_now() - (clock.now() - payment.started_at) - MARGIN
    for kind, ref in outside.call("changed", lambda: provider.changed_since(since)):
        if kind == ObjectKind.PAYMENT:
            found = provider.fetch(kind, ref)
            if found.key == payment.key:
                return found
    return Snapshot(ObjectKind.PAYMENT, "", Outcome.FAILED, decline="processing_error")


def customer(person: Person | None, provider: str, invoice: Invoice | None = None, known: str = "") -> Customer:
    """Who pays, with the number that the provider gave them when they left a card."""
    if person is None:
        order = invoice.order if invoice else None
        return Customer(ref=str(order.pk) if order else "", email=order.email if order else "")
    kept = PaymentMethod.objects.filter(person=person, provider=provider).exclude(customer_ref="")
    known = known or kept.values_list("customer_ref", flat=True).first() or ""
    language = person.language or settings.LANGUAGE_CODE
    return Customer(str(person.pk), person.email, person.name, known, language)


def description(invoice: Invoice) -> str:
    """What the provider shows beside the amount: the first line of the invoice."""
    first = invoice.lines[0]["text"] if invoice.lines else str(invoice)
    return f"{settings.FRONTDESK_BRAND['name']}: {first}"[:200]


def statement_text(invoice: Invoice) -> str:
    """What stands on the bank statement: the name for it (or the brand's), and the order's reference if there is one.

    Plain capitals, since banks drop everything else.
    """
    plain = (
        unicodedata.normalize("NFKD", settings.STATEMENT_NAME or str(settings.FRONTDESK_BRAND["name"]))
        .encode("ascii", "ignore")
        .decode()
    )
    brand = " ".join("".join(sign if sign.isalnum() else " " for sign in plain.upper()).split()) or "FRONTDESK"
    if invoice.order is None:
        return brand[:STATEMENT_LENGTH].strip()
    return f"{brand[:BRAND_LENGTH].strip()} {invoice.order.reference}"
