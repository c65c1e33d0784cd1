"""Addresses of the test bank, included at /sandbox/."""

from django.urls import path

from frontdesk.billing.providers.sandbox import views

app_name = "sandbox"

urlpatterns = [
    path("pay/<str:ref>/", views.page, name="page"),
    path("pay/<str:ref>/cancel/", views.cancel, name="cancel"),
    path("confirm/<str:ref>/", views.confirmation, name="confirmation"),
    path("desk/", views.desk, name="desk"),
    path("desk/payments/<str:ref>/dispute/", views.dispute, name="dispute"),
    path("desk/disputes/<str:ref>/decision/", views.decision, name="decision"),
]
