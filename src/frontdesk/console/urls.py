"""Addresses of the staff's desk."""

from django.urls import include, path

from frontdesk.console.views import customers, declarations, lists, money, payments, reports, subscriptions, unsettled

app_name = "console"

urlpatterns = [
    path("", include("frontdesk.console.inbox_urls")),
    path("mail/", include("frontdesk.console.mail_urls")),
    path("", include("frontdesk.console.levels_urls")),
    path("chats/", include("frontdesk.console.chat_urls")),
    path("community/", include("frontdesk.console.community_urls")),
    path("articles/", include("frontdesk.console.help_urls")),
    path("customers/", customers.find, name="find"),
    path("customers/<uuid:person_id>/", customers.customer, name="customer"),
    path("customers/<uuid:person_id>/credit/", money.give_credit, name="give_credit"),
    path("payments/<uuid:payment_id>/", payments.explain, name="payment"),
    path("payments/<uuid:payment_id>/refund/", money.refund, name="refund"),
    path("payments/<uuid:payment_id>/look-again/", unsettled.look_again, name="look_again"),
    path("payments/<uuid:payment_id>/give-up/", unsettled.give_up, name="give_up_payment"),
    path("refunds/<uuid:refund_id>/look-again/", unsettled.look_again_refund, name="look_again_refund"),
    path("refunds/<uuid:refund_id>/make-good/", unsettled.make_good, name="make_good"),
    path("invoices/<uuid:invoice_id>/pdf/", payments.paper, name="paper"),
    path("invoices/<uuid:invoice_id>/write-off/", money.write_off, name="write_off"),
    path("subscriptions/<uuid:subscription_id>/retry/", subscriptions.retry, name="retry"),
    path("subscriptions/<uuid:subscription_id>/renewal-off/", subscriptions.renewal_off, name="renewal_off"),
    path("failed-payments/", lists.failed_payments, name="failed_payments"),
    path("disputes/", lists.disputes, name="disputes"),
    path("webhooks/", lists.webhooks, name="webhooks"),
    path("webhooks/<int:event_id>/replay/", lists.replay, name="replay"),
    path("declarations/", declarations.overview, name="declarations"),
    path("declarations/<uuid:declaration_id>/carry-out/", declarations.carry_out, name="carry_out"),
    path("declarations/<uuid:declaration_id>/dismiss/", declarations.dismiss, name="dismiss"),
    path("reports/", reports.figures, name="reports"),
    path("reports/figures.csv", reports.figures_csv, name="reports_csv"),
    path("accounting/", reports.accounting_page, name="accounting"),
    path("accounting/ledger.csv", reports.accounting_csv, name="accounting_csv"),
]
