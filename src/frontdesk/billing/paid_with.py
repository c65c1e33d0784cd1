"""The card that a renewal is charged to: one rule for whoever charges it, announces it or shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from frontdesk.billing.models import PaymentMethod, Subscription

FIRST = ("-is_default", "-created_at", "pk")  # the default, then the newest


def card_of(subscription: Subscription) -> PaymentMethod | None:
    """The card that a subscription's next charge goes to, as things stand; None where its customer has none."""
    return cards_of([subscription]).get(subscription.pk)


def cards_of(subscriptions: Iterable[Subscription]) -> dict[UUID, PaymentMethod]:
    """As `card_of`, by the subscription, of those that have one; one query."""
    held = list(subscriptions)
    people = {each.person_id for each in held if each.person_id}
    kept: dict[UUID | None, list[PaymentMethod]] = defaultdict(list)
    for card in PaymentMethod.objects.filter(person__in=people, detached_at=None).order_by(*FIRST):
        kept[card.person_id].append(card)
    found = {each.pk: one_of(each, kept[each.person_id]) for each in held}
    return {subscription: card for subscription, card in found.items() if card}


def one_of(subscription: Subscription, cards: Sequence[PaymentMethod]) -> PaymentMethod | None:
    """Of its customer's cards, in the order `FIRST`: the one that was chosen for it, or else the first.

    One that was removed is not among them, so that what was chosen is asked for by its key alone.
    """
    return next((card for card in cards if card.pk == subscription.method_id), next(iter(cards), None))
