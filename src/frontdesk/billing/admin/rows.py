"""Orders, invoices, payments and subscriptions: to be found and looked at. Deeds about them are done at the desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.models import Invoice, Order, Payment, Subscription
from frontdesk.core.backoffice import BackOfficeAdmin
from frontdesk.core.backoffice.search import as_uuid


class _Rows(BackOfficeAdmin):
    """Read only; each row names a customer, who reads in their history that it was seen."""

    look_person = "person_id"
    list_select_related: ClassVar[Any] = ("person",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        return self.fields

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By id where it is one."""
        identifier = as_uuid(search_term)
        if identifier:
            return queryset.filter(pk=identifier), False
        found: tuple[Any, bool] = super().get_search_results(request, queryset, search_term)
        return found


@admin.register(Order)
class OrderAdmin(_Rows):
    """What was agreed."""

    list_display = ("reference", "person", "purpose", "plan_version", "due", "placed_at", "paid_at", "canceled_at")
    list_filter = ("purpose",)
    list_select_related = ("person", "plan_version__plan__product")
    search_fields = ("reference", "email")
    fields = (
        "id", "reference", "person", "email", "purpose", "plan_version", "added_devices", "license", "subscription",
        "due", "renewal", "auto_renew", "tax_rate", "tax_country", "proof_given", "proof_network", "zone", "language",
        "placed_at", "expires_at", "paid_at", "canceled_at",
    )  # fmt: skip


@admin.register(Invoice)
class InvoiceAdmin(_Rows):
    """What was demanded, and what took it back."""

    list_display = ("__str__", "kind", "person", "purpose", "gross", "created_at", "issued_at", "paid_at", "void_at")
    list_filter = ("kind", "purpose")
    search_fields = ("number", "person__email")
    fields = (
        "id", "kind", "number", "person", "purpose", "plan_version", "order", "subscription", "corrects", "gross",
        "net_minor", "tax_minor", "credit_minor", "tax_rate", "tax_country", "buyer", "seller", "lines", "language",
        "created_at", "issued_at", "paid_at", "void_at",
    )  # fmt: skip


@admin.register(Payment)
class PaymentAdmin(_Rows):
    """Every try to pay."""

    list_display = ("__str__", "person", "invoice", "status", "decline", "card_last4", "started_at", "settled_at")
    list_filter = ("status", "provider")
    list_select_related = ("person", "invoice")
    search_fields = ("=ref", "person__email", "=card_last4")
    search_help_text = _("The provider's reference, the customer's address, or the last four digits of the card.")
    fields = (
        "id", "invoice", "person", "method", "provider", "ref", "attempt", "on_session", "amount", "status", "decline",
        "statement_text", "card_brand", "card_last4", "started_at", "settled_at", "check_at",
    )  # fmt: skip


@admin.register(Subscription)
class SubscriptionAdmin(_Rows):
    """What renews."""

    list_display = ("__str__", "person", "auto_renew", "charge_at", "next_step", "next_action_at", "ended_at")
    list_filter = ("auto_renew", "next_step", "end_reason")
    list_select_related = ("person", "plan_version__plan__product")
    search_fields = ("person__email", "=license")
    fields = (
        "id", "person", "license", "plan_version", "added_devices", "next_plan_version", "next_added_devices",
        "currency", "coupon", "method", "tax_country", "zone", "anchor", "paid_periods", "paid_until", "is_trial",
        "auto_renew", "charge_at", "failed_at", "tries", "is_hard_failure", "next_step", "next_action_at",
        "unreached_since", "created_at", "ended_at", "end_reason",
    )  # fmt: skip
