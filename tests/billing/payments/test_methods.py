"""Payment methods: added on the provider's page, made the default, removed."""

from uuid import uuid4

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import outside
from frontdesk.billing.errors import LastMethod, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import PaymentMethod, Subscription
from frontdesk.billing.payments import cards, detaching, methods, paying
from frontdesk.billing.subscriptions import changing
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from tests.licensing.conftest import Time
from tests.support import bills, money, sales
from tests.support.bank import Bank, NeedsAction, new_card
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def left(bank: Bank, person: Person) -> str:
    """The reference of a setup on whose page the person has left a card."""
    url = methods.start_adding(person=person, **money.URLS, key=uuid4().hex)
    ref = url.split("/")[2]
    bank.pay(ref, card=new_card())
    return ref


def add(bank: Bank, person: Person) -> PaymentMethod:
    ref = left(bank, person)
    method = methods.finish_adding(actor=Actor.customer(person.pk), person=person, provider="bank", setup_ref=ref)
    assert method
    return method


def test_added_once_and_the_first_is_the_default(bank: Bank, ada: Person) -> None:
    first, ref = add(bank, ada), left(bank, ada)
    me = Actor.customer(ada.pk)
    twice = [methods.finish_adding(actor=me, person=ada, provider="bank", setup_ref=ref) for _ in range(2)]
    assert twice[0] == twice[1]
    assert twice[0]
    assert methods.access_methods(ada) == [first, twice[0]]
    assert (first.is_default, twice[0].is_default) == (True, False)


def test_two_firsts_at_once_make_one_default(bank: Bank, ada: Person) -> None:
    outcomes = at_once(*[lambda: cards.keep(ada, "bank", new_card())] * 4)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert PaymentMethod.objects.filter(is_default=True).count() == 1
    assert PaymentMethod.objects.count() == 4


def test_a_page_that_was_left_without_a_card_adds_none(bank: Bank, ada: Person) -> None:
    ref = methods.start_adding(person=ada, **money.URLS, key="k").split("/")[2]
    me = Actor.customer(ada.pk)
    assert methods.finish_adding(actor=me, person=ada, provider="bank", setup_ref=ref) is None


def test_another_ones_card_cannot_be_taken(bank: Bank, ada: Person, bob: Person) -> None:
    ref = left(bank, ada)
    with pytest.raises(NotFound):
        methods.finish_adding(actor=Actor.customer(bob.pk), person=bob, provider="bank", setup_ref=ref)
    mine = add(bank, ada)
    with pytest.raises(NotFound):
        methods.access_method(bob, mine.pk)
    assert cards.keep(bob, "bank", new_card(ref=mine.ref)) is None
    assert methods.access_methods(bob) == []


def test_the_default_pays_all_renewals(bank: Bank, ada: Person, bob: Person) -> None:
    first, second = add(bank, ada), add(bank, ada)
    mine = bills.subscription(ada, sales.for_sale(), method=first)
    others = bills.subscription(bob, method=None)
    changing.use_for_all(actor=Actor.customer(ada.pk), method=second)
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.method, others.method) == (second, None)
    assert methods.access_methods(ada) == [second, first]
    assert PaymentMethod.objects.filter(person=ada, is_default=True).count() == 1


def test_removing_hands_the_default_on(bank: Bank, ada: Person, time: Time) -> None:
    first = add(bank, ada)
    time.by(seconds=1)
    second = add(bank, ada)
    for _ in range(2):
        methods.remove(actor=Actor.customer(ada.pk), method=first)
    assert methods.access_methods(ada) == [second]
    assert methods.access_methods(ada)[0].is_default
    assert bank.detached[0] == first.ref
    with pytest.raises(NotFound):
        methods.access_method(ada, first.pk)
    with pytest.raises(NotFound):
        changing.use_for_all(actor=Actor.customer(ada.pk), method=first)


def test_the_card_of_a_renewal_stays(bank: Bank, ada: Person) -> None:
    method = add(bank, ada)
    subscription = bills.subscription(ada, method=method)
    with pytest.raises(LastMethod):
        methods.remove(actor=Actor.customer(ada.pk), method=method)
    Subscription.objects.filter(pk=subscription.pk).update(auto_renew=False)
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == []


def test_a_card_that_is_being_charged_stays(bank: Bank, ada: Person) -> None:
    method = add(bank, ada)
    bank.next("charge", NeedsAction())
    paying.by_method(invoice=money.demand(ada), method=method, on_session=True)
    with pytest.raises(PaymentUnderWay):
        methods.remove(actor=Actor.customer(ada.pk), method=method)


def test_the_last_card_stays_where_something_is_charged_to_it_unchosen(bank: Bank, ada: Person) -> None:
    first, second = add(bank, ada), add(bank, ada)
    subscription = bills.subscription(ada, sales.for_sale())
    me = Actor.customer(ada.pk)
    methods.remove(actor=me, method=first)
    with pytest.raises(LastMethod):
        methods.remove(actor=me, method=second)
    assert methods.access_methods(ada) == [second]
    Subscription.objects.filter(pk=subscription.pk).update(ended_at=clock.now())
    methods.remove(actor=me, method=second)
    assert methods.access_methods(ada) == []


def test_what_costs_nothing_needs_no_card(bank: Bank, ada: Person, bob: Person) -> None:
    method = add(bank, ada)
    bills.subscription(ada, sales.for_sale(0))
    bills.subscription(bob, sales.for_sale())
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == []


def test_a_card_is_removed_while_the_provider_is_away_and_forgotten_later(bank: Bank, ada: Person) -> None:
    method = add(bank, ada)
    bank.down()
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == []
    with transaction.atomic():
        assert cards.keep(ada, "bank", new_card(ref=method.ref)) is None, "it has it only because it has not heard"
    assert detaching.sweep() == 0
    bank.down(False)
    assert (detaching.sweep(), detaching.sweep()) == (1, 0)
    assert bank.detached == [method.ref]


@pytest.mark.parametrize("point", ["before detach", "after detach"])
def test_a_crash_while_a_card_is_forgotten_leaves_no_dead_card_to_choose(
    bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    method = add(bank, ada)

    def dies(at: str) -> None:
        if at == point:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(outside, "at_point", dies)
        with pytest.raises(SystemExit):
            methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == []
    assert detaching.sweep() == 1
    assert set(bank.detached) == {method.ref}


def test_when_the_provider_is_away_no_card_is_added(bank: Bank, ada: Person) -> None:
    bank.down()
    with pytest.raises(PaymentProviderAway):
        methods.start_adding(person=ada, **money.URLS, key="k")
    with pytest.raises(PaymentProviderAway):
        methods.finish_adding(actor=Actor.customer(ada.pk), person=ada, provider="bank", setup_ref="x")


def test_a_removed_card_that_pays_again_is_kept_again(bank: Bank, ada: Person) -> None:
    method = add(bank, ada)
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    page = paying.by_page(invoice=money.demand(ada), **money.URLS)
    bank.pay(page.ref, card=new_card(ref=method.ref))
    paying.cancel(payment=page)
    assert methods.access_methods(ada) == [method]
    assert methods.access_methods(ada)[0].is_default
    Subscription.objects.update(auto_renew=False)
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert bank.detached == [method.ref] * 2, "its provider has to forget it anew"


def test_where_none_is_the_default_the_one_that_is_charged_becomes_it(bank: Bank, ada: Person, time: Time) -> None:
    old = money.card(ada)
    time.by(minutes=1)
    newer = money.card(ada)
    cards.keep(ada, "bank", new_card(ref=old.ref))
    assert methods.access_methods(ada) == [newer, old]
    assert [each.is_default for each in methods.access_methods(ada)] == [True, False]


def test_a_card_is_charged_under_the_reference_that_it_has_now(bank: Bank, ada: Person) -> None:
    method = money.card(ada, ref="card_1", fingerprint="f1")
    with transaction.atomic():
        cards.keep(ada, "bank", new_card(ref="card_2", fingerprint="f1"))
    payment = paying.by_method(invoice=money.demand(ada), method=method, on_session=True)
    card = bank.records[payment.ref].snapshot.card
    assert card
    assert card.ref == "card_2"


def test_a_card_that_was_removed_meanwhile_is_not_charged(bank: Bank, ada: Person) -> None:
    method = money.card(ada)
    PaymentMethod.objects.update(detached_at=clock.now())
    with pytest.raises(NotFound):
        paying.by_method(invoice=money.demand(ada), method=method, on_session=True)
    assert bank.taken() == 0
