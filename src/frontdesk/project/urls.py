"""Addresses of the pages. Programs use the gateway (`/api/`, `/live/`), which never comes here."""

from django.contrib import admin
from django.urls import include, path

from frontdesk.billing.providers import webhooks
from frontdesk.portal.views import files, sitemap
from frontdesk.project import views
from frontdesk.support.tickets.mail.incoming.sources import webhooks as mail_webhooks
from frontdesk.support.tickets.mail.incoming.sources import writing

urlpatterns = [
    path("", include("frontdesk.portal.urls")),
    path("contact/", include("frontdesk.portal.contact_urls")),
    path("conversations/", include("frontdesk.portal.conversation_urls")),
    path("chat/", include("frontdesk.portal.chat_urls")),
    path("community/", include("frontdesk.support.forum.urls")),
    path("files/c/<uuid:attachment_id>/", files.file, name="file"),
    path("help/", include("frontdesk.support.helpcentre.urls")),
    path("", include("frontdesk.licensing.urls")),
    path("", include("frontdesk.billing.open_urls")),
    path("", include("frontdesk.support.tickets.mail.outgoing.urls")),
    path("billing/", include("frontdesk.billing.urls")),
    path("webhooks/mail/<slug:provider>/", mail_webhooks.webhook, name="mail_webhook"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path("sandbox/", include("frontdesk.billing.providers.sandbox.urls")),
    path("desk/", include("frontdesk.console.urls")),
    path("ui/", include("frontdesk.ui.urls")),
    path("backoffice/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("frontdesk.accounts.urls")),
    path("messages/", include("frontdesk.accounts.messages.urls")),
    path("demo/mailbox/write/", writing.write, name="demo_write"),
    path("demo/mailbox/", include("frontdesk.accounts.mailbox.urls")),
    path("favicon.ico", views.favicon),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("legal/<slug:slug>/", views.legal, name="legal"),
]

handler500 = "frontdesk.project.views.failed"
