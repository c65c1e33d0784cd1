"""Addresses of the community's pages."""

from django.urls import URLPattern

app_name = "forum"

urlpatterns: list[URLPattern] = []
