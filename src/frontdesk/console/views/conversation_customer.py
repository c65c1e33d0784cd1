"""The customer beside a conversation, and what agents do for them there: each asks for a reason and says so in the
conversation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import locks
from frontdesk.console import beside
from frontdesk.console.conversations import found_conversation
from frontdesk.console.forms import ReasonForm
from frontdesk.console.inbox_forms import DaysForm
from frontdesk.console.views.common import Question, Text, acting, ask, looked
from frontdesk.console.views.conversation_changes import ASKING, conversation_url
from frontdesk.console.views.inbox import filter_in_use
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.licensing import devices, lost_codes, selectors, terms
from frontdesk.licensing.models import License, TermKind
from frontdesk.licensing.presentation import DeviceView, LicenseView
from frontdesk.support.tickets.beside.deeds import do_once
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.models import Conversation

Verb = Callable[[Actor, dict[str, Any]], Text | None]  # None: there was nothing to do any more


@require_safe
@require_role(Role.AGENT)
def customer(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Identity, licences, failures, earlier matters; money for billing agents."""
    conversation = found_conversation(conversation_id)
    looked(request, "customer", [conversation.person_id])
    context = beside.customer_of(conversation, acting(request)) | {"wanted": filter_in_use(request)}
    name = "parts/customer" if request.headers.get("X-Part") else "customer"
    return render(request, f"console/inbox/{name}.html", context)


def owner_of(conversation: Conversation) -> Person:
    """The customer whose matters these are. Raises NotFound for a guest's conversation."""
    if conversation.person is None:
        raise NotFound
    return conversation.person


def _ask(
    request: HttpRequest,
    conversation: Conversation,
    question: Question,
    verb: Verb,
    *,
    what: str,
    about: dict[str, str],
    form: ReasonForm | None = None,
) -> HttpResponse:
    """Ask for the reason; then do it and say so in the conversation, in one transaction."""
    agent = acting(request)

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        said = do_once(
            agent=Speaker.of(agent),
            conversation=conversation,
            what=what,
            once=data["once"],
            deed=lambda: verb(actor, data),
            data={**about, "reason": actor.reason},
        )
        return said or _("That was done already.")

    first = {"reason": conversation.reference}
    form = form or ReasonForm(request.POST or None, initial=first)
    return ask(request, question=question, form=form, deed=deed, context={"person": conversation.person})


def _license_of(conversation: Conversation, license_id: UUID) -> License:
    return selectors.access_license(owner_of(conversation), license_id)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def free_seat(request: HttpRequest, conversation_id: UUID, activation_id: UUID) -> HttpResponse:
    """Free the seat of one of the customer's devices."""
    conversation = found_conversation(conversation_id)
    activation = selectors.access_activation(owner_of(conversation), activation_id)
    device = DeviceView(activation, activation.license, clock.now())
    question = Question(
        title=_("Free the seat of %s") % device.name,
        consequences=[device.consequence, _("The seat can be used for another device at once.")],
        label=_("Free the seat"),
        back=conversation_url(request, conversation),
        tone="danger",
    )

    def verb(actor: Actor, _data: dict[str, Any]) -> Text | None:
        return _("The seat of %s is free.") % device.name if devices.free(actor=actor, activation=activation) else None

    return _ask(request, conversation, question, verb, what="seat_freed", about={"device": device.name})


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def replace_code(request: HttpRequest, conversation_id: UUID, license_id: UUID) -> HttpResponse:
    """Replace a lost code; the customer gets the new one by mail."""
    conversation = found_conversation(conversation_id)
    held = _license_of(conversation, license_id)
    name = LicenseView(held, clock.now()).name
    question = Question(
        title=_("Replace the code of %s") % name,
        consequences=[
            _("The old code stops, and the owner gets the new one by mail. Nobody else sees it."),
            _("Devices that are activated go on."),
        ],
        label=_("Replace the code"),
        back=conversation_url(request, conversation),
    )

    def verb(actor: Actor, _data: dict[str, Any]) -> Text:
        code = lost_codes.replace_lost(actor=actor, license=held)
        return _("The new code ends with %(tail)s and is on its way to the owner by mail.") % {"tail": code.tail}

    return _ask(request, conversation, question, verb, what="code_replaced", about={"license": name})


@require_http_methods(ASKING)
@require_role(Role.BILLING_AGENT)
def extend(request: HttpRequest, conversation_id: UUID, license_id: UUID) -> HttpResponse:
    """Add days at the end of a licence."""
    conversation = found_conversation(conversation_id)
    held = _license_of(conversation, license_id)
    view = LicenseView(held, clock.now())
    question = Question(
        title=_("Extend %s") % view.name,
        consequences=[
            _("The days are added at its end, %s, as a piece of their own on its timeline.")
            % date_format(held.expires_at),
            _("Nothing is charged for them."),
        ],
        label=_("Add the days"),
        back=conversation_url(request, conversation),
    )

    def verb(actor: Actor, data: dict[str, Any]) -> Text:
        terms.grant(
            actor=actor,
            license=held,
            kind=TermKind.ADJUSTMENT,
            plan_version=held.plan_version,
            grant_ref=f"adjustment:{data['once']}",
            days=data["days"],
        )
        held.refresh_from_db()
        return _("The licence now ends on %s.") % date_format(held.expires_at)

    form = DaysForm(request.POST or None, initial={"reason": conversation.reference, "days": 14})
    about = {"license": view.name, "days": str(form["days"].value() or "")}
    return _ask(request, conversation, question, verb, what="license_extended", about=about, form=form)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def unlock(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """End the pause after wrong passwords."""
    conversation = found_conversation(conversation_id)
    person = owner_of(conversation)
    if person.is_staff:
        raise NotFound
    question = Question(
        title=_("End the pause of the account"),
        consequences=[
            _("Wrong passwords typed so far no longer count, in any browser. The password and the second step stay."),
        ],
        label=_("End the pause"),
        back=conversation_url(request, conversation),
    )

    def verb(actor: Actor, _data: dict[str, Any]) -> Text:
        locks.unlock(actor=actor, person=person)
        return _("The pause is over: the password can be tried again.")

    return _ask(request, conversation, question, verb, what="account_unlocked", about={})
