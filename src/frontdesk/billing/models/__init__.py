"""Tables of billing. Amounts are whole minor units of `currency`, tax included unless a name says `net`.

Licences are known by number only (`license`): what a payment does to one is decided in `fulfilment`.
Moments are business time (`core.clock.now`), except those of the inbox, which are the network's.
"""

from frontdesk.billing.models.books import Account, LedgerEntry
from frontdesk.billing.models.coupons import Coupon, CouponKind, CouponUse
from frontdesk.billing.models.customers import BillingDetails, Credit, TaxRate
from frontdesk.billing.models.declarations import Declaration, DeclarationKind
from frontdesk.billing.models.inbox import ProviderEvent
from frontdesk.billing.models.invoices import Invoice, InvoiceKind, NumberSeries
from frontdesk.billing.models.orders import Order, Purpose
from frontdesk.billing.models.payments import Dispute, Payment, PaymentMethod, Refund
from frontdesk.billing.models.subscriptions import (
    BY_ITSELF,
    TAKEN_BACK,
    ChargeNotice,
    EndReason,
    Step,
    Subscription,
)

__all__ = [
    "BY_ITSELF",
    "TAKEN_BACK",
    "Account",
    "BillingDetails",
    "ChargeNotice",
    "Coupon",
    "CouponKind",
    "CouponUse",
    "Credit",
    "Declaration",
    "DeclarationKind",
    "Dispute",
    "EndReason",
    "Invoice",
    "InvoiceKind",
    "LedgerEntry",
    "NumberSeries",
    "Order",
    "Payment",
    "PaymentMethod",
    "ProviderEvent",
    "Purpose",
    "Refund",
    "Step",
    "Subscription",
    "TaxRate",
]
