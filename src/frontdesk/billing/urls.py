"""Addresses of billing's own pages. What composes several apps (shop, checkout, changes of plan) is in `portal`."""

from django.urls import URLPattern

app_name = "billing"

urlpatterns: list[URLPattern] = []
