"""People in the back office: who they are, who is staff, and inviting staff."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person, StaffInvitation
from frontdesk.accounts.recovery.admin import RecoveryAdmin
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import locks, staff
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed, ReasonedModelForm, ReasonForm

__all__ = ["PersonAdmin", "RecoveryAdmin", "StaffInvitationAdmin"]


class RoleForm(ReasonForm):
    """Which role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


def _give_role(actor: Actor, person: Person, data: Mapping[str, Any]) -> None:
    staff.make_staff(actor=actor, person=person, role=Role(data["role"]))


def _take_role(actor: Actor, person: Person, data: Mapping[str, Any]) -> None:
    staff.end_staff(actor=actor, person=person)


def _unlock(actor: Actor, person: Person, data: Mapping[str, Any]) -> None:
    locks.unlock(actor=actor, person=person)


@admin.register(Person)
class PersonAdmin(BackOfficeAdmin):
    """Customers and staff. Their own details they change themselves."""

    look_person = "pk"
    list_display = ("email", "name", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    search_help_text = _("A name or an e-mail address, or a part of it.")
    fields = readonly_fields = (
        "id",
        "email",
        "name",
        "language",
        "time_zone",
        "role",
        "second_factor",
        "is_active",
        "created_at",
        "last_login",
    )
    ordering = ("email",)
    deeds = (
        Deed(
            name="unlock",
            label=_("End the pause"),
            permission="accounts.unlock_person",
            run=_unlock,
            done=_("The pause is over: the password can be tried again."),
            warning=_(
                "Wrong passwords typed so far no longer count, in any browser. The password and the second step stay."
            ),
            icon="lock_open",
            applies=lambda person: not person.is_staff,
        ),
        Deed(
            name="give-role",
            label=_("Give a role"),
            permission="accounts.change_person",
            run=_give_role,
            done=_("The role is given. The back office opens once a second factor is set up."),
            warning=_("They become staff and see customers' data as far as the role goes."),
            form=RoleForm,
            icon="badge",
        ),
        Deed(
            name="take-role",
            label=_("Take the role away"),
            permission="accounts.change_person",
            run=_take_role,
            done=_("They are no longer staff."),
            warning=_("They stay a customer. All their sessions end now."),
            icon="person_remove",
            applies=lambda person: person.is_staff,
        ),
    )

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, person: Person) -> bool:
        """Whether signing in takes more than a password."""
        return person.has_second_factor


class InvitationForm(ReasonedModelForm):
    """Whom, and for what."""

    class Meta:
        model = StaffInvitation
        fields = ("email", "role")


@admin.register(StaffInvitation)
class StaffInvitationAdmin(BackOfficeAdmin):
    """One-time links with which somebody becomes staff."""

    adds = True
    form = InvitationForm
    list_display = ("email", "role", "created_at", "expires_at", "used_at")
    ordering = ("-created_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing of the link is kept but its hash."""
        return ("email", "role", "created_at", "expires_at", "used_at") if obj else ("email", "role", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Newest first."""
        return super().get_queryset(request).order_by("-created_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Show the link this once."""
        super().save_model(request, obj, form, change)
        text = _("Send this link to %(email)s. It works once, for two days, and is not shown again: %(link)s")
        messages.warning(request, text % {"email": obj.email, "link": form.link})

    def save_by_verb(self, *, actor: Actor, obj: StaffInvitation, form: Any, change: bool) -> Model:
        """Make the link."""
        data = form.cleaned_data
        form.link = staff.invite_staff(actor=actor, email=data["email"], role=Role(data["role"]))
        return StaffInvitation.objects.filter(email=data["email"].lower()).latest("created_at")
