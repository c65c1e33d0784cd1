"""Addresses of billing's own pages. What composes several apps (shop, checkout, changes of plan) is in `portal`."""

from django.urls import path

from frontdesk.billing.views import declarations, details, home, invoices, methods, payments, refunds, subscriptions

app_name = "billing"

urlpatterns = [
    path("", home.home, name="home"),
    path("subscriptions/<uuid:subscription_id>/", home.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/auto-renewal/", subscriptions.auto_renewal, name="auto_renewal"),
    path("subscriptions/<uuid:subscription_id>/card/", subscriptions.card, name="subscription_card"),
    path("methods/", methods.overview, name="methods"),
    path("methods/add/", methods.add, name="add_method"),
    path("methods/added/<slug:provider>/", methods.added, name="method_added"),
    path("methods/<uuid:method_id>/default/", methods.make_default, name="default_method"),
    path("methods/<uuid:method_id>/remove/", methods.remove, name="remove_method"),
    path("payments/", payments.history, name="payments"),
    path("payments/<uuid:payment_id>/", payments.payment_page, name="payment"),
    path("payments/<uuid:payment_id>/confirmation/", payments.confirm, name="confirm_payment"),
    path("payments/<uuid:payment_id>/refund/", refunds.refund, name="refund"),
    path("orders/<uuid:order_id>/withdrawal/", declarations.withdraw_order, name="withdraw_order"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.invoice_page, name="invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", invoices.pdf, name="invoice_pdf"),
    path("invoices/<uuid:invoice_id>/correction/", invoices.correct, name="correct_invoice"),
    path("details/", details.details, name="details"),
]
