"""Addresses of the desk's pages about the community."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
