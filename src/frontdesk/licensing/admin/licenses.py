"""Licences: what they are made of, on which devices, and what staff may do with them."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontdesk.core import clock
from frontdesk.core.backoffice import BackOfficeAdmin, ReadOnlyInline
from frontdesk.core.backoffice.search import as_uuid
from frontdesk.licensing.admin import deeds
from frontdesk.licensing.models import Activation, Code, License
from frontdesk.licensing.timeline import timeline

STATUS_NAMES = {
    License.Status.ACTIVE: _("active"),
    License.Status.GRACE: _("in grace"),
    License.Status.EXPIRED: _("expired"),
    License.Status.SUSPENDED: _("suspended"),
    License.Status.REFUNDED: _("refunded"),
}


def with_status(licenses: QuerySet[License], status: str) -> QuerySet[License]:
    """The licences of a status now, by the same rule as `License.status_at`."""
    now = clock.now()
    grace = ExpressionWrapper(F("plan_version__grace_days") * Value(timedelta(days=1)), output_field=DurationField())
    end = Greatest(ExpressionWrapper(F("expires_at") + grace, output_field=DateTimeField()), F("tolerated_until"))
    if status == License.Status.REFUNDED:
        return licenses.exclude(refunded_at=None)
    licenses = licenses.filter(refunded_at=None)
    if status == License.Status.SUSPENDED:
        return licenses.exclude(suspended_at=None)
    licenses = licenses.filter(suspended_at=None)
    if status == License.Status.ACTIVE:
        return licenses.filter(expires_at__gt=now)
    licenses = licenses.filter(expires_at__lte=now).alias(grace_ends=end)
    in_grace = {"grace_ends__gt": now}
    return licenses.filter(**in_grace) if status == License.Status.GRACE else licenses.exclude(**in_grace)


class StatusFilter(admin.SimpleListFilter):
    """By status now."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All statuses."""
        return [(str(status), name) for status, name in STATUS_NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Those of the chosen one."""
        return with_status(queryset, str(self.value())) if self.value() in set(License.Status) else queryset


class DevicesInline(ReadOnlyInline):
    """Its devices, those in use first."""

    model = Activation
    ordering = ("-removed_at", "-last_seen_at")  # PostgreSQL puts what has no value first
    show_change_link = True
    fields = readonly_fields = ("name", "platform", "app_version", "created_at", "last_seen_at", "removed_at")


class CodesInline(ReadOnlyInline):
    """Its codes, by their last group."""

    model = Code
    fields = readonly_fields = ("tail", "batch", "redeemed_at", "voided_at", "replaced_by")


@admin.register(License)
class LicenseAdmin(BackOfficeAdmin):
    """A licence is changed by deeds only: its end follows from its terms, its used seats from its devices."""

    look_person = "owner_id"
    list_display = ("__str__", "product", "owner", "status", "expires_at", "devices")
    list_filter = (StatusFilter, "product")
    list_select_related = ("product", "owner", "plan_version__plan__product")
    search_fields = ("owner__email", "owner__name")
    search_help_text = _("The owner's e-mail address or name, or the licence's id. Codes have a page of their own.")
    inlines = (DevicesInline, CodesInline)
    deeds = (*deeds.SEATS_AND_CODES, *deeds.TIME_AND_MONEY, *deeds.STOPPING)
    change_form_after_template = "backoffice/timeline.html"
    fields = readonly_fields = (
        "id",
        "product",
        "plan_version",
        "owner",
        "status",
        "starts_at",
        "expires_at",
        "devices",
        "suspended_at",
        "refunded_at",
        "created_at",
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the timeline beneath."""
        held = self.get_object(request, object_id) if object_id else None
        pieces = timeline(held) if held else []
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "pieces": pieces})

    @admin.display(description=_("status"))
    def status(self, held: License) -> Any:
        """The status now."""
        return STATUS_NAMES[held.status_at(clock.now())]

    @admin.display(description=_("devices"))
    def devices(self, held: License) -> str:
        """How many seats are used, of how many."""
        return str(_("%(used)d of %(limit)d")) % {"used": held.seats_used, "limit": held.device_limit}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By id where it is one."""
        identifier = as_uuid(search_term)
        if identifier:
            return queryset.filter(id=identifier), False
        found: tuple[Any, bool] = super().get_search_results(request, queryset, search_term)
        return found
