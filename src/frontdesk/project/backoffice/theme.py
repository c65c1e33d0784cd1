"""unfold's settings: our name, our hue, our menu. Read by the settings file, so nothing of Django is imported here."""

from typing import Any

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# Lightness and share of the brand's chroma, from the palest to the darkest.
SHADES = {
    "50": (97.5, 0.12),
    "100": (94.5, 0.25),
    "200": (90, 0.45),
    "300": (82, 0.7),
    "400": (71, 0.95),
    "500": (62, 1.1),
    "600": (54, 1.15),
    "700": (47, 1.05),
    "800": (41, 0.9),
    "900": (35, 0.75),
    "950": (27, 0.6),
}


def theme(brand: dict[str, Any]) -> dict[str, Any]:
    """What unfold reads from the settings."""
    hue, chroma = brand["hue"], float(brand["chroma"])
    primary = {name: f"oklch({light}% {share * chroma:.3f} {hue})" for name, (light, share) in SHADES.items()}
    return {
        "SITE_TITLE": format_lazy("{} · {}", brand["name"], _("Back office")),
        "SITE_HEADER": brand["name"],
        "SITE_SUBHEADER": _("Back office"),
        "SITE_SYMBOL": "shield_person",
        "SITE_URL": "/",
        "SITE_FAVICONS": [{"rel": "icon", "href": "/favicon.ico"}],
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_BACK_BUTTON": True,
        "BORDER_RADIUS": f"{min(brand['radius'], 12)}px",
        "COLORS": {"primary": primary},
        "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": _menu()},
    }


def _menu() -> list[dict[str, Any]]:
    return [
        {"items": [_entry(_("Overview"), "home", "admin:index", "backoffice.view_dashboard")]},
        {
            "title": _("Customers"),
            "separator": True,
            "items": [
                _page(_("People"), "group", "accounts_person"),
                _page(_("Recoveries"), "lock_person", "accounts_recovery"),
                _page(_("Licences"), "verified_user", "licensing_license"),
                _page(_("Devices"), "devices", "licensing_activation"),
                _page(_("Activation codes"), "key", "licensing_code"),
            ],
        },
        {
            "title": _("Catalogue"),
            "separator": True,
            "items": [
                _page(_("Products"), "package_2", "catalog_product"),
                _page(_("Plans"), "sell", "catalog_plan"),
                _page(_("Releases"), "deployed_code_update", "catalog_release"),
                _page(_("Batches of codes"), "stacks", "licensing_batch"),
            ],
        },
        {
            "title": _("Billing"),
            "separator": True,
            "items": [
                _page(_("Subscriptions"), "autorenew", "billing_subscription"),
                _page(_("Orders"), "shopping_cart", "billing_order"),
                _page(_("Invoices"), "receipt_long", "billing_invoice"),
                _page(_("Payments"), "credit_card", "billing_payment"),
                _page(_("Coupons"), "confirmation_number", "billing_coupon"),
                _page(_("Rates of tax"), "percent", "billing_taxrate"),
            ],
        },
        {
            "title": _("Installation"),
            "separator": True,
            "items": [
                _page(_("Staff invitations"), "person_add", "accounts_staffinvitation"),
                _page(_("Audit"), "history_edu", "core_auditentry"),
                _page(_("Outbox"), "outgoing_mail", "core_outboxmessage"),
            ],
        },
    ]


def _reverse(name: str) -> str:
    from django.urls import reverse  # noqa: PLC0415 - 9 MB, which the supervisor reads no menu for

    return reverse(name)


_address = lazy(_reverse, str)


def _page(title: Any, icon: str, model: str) -> dict[str, Any]:
    app, _underscore, name = model.partition("_")
    return _entry(title, icon, f"admin:{model}_changelist", f"{app}.view_{name}")


def _entry(title: Any, icon: str, name: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": _address(name),
        "permission": lambda request: request.user.has_perm(permission),
    }
