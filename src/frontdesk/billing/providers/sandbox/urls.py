"""Addresses of the test bank, included at /sandbox/."""

from django.urls import path

from frontdesk.billing.providers.sandbox import views

app_name = "sandbox"

urlpatterns = [
    path("pay/<slug:ref>/", views.page, name="page"),
    path("pay/<slug:ref>/cancel/", views.cancel, name="cancel"),
    path("confirm/<slug:ref>/", views.confirmation, name="confirmation"),
    path("desk/", views.desk, name="desk"),
    path("desk/payments/<slug:ref>/dispute/", views.dispute, name="dispute"),
    path("desk/refunds/<slug:ref>/sending-back/", views.sending_back, name="sending_back"),
    path("desk/disputes/<slug:ref>/decision/", views.decision, name="decision"),
]
