"""Devices that hold or held a seat."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontdesk.core.backoffice import BackOfficeAdmin, Deed
from frontdesk.core.backoffice.search import as_uuid
from frontdesk.licensing.admin.deeds import free_device
from frontdesk.licensing.models import Activation


class SeatFilter(admin.SimpleListFilter):
    """In use, or freed."""

    title = _("seat")
    parameter_name = "seat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two choices."""
        return [("used", _("in use")), ("freed", _("freed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Those that were chosen."""
        if self.value() in {"used", "freed"}:
            return queryset.filter(removed_at__isnull=self.value() == "used")
        return queryset


@admin.register(Activation)
class ActivationAdmin(BackOfficeAdmin):
    """The fingerprint is kept as a hash and not shown; tokens neither."""

    look_person = "license.owner_id"
    list_display = ("name", "platform", "license", "created_at", "last_seen_at", "removed_at")
    list_filter = (SeatFilter, "platform")
    list_select_related = ("license__plan_version__plan__product",)
    search_fields = ("name",)
    search_help_text = _("The device's name, its id, or the licence's id.")
    fields = readonly_fields = (
        "id",
        "license",
        "name",
        "platform",
        "app_version",
        "created_at",
        "last_seen_at",
        "is_swap",
        "offline_until",
        "removed_at",
        "removed_by",
    )

    deeds = (
        Deed(
            name="free",
            label=_("Free this device"),
            permission="licensing.seat_activation",
            run=lambda actor, device, data: free_device(actor, device),
            done=_("The device is freed."),
            warning=_("It stops within a day if it is online, and at the latest when its last lease ends."),
            icon="devices_off",
            applies=lambda device: device.removed_at is None,
        ),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By id where it is one."""
        identifier = as_uuid(search_term)
        if identifier:
            return queryset.filter(id=identifier) | queryset.filter(license_id=identifier), False
        found: tuple[Any, bool] = super().get_search_results(request, queryset, search_term)
        return found
