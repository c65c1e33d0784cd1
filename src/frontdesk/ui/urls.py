"""Addresses of the visual language, included at /ui/."""

from django.urls import path

from frontdesk.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.showcase, name="showcase"),
    path("brand.css", views.brand_css, name="brand_css"),
    path("mark.svg", views.mark, name="mark"),
]
