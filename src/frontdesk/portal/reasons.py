"""The catalogue of reasons as help: grouped by the app that declares them, each with a way on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.core import reasons
from frontdesk.core.reasons import Reason, Refusal

_GROUPS: dict[str, Promise] = {
    "licensing": _("Codes, licences and devices"),
    "billing": _("Buying, payments and renewals"),
    "catalog": _("Downloads"),
    "accounts": _("Your account"),
    "core": _("Everything else"),
    "staff": _("For those behind the desk"),
}
# Only staff and the vendor's own programs are told these.
_FOR_STAFF = {
    "batch_size_invalid",
    "clock_travel_refused",
    "code_list_gone",
    "differs_otherwise",
    "name_taken",
    "owed_otherwise",
    "own_account",
    "permission_missing",
    "plan_of_other_product",
    "reason_missing",
    "reference_price_missing",
    "refund_needs_manager",
    "release_file_fixed",
    "release_without_files",
}


@dataclass(frozen=True)
class WayOn:
    """Where a person goes from a reason: what the button says, and the name of the page."""

    label: str | Promise
    url_name: str
    icon: str


ENTER_CODE = WayOn(_("Enter the code"), "portal:activate", "key-round")
SEE_LICENSES = WayOn(_("See your licences"), "portal:home", "house")
OFFLINE = WayOn(_("Activate without internet"), "licensing:offline", "wifi-off")
SIGN_IN = WayOn(_("Sign in"), "account_login", "log-in")
BILLING = WayOn(_("Open billing"), "billing:home", "credit-card")
METHODS = WayOn(_("Change the card"), "billing:methods", "credit-card")
PAYMENTS = WayOn(_("See your payments"), "billing:payments", "receipt")
DOWNLOADS = WayOn(_("Go to the downloads"), "portal:downloads", "download")

_WAYS: dict[str, WayOn] = {
    "code_malformed": ENTER_CODE,
    "code_unknown": ENTER_CODE,
    "code_blocked": SEE_LICENSES,
    "code_already_claimed": SIGN_IN,
    "product_mismatch": DOWNLOADS,
    "download_not_entitled": ENTER_CODE,
    "license_expired": ENTER_CODE,
    "activation_unknown": ENTER_CODE,
    "activation_removed": SEE_LICENSES,
    "device_limit_reached": SEE_LICENSES,
    "swap_limit_reached": SEE_LICENSES,
    "license_suspended": SEE_LICENSES,
    "license_refunded": SEE_LICENSES,
    "temporarily_unavailable": OFFLINE,
    "payment_declined": METHODS,
    "last_payment_method": METHODS,
    "payment_under_way": PAYMENTS,
    "refund_not_possible": PAYMENTS,
    "refund_too_late": PAYMENTS,
    "not_payable": BILLING,
    "quote_outdated": BILLING,
    "change_planned": BILLING,
    "subscription_over": BILLING,
    "switch_not_possible": BILLING,
}


def way_on(reason: Reason) -> WayOn | None:
    """The page that helps with a reason, if there is one."""
    return _WAYS.get(reason.code)


def grouped() -> list[tuple[str, list[Reason]]]:
    """Every reason, under the name of its group, in the order a customer would look for them."""
    by_app: dict[str, list[Reason]] = {app: [] for app in _GROUPS}
    apps = _apps()
    for reason in reasons.every():
        app = apps.get(reason.code, "core")
        group = "staff" if reason.code in _FOR_STAFF else app if app in _GROUPS else "core"
        by_app[group].append(reason)
    return [(str(_GROUPS[app]), found) for app, found in by_app.items() if found]


def _apps() -> dict[str, str]:
    """Which app declares which reason."""
    return {
        refusal.reason.code: refusal.__module__.split(".")[1]
        for refusal in _refusals(Refusal)
        if hasattr(refusal, "reason")
    }


def _refusals(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for refusal in base.__subclasses__():
        yield refusal
        yield from _refusals(refusal)
