"""The card of a renewal: pages, mails and the charge name the same one, also where the chosen one is gone."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import outlooks, paid_with
from frontdesk.billing.models import Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import methods
from frontdesk.billing.subscriptions import changing
from frontdesk.console.words import views_of
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def without_its_card(person: Person) -> Subscription:
    """A subscription whose card was removed while it did not renew, and which renews again."""
    card = money.card(person, is_default=True, last4="1111")
    subscription, me = sales.buy(person, card=card), Actor.customer(person.pk)
    changing.set_auto_renew(actor=me, subscription=subscription, on=False)
    methods.remove(actor=me, method=card)
    changing.set_auto_renew(actor=me, subscription=subscription, on=True)
    return Subscription.objects.get(pk=subscription.pk)


def said_of_charges() -> list[str]:
    """The notices and reminders, oldest first."""
    rows = Message.objects.filter(template__in=["billing/price_notice", "billing/charge_reminder"])
    return list(rows.order_by("created_at").values_list("text", flat=True))


def test_another_card_is_announced_shown_and_charged_where_the_chosen_one_is_gone(
    ada: Person, bank: Bank, time: Time
) -> None:
    subscription = without_its_card(ada)
    money.card(ada, last4="3333")
    time.by(minutes=1)
    money.card(ada, last4="2222")
    (shown,) = outlooks.outlooks_of(ada)
    (at_the_desk,) = views_of([subscription])
    assert [each.last4 for each in (shown.card, at_the_desk.card) if each] == ["2222", "2222"]
    sales.until(time, subscription.paid_until)
    said = said_of_charges()
    assert len(said) == 3
    for text in said:
        assert "•••• 2222" in text
        assert "1111" not in text
    assert Payment.objects.order_by("-started_at")[0].card_last4 == "2222"
    assert bank.taken() == 2 * sales.YEAR


def test_where_no_card_is_left_none_is_announced(ada: Person, bank: Bank, time: Time) -> None:
    subscription = without_its_card(ada)
    (shown,) = outlooks.outlooks_of(ada)
    (at_the_desk,) = views_of([subscription])
    assert (shown.card, at_the_desk.card) == (None, None)
    sales.until(time, subscription.paid_until)
    said = said_of_charges()
    assert len(said) == 3
    for text in said:
        assert "none yet: please add one" in text
        assert "1111" not in text


def test_a_card_that_is_added_later_is_in_the_next_reminder_and_charged(ada: Person, bank: Bank, time: Time) -> None:
    subscription = without_its_card(ada)
    Subscription.objects.update(method=None)
    sales.until(time, subscription.paid_until - 20 * DAY)
    money.card(ada, last4="2222")
    sales.until(time, subscription.paid_until)
    notice, *reminders = said_of_charges()
    assert "none yet" in notice
    assert ["•••• 2222" in each for each in reminders] == [True, True]
    assert Payment.objects.order_by("-started_at")[0].card_last4 == "2222"


def test_that_the_other_card_expires_first_is_said_with_the_notice(ada: Person, bank: Bank, time: Time) -> None:
    subscription = without_its_card(ada)
    money.card(ada, last4="2222", exp_year=2027, exp_month=10)
    sales.until(time, subscription.paid_until - 28 * DAY)
    assert sales.letters()[-2:] == ["price_notice", "card_expiring"]


def test_the_chosen_card_comes_before_the_default_and_nobody_elses_is_taken(
    ada: Person, bob: Person, bank: Bank, time: Time
) -> None:
    mine, theirs = sales.buy(ada, card=money.card(ada)), sales.buy(bob, card=money.card(bob))
    chosen = mine.method
    assert chosen
    changing.use_for_all(actor=Actor.customer(ada.pk), method=money.card(ada))
    changing.set_method(actor=Actor.customer(ada.pk), subscription=mine, method=chosen)
    mine.refresh_from_db()
    assert paid_with.cards_of([mine, theirs]) == {mine.pk: chosen, theirs.pk: theirs.method}
    PaymentMethod.objects.filter(person=bob).update(detached_at=time.now)
    assert paid_with.cards_of([mine, theirs]) == {mine.pk: chosen}
    mine.person = None
    assert paid_with.card_of(mine) is None
