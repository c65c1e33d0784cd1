"""What stands beside a conversation: the customer with licences, devices, failures, payments, earlier matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from frontdesk.accounts import guard
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing.models import Dispute, Invoice, Payment, Refund, Subscription
from frontdesk.billing.refunds import asking
from frontdesk.console.community_beside import topic_beside
from frontdesk.console.words import PAYMENT_TONES, views_of
from frontdesk.core import clock, reasons
from frontdesk.core.reasons import Reason
from frontdesk.fulfilment.serving import Ownership, ownership
from frontdesk.licensing import selectors
from frontdesk.licensing.models import License, RefusedActivation
from frontdesk.licensing.presentation import DeviceView, LicenseView
from frontdesk.support.tickets.inbox.listing import listed
from frontdesk.support.tickets.inbox.related import of_same_customer
from frontdesk.support.tickets.models import Conversation, Participant

LATELY = timedelta(days=30)
SHOWN = 5  # of each list; the customer's own page has them all


@dataclass(frozen=True)
class Held:
    """A licence with its devices, and what may be done with it now."""

    view: LicenseView
    devices: Sequence[DeviceView]
    may_replace_code: bool
    may_extend: bool


@dataclass(frozen=True)
class Failure:
    """Why a device got no seat, in words."""

    row: RefusedActivation
    reason: Reason | None


def customer_of(conversation: Conversation, agent: Person) -> dict[str, Any]:
    """Everything beside the conversation; money for billing agents only."""
    person, now = conversation.person, clock.now()
    requester = Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER).first()
    earlier = of_same_customer(conversation).order_by("-last_message_at")
    context: dict[str, Any] = {
        "conversation": conversation,
        "person": person,
        "requester": requester,
        "is_proved": bool(requester and requester.proved_at),
        "earlier": listed(earlier[: SHOWN + 1])[:SHOWN],
        "now": now,
        "real_now": clock.real_now(),
        "community": topic_beside(conversation),
    }
    if person is None:
        return context | {"same_address": _by_address(requester)}
    context |= {
        "licenses": licenses_of(person, agent),
        "failures": failures_of(person),
        "pause": None if person.is_staff else guard.pause_of(person),
        "is_frozen": person.is_frozen(now),
        "owner": owner_badge(person, conversation),
    }
    return context | (_money_of(person) if agent.has_role(Role.BILLING_AGENT) else {})


def owner_badge(person: Person, conversation: Conversation) -> tuple[str, str] | None:
    """Whether the customer owns what they write about, and in which tone to say so; None where it is no product."""
    if conversation.product is None:
        return None
    words = {
        Ownership.OWNS: (_("Owns %s"), "good"),
        Ownership.OWNED: (_("Owned %s until it ended"), "warn"),
        Ownership.NEVER: (_("Does not own %s"), "warn"),
    }
    text, tone = words[ownership(person, conversation.product)]
    return text % conversation.product.name, tone


def licenses_of(person: Person, agent: Person) -> list[Held]:
    """The licences, those that end first in front."""
    now = clock.now()
    return [_held(license, agent, LicenseView(license, now)) for license in selectors.licenses_of(person)]


def _held(license: License, agent: Person, view: LicenseView) -> Held:
    is_running = license.suspended_at is None and license.refunded_at is None
    return Held(
        view,
        [DeviceView(each, license, view.now) for each in getattr(license, "live_devices", ())],
        may_replace_code=is_running,
        may_extend=license.refunded_at is None and agent.has_role(Role.BILLING_AGENT),
    )


def failures_of(person: Person) -> list[Failure]:
    """Why activations were refused lately, the latest first."""
    rows = selectors.refused_lately(person, since=clock.now() - LATELY)
    return [Failure(row, reasons.find(row.reason)) for row in rows[:SHOWN]]


def _by_address(requester: Participant | None) -> Person | None:
    """An account with the same address: nobody has shown that the writer is its owner."""
    return Person.objects.filter(email=requester.address.lower()).first() if requester else None


def _money_of(person: Person) -> dict[str, Any]:
    back = [Prefetch("refunds", Refund.objects.all()), Prefetch("disputes", Dispute.objects.all())]
    rows = Payment.objects.filter(person=person).select_related("invoice").prefetch_related(*back)
    payments = list(rows.order_by("-started_at")[:SHOWN])
    live = Subscription.objects.filter(person=person, ended_at=None).select_related(
        "plan_version__plan__product", "next_plan_version__plan__product", "method"
    )
    unpaid = Invoice.objects.filter(person=person, paid_at=None, void_at=None, issued_at__isnull=False)
    return {
        "sees_money": True,
        "payments": [(each, PAYMENT_TONES[Payment.Status(each.status)], _may_refund(each)) for each in payments],
        "subscriptions": views_of(list(live[:SHOWN])),
        "unpaid": list(unpaid.order_by("-created_at")[:SHOWN]),
    }


def _may_refund(payment: Payment) -> bool:
    return payment.status == Payment.Status.SUCCEEDED and asking.refundable(payment).minor > 0
