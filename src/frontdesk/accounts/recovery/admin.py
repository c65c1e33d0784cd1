"""Recoveries in the back office: what was asked, what helps to judge it, and the two answers."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts.models import Person, Recovery
from frontdesk.accounts.recovery import judging
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed

MAY = "accounts.recover_recovery"


def _approve(actor: Actor, recovery: Recovery, data: Mapping[str, Any]) -> None:
    judging.approve(actor=actor, recovery=recovery)


def _refuse(actor: Actor, recovery: Recovery, data: Mapping[str, Any]) -> None:
    judging.refuse(actor=actor, recovery=recovery)


def _can_be_judged(recovery: Recovery) -> bool:
    return recovery.is_open and recovery.reached_at is not None and recovery.approved_at is None


@admin.register(Recovery)
class RecoveryAdmin(BackOfficeAdmin):
    """Requests whose address was confirmed; nobody is bothered by the others."""

    look_person = "person_id"
    list_display = ("asked_at", "email", "reach_at", "state")
    search_fields = ("email", "reach_at")
    search_help_text = gettext_lazy("The account's address, or the one they can be reached at.")
    ordering = ("-asked_at",)
    fields = readonly_fields = (
        "state",
        "email",
        "account",
        "reach_at",
        "wants_address",
        "explanation",
        "what_we_know",
        "asked_at",
        "reached_at",
        "approved_at",
        "due_at",
        "link_sent_at",
        "refused_at",
        "stopped_at",
        "completed_at",
        "expired_at",
    )
    deeds = (
        Deed(
            name="approve",
            label=gettext_lazy("Approve"),
            permission=MAY,
            run=_approve,
            done=gettext_lazy(
                "Approved. Everybody is told now; the link goes out after 72 hours unless somebody stops it."
            ),
            warning=gettext_lazy(
                "For 72 hours every address and browser of the account is warned, and any of them can stop it. Then "
                "whoever asked can set a new password, second steps are removed, and nothing leaves the account for 72 "
                "hours more. Approve only what you could defend: the address alone proves nothing."
            ),
            icon="lock_open",
            applies=_can_be_judged,
        ),
        Deed(
            name="refuse",
            label=gettext_lazy("Refuse"),
            permission=MAY,
            run=_refuse,
            done=gettext_lazy("Refused. They are told that it ended, but not why."),
            warning=gettext_lazy("They get a mail that we cannot let them in in this way. Your reason is not in it."),
            icon="block",
            applies=_can_be_judged,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recovery]:
        """Only those whose address was confirmed."""
        return super().get_queryset(request).exclude(reached_at=None).select_related("person")

    @admin.display(description=gettext_lazy("status"))
    def state(self, recovery: Recovery) -> str:
        """Where it stands."""
        states = {
            "completed_at": _("completed"),
            "stopped_at": _("stopped"),
            "refused_at": _("refused"),
            "expired_at": _("expired"),
            "link_sent_at": _("link sent"),
            "approved_at": _("waits 72 hours"),
        }
        return next((text for name, text in states.items() if getattr(recovery, name)), _("to be judged"))

    @admin.display(description=gettext_lazy("account"))
    def account(self, recovery: Recovery) -> str | SafeString:
        """The account, to look at beside it."""
        if recovery.person is None:
            return _("No active account has this address.")
        address = reverse(f"{self.admin_site.name}:accounts_person_change", args=[recovery.person.pk])
        return format_html('<a href="{}">{}</a>', address, recovery.person)

    @admin.display(description=gettext_lazy("what we know"))
    def what_we_know(self, recovery: Recovery) -> str:
        """What speaks for and against it, one sentence each."""
        known = judging.hints(recovery)
        said = [*_about(known.person), *_about_request(known)] if known.person else []
        if known.other_requests:
            said.append(_("Other requests for this address in 90 days: %(count)d.") % {"count": known.other_requests})
        return " ".join(said) or "-"


def _about(person: Person) -> list[str]:
    said = [_("Customer since %(date)s.") % {"date": _day(person.created_at)}]
    last = _("Last sign-in on %(date)s.") % {"date": _day(person.last_login)} if person.last_login else ""
    said.append(last or _("Has never signed in."))
    said.append(_("Has a second step.") if person.has_second_factor else _("Has no second step: a reset may suffice."))
    if person.is_staff:
        said.append(_("Is on the staff: not recovered in this way."))
    return said


def _about_request(known: judging.Hints) -> list[str]:
    said = [
        _("Asked from a network that the account was used from.")
        if known.same_network
        else _("Asked from a network that the account was not used from.")
    ]
    if known.reach_is_account:
        said.append(_("Wants to be reached at the account's own address, and reads it."))
    if known.last_used_at:
        said.append(_("Some browser is still signed in, last used on %(date)s.") % {"date": _day(known.last_used_at)})
    if known.stopped_lately:
        said.append(_("The owner stopped a recovery in the last seven days."))
    return said


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
