"""Addresses of the pages that compose several apps."""

from django.urls import path, re_path

from frontdesk.portal.views import activate, downloads, help_pages, home, start

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("products/<slug:slug>/", start.product, name="product"),
    path("products/<slug:slug>/downloads/", downloads.of_product, name="product_downloads"),
    path("downloads/", downloads.overview, name="downloads"),
    path("downloads/<uuid:file_id>/", downloads.fetch, name="download"),
    path("help/", help_pages.overview, name="help"),
    re_path(r"^help/r/(?P<code>[a-z0-9_]{1,80})/?$", help_pages.reason, name="reason"),
    path("home/", home.home, name="home"),
    path("activate/", activate.enter, name="activate"),
    path("activate/check/", activate.check, name="activate_check"),
    path("activate/done/<uuid:license_id>/", activate.done, name="activate_done"),
]
