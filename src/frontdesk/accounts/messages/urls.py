"""Addresses of the messages, included at /messages/."""

from django.urls import path

from frontdesk.accounts.messages import views

app_name = "messages"

urlpatterns = [
    path("", views.message_list, name="list"),
    path("check/", views.check, name="check"),
    path("<uuid:message_id>/", views.message_detail, name="detail"),
]
