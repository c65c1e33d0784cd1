"""What agents may give of the vendor's money: by role, up to a limit, and never to themselves."""

from uuid import UUID

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing.errors import OwnAccount, RefundNeedsManager
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import PermissionMissing


def check_agent(actor: Actor, *, to: UUID | None) -> Person | None:
    """The agent who gives something to a customer; None for the system.

    Raises PermissionMissing (a customer, another role), OwnAccount.
    """
    if actor.kind == ActorKind.SYSTEM:
        return None
    agent = Person.objects.filter(pk=actor.person).first() if actor.kind == ActorKind.STAFF and actor.person else None
    if agent is None or not agent.has_role(Role.BILLING_AGENT):
        raise PermissionMissing
    if agent.pk == to:
        raise OwnAccount
    return agent


def check_amount(agent: Person, *, minor: int, currency: str) -> None:
    """`minor` units in all, with what went before. Raises RefundNeedsManager above what the agent's role may give."""
    limit = settings.REFUND_LIMITS.get(currency, 0)
    if minor > limit and not agent.has_role(Role.MANAGER):
        raise RefundNeedsManager(limit=limit)
