"""What all pages of the back office share.

Nothing is deleted and nothing derived is edited. A form's saving is a verb (`save_by_verb`), and everything else that
staff do is a `Deed`: a page that says what will happen, asks for the reason, and calls the verb that customers' pages
call too. Both need a permission, which a role has or not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import looks
from frontdesk.core.backoffice.forms import ReasonForm
from frontdesk.core.errors import PermissionMissing
from frontdesk.core.reasons import Refusal

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline

    AnyAdmin = ModelAdmin[Any]
    AnyInline = TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin as AnyAdmin
    from unfold.admin import TabularInline as AnyInline

Text = str | Promise


@dataclass(frozen=True)
class Deed:
    """Something staff do to one object: `run(actor, subject, cleaned data)` calls the verb.

    `warning` says what will happen, `done` what happened; a text that `run` returns is shown instead of `done`.
    """

    name: str
    label: Text
    permission: str
    run: Callable[[Actor, Any, Mapping[str, Any]], object]
    done: Text
    warning: Text = ""
    form: type[ReasonForm] = ReasonForm
    icon: str = "bolt"
    applies: Callable[[Any], bool] = field(default=lambda subject: True)


def staff_actor(request: HttpRequest, reason: str) -> Actor:
    """The person who is signed in, acting as staff. Raises PermissionMissing for anybody else."""
    if not isinstance(request.user.pk, UUID):
        raise PermissionMissing
    return Actor.staff(request.user.pk, reason)


def explain(refusal: Refusal) -> str:
    """A refusal in one line, for a form."""
    return f"{refusal.reason.title}. {refusal.reason.detail} {refusal.reason.remedy}"


class BackOfficeAdmin(AnyAdmin):
    """Shows; does deeds; saves only where a subclass has `save_by_verb`."""

    actions = None
    deeds: ClassVar[Sequence[Deed]] = ()
    saves = False
    adds = False
    look_person: ClassVar[str] = ""  # where the customer's id is found whom an object names
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = False
    change_form_outer_before_template = "backoffice/deeds.html"

    def save_by_verb(self, *, actor: Actor, obj: Any, form: Any, change: bool) -> Model:
        """Call the verb; returns what was saved. Only where `saves` or `adds` is set."""
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Where a verb makes one, by the role."""
        return self.adds and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where a verb saves one, by the role."""
        return self.saves and super().has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the role, whether or not anything can be changed."""
        return request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Never the model's own save: the verb."""
        actor = staff_actor(request, form.cleaned_data["reason"])
        saved = self.save_by_verb(actor=actor, obj=obj, form=form, change=change)
        obj.pk = saved.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The verb has saved everything."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit is the log."""
        return ""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit is the log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit is the log."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's page, with the deeds that this person may do; a refused save comes back with its explanation."""
        subject = self.get_object(request, object_id) if object_id else None
        if subject is not None and request.method == "GET":
            self._record_look(request, subject)
        context = {**(extra_context or {}), "deeds": self._offered(request, subject) if subject else []}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except Refusal as refusal:
            messages.error(request, explain(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's page; customers whom it names can read in their history that it did."""
        response = super().changelist_view(request, extra_context)
        listed = (getattr(response, "context_data", None) or {}).get("cl")
        if self.look_person and listed is not None:
            people = [attrgetter(self.look_person)(subject) for subject in listed.result_list]
            page = f"{self.opts.model_name} list"
            looks.record(staff_actor(request, looks.UNASKED), request, page=page, people=people)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Django's, without the history page, and one address for the deeds."""
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        deed = path("<str:object_id>/do/<slug:name>/", self.admin_site.admin_view(self.deed_view), name=f"{prefix}_do")
        return [deed, *(url for url in super().get_urls() if url.name != f"{prefix}_history")]

    def deed_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponseBase:
        """Say what will happen and ask for the reason; do it; go back to the object."""
        deed = next((deed for deed in self.deeds if deed.name == name), None)
        if deed is None:
            raise Http404
        if not self.has_view_permission(request) or not request.user.has_perm(deed.permission):
            raise PermissionMissing
        subject = self._subject(request, object_id)
        self._record_look(request, subject)
        if not deed.applies(subject):
            messages.warning(request, _("That is not possible in its present state."))
            return HttpResponseRedirect(self._address(subject))
        form = deed.form(request.POST or None, request.FILES or None, subject=subject)
        if request.method == "POST":
            answer = self._do(request, deed, subject, form)
            if answer is not None:
                return answer
        return self._ask(request, deed, subject, form)

    def _do(self, request: HttpRequest, deed: Deed, subject: Any, form: ReasonForm) -> HttpResponseBase | None:
        if not form.is_valid():
            return None
        data = dict(form.cleaned_data)
        actor = staff_actor(request, data.pop("reason"))
        try:
            said = deed.run(actor, subject, data)
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
            return None
        if isinstance(said, HttpResponseBase):
            return said
        messages.success(request, str(said if isinstance(said, str | Promise) else deed.done))
        return HttpResponseRedirect(self._address(subject))

    def _ask(self, request: HttpRequest, deed: Deed, subject: Any, form: ReasonForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": deed.label,
            "deed": deed,
            "form": form,
            "subject": subject,
            "opts": self.opts,
            "back": self._address(subject),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "backoffice/deed.html", context, status=status)

    def _offered(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        may = [deed for deed in self.deeds if request.user.has_perm(deed.permission) and deed.applies(subject)]
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_do"
        return [{"deed": deed, "address": reverse(name, args=[subject.pk, deed.name])} for deed in may]

    def _subject(self, request: HttpRequest, object_id: str) -> Any:
        try:
            subject = self.get_object(request, object_id)
        except ValidationError:
            subject = None
        if subject is None:
            raise Http404
        return subject

    def _address(self, subject: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[subject.pk])

    def _record_look(self, request: HttpRequest, subject: Any) -> None:
        """Whoever looks at a customer's matters is named, by role, in the customer's own history."""
        if self.look_person and self.has_view_permission(request, subject):
            person = attrgetter(self.look_person)(subject)
            looks.record(staff_actor(request, looks.UNASKED), request, page=str(self.opts.model_name), people=[person])


class ReadOnlyInline(AnyInline):
    """Rows that belong to an object, shown beneath it."""

    extra = 0
    can_delete = False
    hide_title = True
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only verbs add rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only verbs change rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the object sees its rows."""
        return True
