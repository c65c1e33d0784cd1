"""Addresses of the pages. Programs use the gateway (`/api/`, `/live/`), which never comes here."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
