"""Cards that are chosen while they are removed or charged, and while subscriptions end: on real connections."""

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import locks
from frontdesk.billing.errors import LastMethod
from frontdesk.billing.models import EndReason, PaymentMethod, Subscription
from frontdesk.billing.payments import methods
from frontdesk.billing.subscriptions import changing, planning
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from tests.support import bills, money, sales
from tests.support.bank import Bank
from tests.support.races import Beside

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def two_of(person: Person) -> list[Subscription]:
    """Two live subscriptions, as they are locked."""
    version = sales.for_sale()
    return sorted((bills.subscription(person, version) for _ in range(2)), key=lambda each: each.pk)


def cards_of(*subscriptions: Subscription) -> list[PaymentMethod | None]:
    """The cards that were chosen for them."""
    return [Subscription.objects.get(pk=each.pk).method for each in subscriptions]


def test_a_card_is_not_removed_while_it_is_chosen(bank: Bank, ada: Person, beside: Beside) -> None:
    card, (subscription, _other) = money.card(ada), two_of(ada)
    money.card(ada)
    with transaction.atomic():
        changing.set_method(actor=SYSTEM, subscription=subscription, method=card)
        removed = beside(lambda: methods.remove(actor=SYSTEM, method=card))
    assert isinstance(removed.exception(20), LastMethod)
    assert bank.detached == []


def test_a_card_that_is_just_removed_is_not_chosen(bank: Bank, ada: Person, beside: Beside) -> None:
    card, (subscription, _other) = money.card(ada), two_of(ada)
    money.card(ada)
    with transaction.atomic():
        methods._removed(SYSTEM, card)
        chosen = beside(lambda: changing.set_method(actor=SYSTEM, subscription=subscription, method=card))
    assert isinstance(chosen.exception(20), NotFound)
    assert cards_of(subscription) == [None]


def test_one_for_all_waits_for_a_charge_without_standing_in_its_way(bank: Bank, ada: Person, beside: Beside) -> None:
    """Whoever charges has the subscription's lock and wants the card's: the other way about neither went on."""
    card, (first, second) = money.card(ada), two_of(ada)
    with transaction.atomic():
        planning.locked(second.pk)
        chosen = beside(lambda: changing.use_for_all(actor=SYSTEM, method=card))
        locks.card(card)
    assert chosen.exception(20) is None
    assert cards_of(first, second) == [card, card]


def test_one_for_all_takes_the_cards_as_whoever_removes_one_does(bank: Bank, ada: Person, beside: Beside) -> None:
    low, high = sorted((money.card(ada), money.card(ada)), key=lambda each: each.pk)
    both = two_of(ada)
    with transaction.atomic():
        locks.card(low)
        chosen = beside(lambda: changing.use_for_all(actor=SYSTEM, method=high))
        locks.card(high)
    assert chosen.exception(20) is None
    assert cards_of(*both) == [high, high]


@pytest.mark.parametrize("place", [0, 1])
def test_one_for_all_passes_over_what_ends_meanwhile(bank: Bank, ada: Person, beside: Beside, place: int) -> None:
    card, both = money.card(ada), two_of(ada)
    ended, left = both[place], both[1 - place]
    with transaction.atomic():
        Subscription.objects.filter(pk=ended.pk).update(ended_at=clock.now(), end_reason=EndReason.NOT_RENEWED)
        chosen = beside(lambda: changing.use_for_all(actor=SYSTEM, method=card))
    assert chosen.exception(20) is None
    assert cards_of(ended, left) == [None, card]
    assert methods.access_methods(ada)[0].is_default


def test_one_for_all_is_refused_for_a_card_that_is_just_removed(bank: Bank, ada: Person, beside: Beside) -> None:
    card, both = money.card(ada), two_of(ada)
    kept = money.card(ada, is_default=True)
    with transaction.atomic():
        methods._removed(SYSTEM, card)
        chosen = beside(lambda: changing.use_for_all(actor=SYSTEM, method=card))
    assert isinstance(chosen.exception(20), NotFound)
    assert cards_of(*both) == [None, None]
    kept.refresh_from_db()
    assert kept.is_default
