"""Billing in the back office: coupons and rates are kept here; money itself is looked at, and acted on at the desk."""

from frontdesk.billing.admin.coupons import CouponAdmin
from frontdesk.billing.admin.rates import TaxRateAdmin
from frontdesk.billing.admin.rows import InvoiceAdmin, OrderAdmin, PaymentAdmin, SubscriptionAdmin

__all__ = ["CouponAdmin", "InvoiceAdmin", "OrderAdmin", "PaymentAdmin", "SubscriptionAdmin", "TaxRateAdmin"]
