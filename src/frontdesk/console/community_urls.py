"""Addresses of the desk's pages about the community."""

from django.urls import path

from frontdesk.console.views import community_categories as categories

urlpatterns = [
    path("categories/", categories.overview, name="community_categories"),
    path("categories/new/", categories.edit, name="community_category_new"),
    path("categories/<slug:slug>/", categories.edit, name="community_category"),
    path("categories/<slug:slug>/remove/", categories.remove, name="community_category_remove"),
]
