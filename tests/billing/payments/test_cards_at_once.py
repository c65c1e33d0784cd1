"""Cards that are removed, kept, charged and made the default at once: on real connections."""

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing.errors import LastMethod, PaymentUnderWay
from frontdesk.billing.models import Payment, PaymentMethod
from frontdesk.billing.payments import cards, detaching, methods, paying
from frontdesk.billing.subscriptions import changing
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from tests.support import bills, money, sales
from tests.support.bank import Bank, NeedsAction, new_card
from tests.support.races import Beside, all_behind

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def test_a_card_that_is_left_anew_while_it_is_removed_is_forgotten_under_both_references(
    bank: Bank, ada: Person, beside: Beside
) -> None:
    method = money.card(ada, ref="card_1", fingerprint="f1")
    with transaction.atomic():
        cards.keep(ada, "bank", new_card(ref="card_2", fingerprint="f1"))
        removed = beside(lambda: methods.remove(actor=SYSTEM, method=method))
    removed.result(20)
    assert methods.access_methods(ada) == []
    detaching.sweep()
    assert set(bank.detached) == {"card_1", "card_2"}
    assert not PaymentMethod.objects.filter(forgotten_at=None).exists()


def test_a_card_that_is_removed_while_its_charge_begins_stays(bank: Bank, ada: Person, beside: Beside) -> None:
    """The charge has the card's lock, and nobody else sees its payment yet."""
    method, invoice = money.card(ada), money.demand(ada)
    with transaction.atomic():
        paying._intend(invoice, paying._Terms("bank", on_session=True, method=method))
        removed = beside(lambda: methods.remove(actor=SYSTEM, method=method))
    assert isinstance(removed.exception(20), PaymentUnderWay)
    assert (methods.access_methods(ada), bank.detached) == ([method], [])


def test_of_two_cards_that_are_removed_at_once_the_renewal_keeps_one(bank: Bank, ada: Person) -> None:
    pair = [money.card(ada, is_default=True), money.card(ada)]
    bills.subscription(ada, sales.for_sale())
    outcomes = all_behind(
        lambda: list(PaymentMethod.objects.select_for_update().order_by("pk")),
        *[lambda card=card: methods.remove(actor=SYSTEM, method=card) for card in pair],
    )
    assert [type(each) for each in outcomes if each] == [LastMethod]
    (left,) = methods.access_methods(ada)
    assert left.is_default


def test_a_card_that_comes_while_the_default_is_removed_becomes_the_default(
    bank: Bank, ada: Person, beside: Beside
) -> None:
    old = money.card(ada, is_default=True)
    with transaction.atomic():
        methods._removed(SYSTEM, old)
        kept = beside(lambda: cards.keep(ada, "bank", new_card()))
    method = kept.result(20)
    assert methods.access_methods(ada) == [method]
    assert methods.access_methods(ada)[0].is_default


def test_a_default_that_is_chosen_while_a_first_card_comes_is_the_only_one(
    bank: Bank, ada: Person, beside: Beside
) -> None:
    """Who chooses has read the cards before the new one is seen, which is the default by then."""
    chosen = money.card(ada)
    PaymentMethod.objects.filter(pk=chosen.pk).update(detached_at=clock.now())
    with transaction.atomic():
        cards.keep(ada, "bank", new_card(ref="new"))
        PaymentMethod.objects.filter(pk=chosen.pk).update(detached_at=None)
        made = beside(lambda: changing.use_for_all(actor=SYSTEM, method=chosen))
    assert made.exception(20) is None
    assert [(each.ref, each.is_default) for each in methods.access_methods(ada)] == [(chosen.ref, True), ("new", False)]


def test_charging_a_card_waits_for_whoever_gives_it_another_reference(bank: Bank, ada: Person, beside: Beside) -> None:
    """Else the reference would change between the intent and the call that may be repeated."""
    method, invoice = money.card(ada, ref="card_1", fingerprint="f1"), money.demand(ada)
    bank.next("charge", NeedsAction())
    with transaction.atomic():
        cards.keep(ada, "bank", new_card(ref="card_2", fingerprint="f1"))
        charged = beside(lambda: paying.by_method(invoice=invoice, method=method, on_session=True))
    payment = charged.result(20)
    assert isinstance(payment, Payment)
    card = bank.records[payment.ref].snapshot.card
    assert card
    assert card.ref == "card_2"
