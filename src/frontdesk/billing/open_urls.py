"""Addresses of what billing does for people who are not signed in; short, since they stand in mails and on paper."""

from django.urls import path

from frontdesk.billing.views import charges, declarations

app_name = "billing_open"

urlpatterns = [
    path("withdraw/", declarations.withdraw, name="withdraw"),
    path("cancel/", declarations.cancel, name="cancel"),
    path("declarations/<str:token>/", declarations.linked, name="declaration"),
    path("charge/", charges.unknown_charge, name="charge"),
]
