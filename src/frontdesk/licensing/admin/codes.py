"""Activation codes: found by their last group, or by the whole code, which is hashed and never kept."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed, ReasonForm, staff_actor
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import batches, codes
from frontdesk.licensing.models import Code

TAIL = 5


class FindForm(ReasonForm):
    """A whole code or its last group. Sent in the body of the request, since addresses end up in logs."""

    code = forms.CharField(
        label=_("Code or its last group"),
        max_length=4096,
        help_text=_("Paste the whole code, or type the last five characters."),
    )


class StateFilter(admin.SimpleListFilter):
    """Unused, redeemed or void."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [("unused", _("not used")), ("redeemed", _("redeemed")), ("void", _("void"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Those of the chosen one."""
        chosen = {
            "unused": {"redeemed_at": None, "voided_at": None},
            "redeemed": {"redeemed_at__isnull": False, "voided_at": None},
            "void": {"voided_at__isnull": False},
        }.get(str(self.value()))
        return queryset.filter(**chosen) if chosen else queryset


def _void(actor: Actor, code: Code, data: Mapping[str, Any]) -> None:
    batches.void_codes(actor=actor, codes=[code], reason=actor.reason)


@admin.register(Code)
class CodeAdmin(BackOfficeAdmin):
    """Codes are known by hash; what is shown of one is its last group."""

    list_display = ("__str__", "batch", "license", "redeemed_at", "voided_at")
    list_filter = (StateFilter,)
    list_select_related = ("batch", "license__plan_version__plan__product")
    list_before_template = "backoffice/find_code.html"
    fields = readonly_fields = ("tail", "batch", "license", "redeemed_at", "voided_at", "replaced_by")
    ordering = ("-redeemed_at", "id")
    deeds = (
        Deed(
            name="void",
            label=_("Void this code"),
            permission="licensing.code_code",
            run=_void,
            done=_("The code is void."),
            warning=_("An unused code is worth nothing any more. Of a redeemed one, the time it gave is taken back."),
            icon="block",
            applies=lambda code: code.voided_at is None,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """And the page that finds a code."""
        find = path("find/", self.admin_site.admin_view(self.find), name="licensing_code_find")
        return [find, *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """The list can be narrowed to a last group."""
        return lookup in {"tail", "tail__exact"} or super().lookup_allowed(lookup, value, request)

    def find(self, request: HttpRequest) -> HttpResponse:
        """Go to the code, or to the list of those that end so. For whoever may enter: codes are agents' work."""
        form = FindForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            answer = self._found(request, form)
            if answer:
                return answer
        context = {**self.admin_site.each_context(request), "title": _("Find a code"), "form": form, "opts": self.opts}
        status = 422 if form.is_bound else 200
        page = TemplateResponse(request, "backoffice/find_code_page.html", context, status=status)
        page["Cache-Control"] = "no-store, private"
        return page

    def _found(self, request: HttpRequest, form: FindForm) -> HttpResponse | None:
        text = form.cleaned_data["code"].strip()
        if len(text) <= TAIL:
            return HttpResponseRedirect(f"{reverse('admin:licensing_code_changelist')}?tail={text.upper()[:TAIL]}")
        try:
            code = Code.objects.filter(hash=codes.digest(codes.parse(text))).first()
        except Refusal as refusal:
            form.add_error("code", str(refusal.reason.title))
            return None
        if code is None:
            form.add_error("code", _("No code of ours. It was never issued here."))
            return None
        actor = staff_actor(request, form.cleaned_data["reason"])
        owner = code.license.owner_id if code.license else None
        audit.record(actor=actor, action="code.looked_up", subject_type="code", subject=code.pk, person=owner)
        messages.info(request, _("This is the code that ends with %(tail)s.") % {"tail": code.tail})
        return HttpResponseRedirect(reverse("admin:licensing_code_change", args=[code.pk]))
