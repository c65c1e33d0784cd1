"""Finding contracts and charges by what somebody typed: references, amounts and days as people write them.

For who is not signed in only the worker looks, never a page; staff search by the same rules (`finding`).
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from frontdesk.billing.models import Invoice, Order, Payment, Purpose, Subscription

_REFERENCE = re.compile(r"\b([0-9A-Z]{3})[- ]?([0-9A-Z]{3})[- ]?([0-9A-Z]{3})\b")
_LICENSE = re.compile(r"\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b")
_WORD = re.compile(r"[0-9A-Z][0-9A-Z/_-]*")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
# 2026-11-28, 28.11.2026, 28/11/2026, 11/28/2026, 28 Nov 2026, Nov 28 2026, 28. November 2026; a day goes first.
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y",
         "%d. %b %Y", "%d. %B %Y")  # fmt: skip
_MONTHS = {"Januar": "January", "Februar": "February", "März": "March", "Mär": "Mar", "Mai": "May", "Juni": "June",
           "Juli": "July", "Oktober": "October", "Okt": "Oct", "Dezember": "December", "Dez": "Dec"}  # fmt: skip
_DECIMALS = (0, 2, 3)  # what currencies have
_MOST_DIGITS = 9
_LARGEST = 2**31
_MOST = 3  # charges that one question is answered for


def contract(typed: str, email: str) -> Order | None:
    """The order that was meant, if it is this address's: by its reference, or an invoice's or licence's number.

    When nothing that was typed fits: the only contract of the address.
    """
    mine = _orders_of(email)
    text = typed.upper()
    for meant in (_by_reference(text), _by_invoice(text), _by_license(text)):
        found = mine.filter(meant).order_by("placed_at").first() if meant else None
        if found is not None:
            return found
    only = list(mine.filter(purpose__in=(Purpose.NEW, Purpose.TRIAL))[:2])
    return only[0] if len(only) == 1 else None


def day(typed: str) -> date | None:
    """The day that was typed as people write days in English or German; None where it is none."""
    text = " ".join(typed.replace(",", " ").split()).title()
    for here, there in _MONTHS.items():
        text = re.sub(rf"\b{here}\b", there, text)
    for pattern in _DAYS:
        with suppress(ValueError):
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
    return None


def subscription_of(order: Order) -> Subscription | None:
    """The subscription that an order began or belongs to; never another customer's who had the licence before."""
    if order.subscription is not None:
        return order.subscription
    if order.license is None:
        return None
    return Subscription.objects.filter(license=order.license, person=order.person_id).first()


def payments_of(order: Order) -> QuerySet[Payment]:
    """What was paid for an order, and later for the same licence; newest first."""
    subscription = subscription_of(order)
    later = Q(invoice__subscription=subscription) | Q(invoice__order__subscription=subscription)
    meant = Q(invoice__order=order) | (later & Q(started_at__gte=order.placed_at) if subscription else Q())
    paid = Payment.objects.filter(meant, status=Payment.Status.SUCCEEDED)
    return paid.select_related("person", "invoice").order_by("-settled_at")


def _orders_of(email: str) -> QuerySet[Order]:
    """The agreed orders of an address: one they were placed with, or a confirmed one of the account's."""
    address = email.strip().lower()
    people = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")
    mine = Q(person__in=people) | Q(email__iexact=address)
    agreed = Q(paid_at__isnull=False) | Q(subscription__isnull=False)
    return Order.objects.filter(mine & agreed).select_related("person", "subscription", "plan_version__plan__product")


def references(typed: str) -> list[str]:
    """The order references in a text, as we write them, however they were typed."""
    return ["-".join(groups) for groups in _REFERENCE.findall(typed.upper())]


def _by_reference(text: str) -> Q | None:
    found = references(text)
    return Q(reference__in=found) if found else None


def _by_invoice(text: str) -> Q | None:
    rows = Invoice.objects.filter(number__in=_WORD.findall(text)).values_list("order", "subscription")
    orders = {order for order, _subscription in rows if order}
    subscriptions = {subscription for _order, subscription in rows if subscription}
    return Q(pk__in=orders) | Q(subscription__in=subscriptions) if orders or subscriptions else None


def _by_license(text: str) -> Q | None:
    numbers = [UUID(number) for number in _LICENSE.findall(text)]
    return Q(license__in=numbers) | Q(subscription__license__in=numbers) if numbers else None


def amounts(typed: str) -> set[Decimal]:
    """What an amount may mean as people write it ("39.95", "1.234,50 €", "EUR 40"); "1.234" has two meanings."""
    digits = re.sub(r"[^0-9.,]", "", typed).strip(".,")
    whole, mark, rest = digits, "", ""
    if at := max(digits.rfind("."), digits.rfind(",")) + 1:
        whole, mark, rest = digits[: at - 1], digits[at - 1], digits[at:]
    plain = re.sub(r"[.,]", "", whole)
    if not plain or len(plain) > _MOST_DIGITS or len(rest) > max(_DECIMALS):
        return set()
    cents, whole_units = Decimal(f"{plain}.{rest or 0}"), Decimal(plain + rest)
    if mark and mark in whole:  # "1,234,567": the same mark twice parts thousands
        return {whole_units} if len(rest) == 3 else set()
    return {cents, whole_units} if len(rest) == 3 and not re.search(r"[.,]", whole) else {cents}


def around(day: date) -> tuple[datetime, datetime]:
    """From when to when a bank's day may last: a day on either side, wherever on earth it begins.

    Days at the ends of the calendar, where nothing was ever charged, count as the first and the last that can be.
    """
    start = datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min, UTC)
    return start - timedelta(days=1, hours=14), start + timedelta(days=2, hours=12)


def of_amount(rows: QuerySet[Payment], wanted: set[Decimal]) -> list[Payment]:
    """Those of one of these amounts in major units, whatever their currency."""
    minors = {minor for amount in wanted for minor in _minors(amount)}
    return [each for each in rows.filter(amount_minor__in=minors) if each.amount.major in wanted]


def charges(*, last4: str, wanted: set[Decimal], day: date) -> list[Payment]:
    """Paid charges on a card with these last digits, of such an amount, on this day or a day beside it."""
    start, end = around(day)
    paid = Payment.objects.filter(
        card_last4=last4, status=Payment.Status.SUCCEEDED, settled_at__gte=start, settled_at__lt=end
    ).select_related("person", "invoice__plan_version__plan", "invoice__order", "invoice__subscription")
    return of_amount(paid.order_by("-settled_at"), wanted)[:_MOST]


def _minors(amount: Decimal) -> set[int]:
    """Whole minor units of the amount in currencies of any number of decimals."""
    scaled = (amount.scaleb(places) for places in _DECIMALS)
    return {int(each) for each in scaled if each == each.to_integral_value() and each < _LARGEST}
