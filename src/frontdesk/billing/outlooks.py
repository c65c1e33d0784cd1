"""Reading outlooks: a fixed number of queries, however many subscriptions somebody has."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Subquery, Sum, prefetch_related_objects

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, disputed, paid_with
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import (
    ChargeNotice,
    Credit,
    Dispute,
    Invoice,
    InvoiceKind,
    Order,
    Payment,
    Subscription,
)
from frontdesk.billing.outlook import Outlook
from frontdesk.billing.subscriptions import changing, crediting
from frontdesk.core import clock
from frontdesk.core.money import Money


def outlooks_of(person: Person) -> list[Outlook]:
    """All of a person's subscriptions, live ones first; a fixed number of queries."""
    return _seen(person, changing.access_subscriptions(person))


def outlook_of(person: Person, subscription_id: UUID) -> Outlook:
    """One of them. Raises NotFound."""
    return _seen(person, [changing.access_subscription(person, subscription_id)])[0]


def by_license(outlooks: Iterable[Outlook]) -> dict[UUID, Outlook]:
    """The outlooks by the licence that they renew."""
    return {each.subscription.license: each for each in outlooks}


def credit_of(person: Person) -> list[Money]:
    """What is left of a person's credit, in each currency where something is."""
    rows = Credit.objects.filter(person=person).values("currency").annotate(total=Sum("amount_minor"))
    return [Money(row["total"], row["currency"]) for row in rows.order_by("currency") if row["total"] > 0]


def open_orders(person: Person) -> list[Order]:
    """Orders that wait to be paid: for each product the newest, unless one that came later was paid.

    `under_way` of each is the status of its payment that an outcome is waited for (`Payment.is_waited_for`), if any.
    """
    rows = Order.objects.filter(person=person, canceled_at=None, expires_at__gt=clock.now())
    tries = Payment.objects.filter(invoice__order=OuterRef("pk"), status__in=Payment.UNDER_WAY)
    tries = tries.exclude(ref="", method=None)
    found: dict[UUID, Order] = {}
    for order in (
        rows.annotate(under_way=Subquery(tries.values("status")[:1]))
        .select_related("plan_version__plan__product")
        .order_by("-placed_at")
    ):
        found.setdefault(order.plan_version.plan.product_id, order)
    return [order for order in found.values() if order.is_open]


def _seen(person: Person, subscriptions: Sequence[Subscription]) -> list[Outlook]:
    now, held = clock.now(), list(subscriptions)
    newest = ChargeNotice.objects.select_related("message").order_by("-created_at")
    prefetch_related_objects(
        held,
        "plan_version__plan__product",
        "plan_version__prices",
        "next_plan_version__plan",
        "next_plan_version__prices",
        "coupon",
        Prefetch("notices", newest, to_attr="told"),
    )
    cards = paid_with.cards_of(held)
    credit = crediting.shares(person.pk, {each.currency: each.minor for each in credit_of(person)})
    opened = open_invoices([each.pk for each in held])
    past_due, disputes = [each.pk for each in held if each.is_past_due], _disputes(person)
    failures, waiting = _failures(past_due), unconfirmed(past_due)
    return [
        Outlook(
            subscription=each,
            now=now,
            charge=_charge(each, opened.get(each.pk), credit.get(each.pk, 0)),
            later=amounts.later_price(each),
            is_free=_is_free(each),
            card=cards.get(each.pk),
            notice=next(iter(getattr(each, "told", [])), None),
            failure=failures.get(each.pk),
            unconfirmed=waiting.get(each.pk),
            dispute=disputes.get(each.pk),
            is_written_off=each.is_past_due and each.pk not in opened,
        )
        for each in held
    ]


def _charge(subscription: Subscription, opened: Invoice | None, credit: int) -> Money | None:
    """What the next charge takes; None where the plan has no price any more."""
    if opened:
        return Money(opened.due_minor, opened.currency)
    version, added = subscription.coming_plan_version, subscription.coming_added_devices
    try:
        amount = amounts.for_term(version, added, subscription.currency, subscription.coupon)
    except (NotForSale, CouponUnknown):
        return None
    return Money(amount.gross_minor - credit, amount.currency)


def _is_free(subscription: Subscription) -> bool:
    """Whether the coming term costs nobody anything."""
    prices = subscription.coming_plan_version.prices.all()
    its = next((each for each in prices if each.currency == subscription.currency), None)
    return its is not None and not its.minor and not (its.device_minor and subscription.coming_added_devices)


def open_invoices(subscriptions: Sequence[UUID]) -> dict[UUID, Invoice]:
    """The demand for the coming period of each subscription, where there is one already."""
    rows = Invoice.objects.filter(subscription__in=subscriptions, period_number__isnull=False, kind=InvoiceKind.INVOICE)
    return {each.subscription_id: each for each in rows.filter(paid_at=None, void_at=None) if each.subscription_id}


def _failures(subscriptions: Sequence[UUID]) -> dict[UUID, Payment]:
    """The newest failed try of each subscription."""
    if not subscriptions:
        return {}
    rows = Payment.objects.filter(invoice__subscription__in=subscriptions, status=Payment.Status.FAILED)
    found = rows.select_related("invoice", "method").order_by("invoice__subscription_id", "-started_at", "-attempt")
    newest = found.distinct("invoice__subscription_id")
    return {each.invoice.subscription_id: each for each in newest if each.invoice.subscription_id}


def unconfirmed(subscriptions: Sequence[UUID]) -> dict[UUID, Payment]:
    """The renewal of each subscription that waits for the customer to confirm it with their bank.

    A page that they opened themselves, to renew or change something (`on_session`), is none.
    """
    if not subscriptions:
        return {}
    rows = Payment.objects.filter(invoice__subscription__in=subscriptions, invoice__paid_at=None, invoice__void_at=None)
    waiting = rows.filter(on_session=False, status=Payment.Status.REQUIRES_ACTION).exclude(action_url="")
    found = waiting.select_related("invoice", "method").order_by("started_at")
    return {each.invoice.subscription_id: each for each in found if each.invoice.subscription_id}


def _disputes(person: Person) -> dict[UUID, Dispute]:
    """The disputes that a bank has not decided, by the subscription that the money was for."""
    found = {}
    for each in disputed.undecided().filter(payment__person=person).select_related("payment__invoice__order"):
        invoice = each.payment.invoice
        number = invoice.subscription_id or (invoice.order.subscription_id if invoice.order else None)
        if number:
            found[number] = each
    return found
