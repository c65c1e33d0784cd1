"""Deeds about subscriptions: try a failed charge again, switch the renewal off."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import paid_with
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import changing, schedule
from frontdesk.console.forms import ReasonForm
from frontdesk.console.views.common import Question, Text, ask, looked
from frontdesk.console.views.money import DEED
from frontdesk.console.words import day
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound


def _found(request: HttpRequest, subscription_id: UUID) -> Subscription:
    rows = Subscription.objects.select_related("person", "method", "plan_version__plan__product")
    subscription = rows.filter(pk=subscription_id).first()
    if subscription is None:
        raise NotFound
    looked(request, "subscription", [subscription.person_id])
    return subscription


def _back(subscription: Subscription) -> str:
    if subscription.person_id is None:
        return reverse("console:find")
    return reverse("console:customer", args=[subscription.person_id])


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def retry(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Try a failed charge again now."""
    subscription = _found(request, subscription_id)
    question = Question(
        title=_("Try the charge again"),
        consequences=[
            _("The renewal of %(plan)s is charged to %(card)s within a minute.")
            % {"plan": subscription.plan_version.plan, "card": paid_with.card_of(subscription) or _("no card")},
            _("Banks count tries: ask the customer first whether anything has changed."),
        ],
        label=_("Try again now"),
        back=_back(subscription),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        changing.retry_now(actor=actor, subscription=subscription)
        return _("It is tried again within a minute. This page shows how it ended.")

    context = {"person": subscription.person}
    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed, context=context)


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def renewal_off(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Switch the automatic renewal off; only the customer switches it on again."""
    subscription = _found(request, subscription_id)
    question = Question(
        title=_("Switch automatic renewal off"),
        consequences=[
            _("Nothing more is charged for %(plan)s. It goes on working until %(day)s.")
            % {"plan": subscription.plan_version.plan, "day": day(schedule.ends_at(subscription))},
            _("Only the customer can switch it on again."),
        ],
        label=_("Switch off"),
        back=_back(subscription),
        tone="danger",
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        changing.set_auto_renew(actor=actor, subscription=subscription, on=False)
        return _("Automatic renewal is off.")

    context = {"person": subscription.person}
    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed, context=context)
