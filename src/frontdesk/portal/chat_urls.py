"""Addresses of the chat, for customers and guests."""

from django.urls import URLPattern

app_name = "chat"

urlpatterns: list[URLPattern] = []
