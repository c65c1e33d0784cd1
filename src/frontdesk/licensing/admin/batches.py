"""Batches of codes: ordered here, made by a job, their clear list given out once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed, ReasonedModelForm
from frontdesk.licensing import batches
from frontdesk.licensing.models import Batch, BatchKind

CHANGE = "licensing.change_batch"
REFRESH_SECONDS = 2
MADE_FOR_SOMEBODY = {BatchKind.REPLACEMENT, BatchKind.ORDER}  # one by one, by other verbs
KINDS = [choice for choice in BatchKind.choices if choice[0] not in MADE_FOR_SOMEBODY]


class BatchForm(ReasonedModelForm):
    """What is ordered. The plan's newest version is meant, unless an older one is chosen on purpose."""

    kind = forms.ChoiceField(label=_("kind"), choices=KINDS)
    count = forms.IntegerField(label=_("codes"), min_value=1, max_value=batches.MOST)

    class Meta:
        model = Batch
        fields = ("plan_version", "kind", "count", "label")


def _take(actor: Actor, batch: Batch, kind: Any) -> StreamingHttpResponse:
    taken = batches.take_list(actor=actor, batch=batch, as_=kind)
    answer = StreamingHttpResponse(taken.chunks, content_type=taken.content_type)
    answer["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=taken.filename))
    answer["Cache-Control"] = "no-store, private"
    return answer


def _void(actor: Actor, batch: Batch, data: Mapping[str, Any]) -> str:
    voided = batches.void_batch(actor=actor, batch=batch, reason=actor.reason)
    return ngettext("%(count)d code is void.", "%(count)d codes are void.", voided) % {"count": voided}


def _has_list(batch: Batch) -> bool:
    kept = batch.list_until is not None and batch.list_until > clock.real_now()
    return bool(batch.list_path) and batch.list_taken_at is None and kept


ONCE = _("The list can be downloaded once; then it is deleted. Nobody can show these codes again.")


@admin.register(Batch)
class BatchAdmin(BackOfficeAdmin):
    """A batch keeps the plan version it was made for."""

    adds = True
    form = BatchForm
    list_display = ("__str__", "plan_version", "kind", "count", "progress", "created_at", "voided_at")
    list_filter = ("kind",)
    list_select_related = ("plan_version__plan__product",)
    search_fields = ("label", "reason")
    readonly_fields = ("id", "progress", "created_at", "finished_at", "list_until", "list_taken_at", "voided_at")
    deeds = (
        Deed(
            name="take-csv",
            label=_("Download the list"),
            permission=CHANGE,
            run=lambda actor, batch, data: _take(actor, batch, "csv"),
            done=_("The list is downloaded."),
            warning=ONCE,
            icon="csv",
            applies=_has_list,
        ),
        Deed(
            name="take-cards",
            label=_("Download as cards"),
            permission=CHANGE,
            run=lambda actor, batch, data: _take(actor, batch, "pdf"),
            done=_("The cards are downloaded."),
            warning=ONCE,
            icon="picture_as_pdf",
            applies=_has_list,
        ),
        Deed(
            name="void",
            label=_("Void the batch"),
            permission=CHANGE,
            run=_void,
            done=_("The batch is void."),
            warning=_("Unused codes are worth nothing any more. Of redeemed ones, the time they gave is taken back."),
            icon="block",
            applies=lambda batch: batch.voided_at is None,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The order first, then what became of it."""
        if obj is None:
            return ("plan_version", "kind", "count", "label", "reason")
        return ("id", "plan_version", "kind", "label", "reason", "count", *self.readonly_fields[1:])

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Newest versions first, products apart."""
        kwargs["queryset"] = PlanVersion.objects.select_related("plan__product").order_by(
            "plan__product__name", "plan__position", "plan__slug", "-number"
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """While codes are being made, the page comes again by itself."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        batch = self.get_object(request, object_id) if object_id else None
        if batch and request.method == "GET" and not batch.finished_at and isinstance(answer, HttpResponseBase):
            answer["Refresh"] = str(REFRESH_SECONDS)
        return answer

    def save_by_verb(self, *, actor: Actor, obj: Batch, form: Any, change: bool) -> Model:
        """Order the codes; a job makes them."""
        data = form.cleaned_data
        return batches.create(
            actor=actor,
            plan_version=data["plan_version"],
            count=data["count"],
            kind=BatchKind(data["kind"]),
            label=data["label"],
            reason=actor.reason,
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
