"""Who gave a licence away has its papers and no power over it; who has it now hears when it ends."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import declarations, outlooks, quotes
from frontdesk.billing.errors import QuoteOutdated, RefundNotPossible, SubscriptionOver, SwitchNotPossible
from frontdesk.billing.models import Declaration, DeclarationKind, EndReason, Payment, Refund, Subscription
from frontdesk.billing.refunds import asking, unpaid
from frontdesk.billing.subscriptions import changing
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry, OutboxMessage
from frontdesk.fulfilment import following
from frontdesk.licensing.models import License
from tests.fulfilment.test_following import DAY, fresh, hand_over, in_other_hands
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import money, sales
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def given(ada: Person, bob: Person, bank: Bank, time: Time) -> Subscription:
    """Ada bought it and handed it over to Bob; the worker has been by."""
    subscription = sales.buy(ada)
    time.by(days=1)
    hand_over(ada, sales.license_of(subscription), bob)
    sales.deliver()
    return fresh(subscription)


def page(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ")


def give_back(actor: Actor, payment: Payment, **values: Any) -> Refund:
    facts: dict[str, Any] = {"cause": Refund.Cause.CUSTOMER, "takes_back": True, "key": uuid4().hex} | values
    return asking.refund(actor=actor, payment=payment, amount_minor=payment.amount_minor, **facts)


def agent() -> Actor:
    person = Person.objects.create_user(email="agent@desk.example", is_staff=True, role=Role.MANAGER)
    return Actor.staff(person.pk, "asked by letter")


def test_its_page_says_so_and_offers_papers_only(ada: Person, given: Subscription) -> None:
    browser = signed_in(ada)
    for address in ("/billing/", f"/billing/subscriptions/{given.pk}/"):
        said = page(browser, address)
        assert "You handed this licence over on 2 November 2026" in said
        assert "/billing/payments/" in said
        for gone in ("/renew/", "/switch/", "/devices/", "/auto-renewal/", "/card/", f"/licenses/{given.license}"):
            assert gone not in said
    assert outlooks.outlook_of(ada, given.pk).state == "given"


def test_one_that_has_ended_offers_no_renewal_and_no_licence(ada: Person, given: Subscription, time: Time) -> None:
    sales.until(time, given.paid_until + DAY)
    said = page(signed_in(ada), "/billing/")
    assert fresh(given).end_reason == EndReason.NOT_RENEWED
    assert "You handed this licence over" in said
    assert "Renew it now" not in said
    assert f"/licenses/{given.license}" not in said


def test_handed_over_after_its_end_it_offers_nothing_either(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, auto_renew=False)
    sales.until(time, subscription.paid_until + DAY)
    hand_over(ada, sales.license_of(subscription), bob)
    assert not outlooks.outlook_of(ada, subscription.pk).is_revivable
    with pytest.raises(SubscriptionOver):
        quotes.renewal(subscription=fresh(subscription), license_ends_at=subscription.paid_until)


def test_renewal_cannot_be_switched_on_again(ada: Person, given: Subscription, bank: Bank, time: Time) -> None:
    browser, address = signed_in(ada), f"/billing/subscriptions/{given.pk}/auto-renewal/"
    assert browser.get(address)["Location"] == f"/billing/subscriptions/{given.pk}/"
    assert browser.post(address, {"on": "yes"}).status_code == 409
    assert not fresh(given).auto_renew
    assert browser.post(address, {"on": "no"}).status_code == 302
    sales.until(time, given.paid_until + DAY)
    assert bank.taken() == sales.YEAR


def test_nothing_on_it_is_changed_or_bought_any_more(ada: Person, given: Subscription, time: Time) -> None:
    me, version, end = Actor.customer(ada.pk), for_sale(9900), given.paid_until
    deeds: list[Callable[[], object]] = [
        lambda: changing.plan_switch(actor=me, subscription=given, version=version, added_devices=0),
        lambda: changing.drop_switch(actor=me, subscription=given),
        lambda: changing.set_method(actor=me, subscription=given, method=money.card(ada)),
        lambda: changing.retry_now(actor=me, subscription=given),
        lambda: quotes.upgrade(subscription=given, version=version, license_ends_at=end),
        lambda: quotes.devices(subscription=given, more=1, license_ends_at=end),
    ]
    for deed in deeds:
        with pytest.raises(SwitchNotPossible):
            deed()
    with pytest.raises(SubscriptionOver):
        quotes.renewal(subscription=given, license_ends_at=end)
    assert signed_in(ada).get(f"/billing/subscriptions/{given.pk}/card/").status_code == 302


def test_another_card_for_all_renewals_leaves_it_alone(ada: Person, given: Subscription) -> None:
    before, card = given.method_id, money.card(ada)
    changing.use_for_all(actor=Actor.customer(ada.pk), method=card)
    assert fresh(given).method_id == before


def test_what_was_ordered_before_and_not_paid_is_given_up(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.renewal(subscription=subscription, license_ends_at=subscription.paid_until)
    order = sales.place(ada, quote, subscription=subscription)
    hand_over(ada, sales.license_of(subscription), bob)
    with pytest.raises(QuoteOutdated):
        sales.place(ada, quote, subscription=subscription)
    sales.deliver()
    order.refresh_from_db()
    assert not order.is_open


def test_the_giver_gets_no_money_back_by_themselves(ada: Person, given: Subscription, bank: Bank) -> None:
    payment, browser = Payment.objects.get(), signed_in(ada)
    for address in (f"/billing/payments/{payment.pk}/", f"/billing/payments/{payment.pk}/refund/"):
        said = page(browser, address)
        assert "You handed the licence over" in said
        assert "Refund now" not in said
    assert str(payment.pk) not in page(browser, "/withdraw/")
    assert browser.post(f"/billing/payments/{payment.pk}/refund/", {"key": str(uuid4())}).status_code == 409
    for cause in (Refund.Cause.CUSTOMER, Refund.Cause.WITHDRAWAL):
        with pytest.raises(RefundNotPossible):
            give_back(Actor.customer(ada.pk), payment, cause=cause)
    assert bank.returned() == 0
    assert sales.license_of(given).refunded_at is None


def test_nor_by_a_declaration_which_an_agent_may_carry_out(ada: Person, given: Subscription, bank: Bank) -> None:
    order = given.orders.get()
    made = Declaration.objects.create(
        kind=DeclarationKind.WITHDRAWAL, email=ada.email, order=order, token_hash=b"x", declared_at=clock.now()
    )
    with pytest.raises(RefundNotPossible):
        declarations.carry_out(actor=Actor.customer(ada.pk), declaration=made.pk)
    assert bank.returned() == 0
    declarations.carry_out(actor=agent(), declaration=made.pk)
    assert bank.returned() == sales.YEAR


def test_nor_is_a_trial_that_was_handed_over_withdrawn_from(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    subscription = sales.try_out(ada, for_sale(trial_days=14))
    hand_over(ada, sales.license_of(subscription), bob)
    assert unpaid.withdrawable(ada) == []
    with pytest.raises(RefundNotPossible):
        unpaid.take_back(actor=Actor.customer(ada.pk), order=subscription.orders.get(), as_of=time.now)
    assert fresh(subscription).is_live


def test_the_mail_to_the_giver_invites_to_nothing(ada: Person, given: Subscription, time: Time) -> None:
    told = Message.objects.get(template="billing/auto_renew_off", person=ada).text
    assert "since you handed the licence over" in told
    assert "switch it on again" not in told
    before = len(mail.outbox)
    sales.until(time, given.paid_until + DAY)
    assert [letter.subject for letter in mail.outbox[before:] if letter.to == [ada.email]] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_when_staff_take_it_back_the_new_owner_is_told(
    ada: Person, bob: Person, given: Subscription, bank: Bank, language: str
) -> None:
    Person.objects.filter(pk=bob.pk).update(language=language)
    give_back(agent(), Payment.objects.get(), cause=Refund.Cause.STAFF)
    assert License.objects.get().refunded_at is not None
    told = Message.objects.get(template="fulfilment/license_ended")
    assert (told.person, bank.returned()) == (bob, sales.YEAR)
    said = {"en": "handed over to you has ended", "de": "die Ihnen übergeben wurde, ist beendet"}[language]
    assert said in " ".join(told.text.split())


def test_who_takes_back_their_own_is_not_told_twice(ada: Person, bank: Bank, time: Time) -> None:
    sales.buy(ada)
    give_back(Actor.customer(ada.pk), Payment.objects.get())
    assert not Message.objects.filter(template="fulfilment/license_ended").exists()


def test_in_other_hands_just_now_the_worker_marks_it_and_a_second_time_changes_nothing(
    ada: Person, bob: Person, bank: Bank, time: Time
) -> None:
    subscription = sales.buy(ada)
    with in_other_hands(subscription):
        hand_over(ada, sales.license_of(subscription), bob)
        assert fresh(subscription).handed_over_at is None
        outbox.deliver_due(topics={following.HANDED_OVER})
        assert OutboxMessage.objects.get(topic=following.HANDED_OVER).delivered_at is None
    OutboxMessage.objects.filter(topic=following.HANDED_OVER).update(due_at="2020-01-01T00:00:00Z")
    outbox.deliver_due(topics={following.HANDED_OVER})
    row = fresh(subscription)
    assert (row.handed_over_at, row.auto_renew) == (time.now, False)
    time.by(days=1)
    with transaction.atomic():  # as the outbox does
        following.stop_renewal_later(outbox._delivery(OutboxMessage.objects.get(topic=following.HANDED_OVER)))
    assert fresh(subscription).handed_over_at == row.handed_over_at
    assert AuditEntry.objects.filter(action="subscription.handed_over").count() == 1


def test_what_comes_back_is_the_payers_again(ada: Person, bob: Person, given: Subscription) -> None:
    hand_over(bob, sales.license_of(given), ada)
    sales.deliver()
    assert fresh(given).handed_over_at is None
    assert changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=given, on=True).auto_renew
