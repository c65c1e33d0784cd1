"""What support must know of a customer's licences: the service level of their plans, and whether they own a product."""

from collections.abc import Collection
from enum import Enum
from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Plan, Product
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.fulfilment.models import PlanLevel
from frontdesk.licensing.models import License
from frontdesk.support.tickets.events import ConversationOpened, ConversationReopened
from frontdesk.support.tickets.models import Conversation, ServiceLevel
from frontdesk.support.tickets.sla import keeping

PLANS = Actor.system("the customer's plans")


def level_of(person: Person | None) -> ServiceLevel | None:
    """The highest level among the plans of a customer's usable licences; the default one for everybody else."""
    default = ServiceLevel.objects.filter(is_default=True).first()
    if person is None:
        return default
    now = clock.now()
    licenses = License.objects.filter(owner=person).select_related("plan_version")
    plans = {each.plan_version.plan_id for each in licenses if each.is_usable_at(now)}
    levels = ServiceLevel.objects.filter(pk__in=PlanLevel.objects.filter(plan__in=plans).values("level"))
    best = levels.order_by("-rank").first()
    if best is None or (default is not None and default.rank > best.rank):
        return default
    return best


class Ownership(Enum):
    """Whether somebody is an owner of a product: with a licence that can be used now, with past ones only, or not."""

    OWNS = "owns"
    OWNED = "owned"
    NEVER = "never"


def ownership(person: Person, product: Product) -> Ownership:
    """The owner badge: support itself knows no licences."""
    now = clock.now()
    licenses = list(License.objects.filter(owner=person, product=product).select_related("plan_version"))
    if any(each.is_usable_at(now) for each in licenses):
        return Ownership.OWNS
    return Ownership.OWNED if licenses else Ownership.NEVER


def products_of(people: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The products that these people own now, in one query: what the community's badges and categories ask."""
    now = clock.now()
    licenses = License.objects.filter(owner__in=list(people)).select_related("plan_version")
    owned: dict[UUID, set[UUID]] = {}
    for each in licenses:
        if each.owner_id is not None and each.is_usable_at(now):
            owned.setdefault(each.owner_id, set()).add(each.product_id)
    return {person: frozenset(products) for person, products in owned.items()}


def promise(event: ConversationOpened | ConversationReopened) -> None:
    """A conversation begins, or goes on: what the customer's plans promise now applies.

    In between nothing changes: whoever buys a better plan in the middle of a matter has it for the next one, or when
    this one is reopened.
    """
    conversation = Conversation.objects.select_related("person").get(pk=event.conversation)
    level = level_of(conversation.person)
    if level is not None:
        keeping.set_level(actor=PLANS, conversation=conversation, level=level)


@transaction.atomic
def set_plan_level(*, actor: Actor, plan: Plan, level: ServiceLevel | None) -> bool:
    """From the next conversation on, this plan comes with this level (None: with the default one)."""
    current = PlanLevel.objects.select_for_update().filter(plan=plan).first()
    if (current.level_id if current else None) == (level.pk if level else None):
        return False
    if level is None:
        PlanLevel.objects.filter(plan=plan).delete()
    else:
        PlanLevel.objects.update_or_create(plan=plan, defaults={"level": level})
    data = {"plan": str(plan), "level": level.slug if level else ""}
    audit.record(actor=actor, action="plan.level_set", subject_type="plan", subject=plan.pk, data=data)
    return True
