"""Payment methods: added on the provider's page, made the default, removed."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction

from frontdesk.accounts.models import Person
from frontdesk.billing.errors import LastMethod, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import Invoice, Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import cards, detaching, methods, paying
from frontdesk.billing.subscriptions import changing
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from tests.licensing.conftest import Time
from tests.support import bills, money, sales
from tests.support.bank import Bank, Down, NeedsAction, new_card
from tests.support.races import at_once, waiting

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


def test_when_the_provider_is_away_nothing_changes(bank: Bank, ada: Person) -> None:
    method = add(bank, ada)
    bank.next("detach", Down())
    with pytest.raises(PaymentProviderAway):
        methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == [method]
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


def test_a_card_that_is_left_anew_while_it_is_removed_is_forgotten_under_both_references(
    bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = money.card(ada, ref="card_1", fingerprint="f1")
    detach = bank.detach

    def left_meanwhile(ref: str) -> None:
        detach(ref)
        if ref == "card_1":
            with transaction.atomic():
                cards.keep(ada, "bank", new_card(ref="card_2", fingerprint="f1"))

    monkeypatch.setattr(bank, "detach", left_meanwhile)
    methods.remove(actor=Actor.customer(ada.pk), method=method)
    assert methods.access_methods(ada) == []
    detaching.sweep()
    assert set(bank.detached) == {"card_1", "card_2"}
    assert not PaymentMethod.objects.filter(forgotten_at=None).exists()


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


def test_charging_a_card_waits_for_whoever_gives_it_another_reference(bank: Bank, ada: Person) -> None:
    """Else the reference would change between the intent and the call that may be repeated."""
    method, invoice = money.card(ada, ref="card_1", fingerprint="f1"), money.demand(ada)
    bank.next("charge", NeedsAction())
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            cards.keep(ada, "bank", new_card(ref="card_2", fingerprint="f1"))
            charged = pool.submit(_charge, invoice, method)
            waiting(1)
        payment = charged.result(20)
    card = bank.records[payment.ref].snapshot.card
    assert card
    assert card.ref == "card_2"


def _charge(invoice: Invoice, method: PaymentMethod) -> Payment:
    try:
        return paying.by_method(invoice=invoice, method=method, on_session=True)
    finally:
        connection.close()
