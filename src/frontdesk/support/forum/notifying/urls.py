"""Addresses of a member's news, of links in mails, and of where things stood before they were imported."""

from django.urls import path

from frontdesk.support.forum.notifying import views

urlpatterns = [
    path("me/news/", views.news, name="news"),
    path("me/news/read/", views.read, name="news_read"),
    path("quiet/<uuid:mail_id>/<str:secret>/", views.quiet, name="quiet"),
    path("from/<path:old>", views.moved, name="moved"),
]
