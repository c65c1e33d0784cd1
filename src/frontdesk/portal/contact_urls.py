"""Addresses of the ways to us."""

from django.urls import path

from frontdesk.portal.views import contact

app_name = "contact"

urlpatterns = [
    path("", contact.form, name="form"),
    path("suggestions/", contact.suggestions, name="suggestions"),
    path("files/", contact.upload, name="upload"),
    path("files/<uuid:attachment_id>/remove/", contact.remove_upload, name="remove_upload"),
    path("sent/", contact.sent, name="sent"),
    path("confirm/<str:token>/", contact.confirm, name="confirm"),
]
