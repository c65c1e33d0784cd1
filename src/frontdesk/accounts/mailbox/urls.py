"""Addresses of the demo's mailbox, included at /demo/mailbox/."""

from django.urls import path

from frontdesk.accounts.mailbox import views

app_name = "mailbox"

urlpatterns = [
    path("", views.mailbox, name="list"),
    path("<str:name>/", views.mail, name="mail"),
    path("<str:name>/html/", views.mail_html, name="html"),
]
