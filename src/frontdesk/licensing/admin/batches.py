"""Batches of codes: ordered here, made by a job, their clear list given out once."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from frontdesk.core.backoffice import BackOfficeAdmin
from frontdesk.licensing.models import Batch


@admin.register(Batch)
class BatchAdmin(BackOfficeAdmin):
    """A batch keeps the plan version it was made for."""

    list_display = ("__str__", "plan_version", "kind", "count", "progress", "created_at")
    list_filter = ("kind",)
    list_select_related = ("plan_version__plan__product",)
    search_fields = ("label", "reason")
    fields = readonly_fields = (
        "id",
        "plan_version",
        "kind",
        "label",
        "reason",
        "count",
        "progress",
        "created_at",
        "finished_at",
        "list_until",
        "list_taken_at",
    )

    @admin.display(description=_("made"))
    def progress(self, batch: Batch) -> str:
        """How far the job is."""
        share = 100 * batch.made // max(1, batch.count)
        return str(_("%(made)d of %(count)d (%(share)d %%)")) % {
            "made": batch.made,
            "count": batch.count,
            "share": share,
        }
