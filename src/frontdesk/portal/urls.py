"""Addresses of the pages that compose several apps."""

from django.urls import path, re_path

from frontdesk.portal.views import (
    activate,
    changes,
    checkout,
    downloads,
    further_terms,
    help_pages,
    home,
    orders,
    shop,
    start,
    switches,
)

app_name = "portal"
HELD = "billing/subscriptions/<uuid:subscription_id>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("products/<slug:slug>/", start.product, name="product"),
    path("products/<slug:slug>/downloads/", downloads.of_product, name="product_downloads"),
    path("downloads/", downloads.overview, name="downloads"),
    path("downloads/<uuid:file_id>/", downloads.fetch, name="download"),
    path("shop/", shop.overview, name="shop"),
    path("shop/<slug:slug>/", shop.product, name="shop_product"),
    path("shop/<slug:slug>/<slug:plan>/", checkout.checkout, name="checkout"),
    path("orders/<uuid:order_id>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/pay/", orders.pay_order, name="pay_order"),
    path("orders/<uuid:order_id>/card/<slug:provider>/", orders.trial_card, name="trial_card"),
    path("orders/<uuid:order_id>/back/", orders.back, name="order_back"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel_order, name="cancel_order"),
    path(HELD + "renew/", changes.renew, name="renew"),
    path(HELD + "devices/", changes.devices, name="devices"),
    path(HELD + "devices/fewer/", switches.fewer, name="fewer_devices"),
    path(HELD + "switch/", switches.choose, name="switch"),
    path(HELD + "switch/drop/", switches.drop, name="drop_switch"),
    path(HELD + "switch/<slug:plan>/now/", switches.upgrade, name="upgrade"),
    path(HELD + "switch/<slug:plan>/later/", switches.later, name="switch_later"),
    path("billing/licenses/<uuid:license_id>/term/", further_terms.further_term, name="further_term"),
    path("help/", help_pages.overview, name="help"),
    path("help/r/", help_pages.all_reasons, name="reasons"),
    re_path(r"^help/r/(?P<code>[a-z0-9_]{1,80})/?$", help_pages.reason, name="reason"),
    path("home/", home.home, name="home"),
    path("activate/", activate.enter, name="activate"),
    path("activate/check/", activate.check, name="activate_check"),
    path("activate/done/<uuid:license_id>/", activate.done, name="activate_done"),
]
