"""Addresses of the mail that came in."""

from django.urls import path

from frontdesk.console.views import mail

ONE = "<uuid:mail_id>/"

urlpatterns = [
    path("", mail.index, name="mail"),
    path("blocked/", mail.blocked, name="mail_blocked"),
    path("blocked/removal/", mail.unblock, name="mail_unblock"),
    path(ONE, mail.show, name="mail_one"),
    path(ONE + "original/", mail.original, name="mail_original"),
    path(ONE + "acceptance/", mail.accept, name="mail_accept"),
    path(ONE + "post/", mail.post, name="mail_post"),
    path(ONE + "dismissal/", mail.dismiss, name="mail_dismiss"),
    path(ONE + "replay/", mail.replay, name="mail_replay"),
]
