"""Addresses of the desk's pages about chats."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
