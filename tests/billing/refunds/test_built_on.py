"""An upgrade, or devices, that a later term was paid on top of: not to be taken away by itself."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import quotes
from frontdesk.billing.errors import RefundNotPossible
from frontdesk.billing.models import Payment, Refund, Subscription
from frontdesk.billing.refunds import asking
from frontdesk.core.actors import Actor, ActorKind
from tests.licensing.conftest import Time
from tests.people import signed_in, staff_browser
from tests.support import sales
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def bought(person: Person, quote: quotes.Quote, subscription: Subscription, time: Time) -> Payment:
    time.by(minutes=1)
    return Payment.objects.get(invoice__order=sales.pay(sales.place(person, quote, subscription=subscription)))


def renewed(person: Person, subscription: Subscription, time: Time) -> Payment:
    held = fresh(subscription)
    return bought(person, quotes.renewal(subscription=held, license_ends_at=held.paid_until), held, time)


@pytest.fixture(params=["upgrade", "devices"])
def parts(request: pytest.FixtureRequest, ada: Person, bank: Bank, time: Time) -> tuple[Subscription, Payment]:
    """Plus, and then Premium (or two more devices)."""
    subscription, large = sales.buy(ada, for_sale(5495)), for_sale(7495)
    end = subscription.paid_until
    if request.param == "upgrade":
        quote = quotes.upgrade(subscription=subscription, version=large, license_ends_at=end)
    else:
        quote = quotes.devices(subscription=subscription, more=2, license_ends_at=end)
    return subscription, bought(ada, quote, subscription, time)


def plan_of(subscription: Subscription) -> tuple[object, int]:
    license = sales.license_of(subscription)
    assert (license.plan_version_id, license.added_devices) == (
        fresh(subscription).plan_version_id,
        fresh(subscription).added_devices,
    )
    return license.plan_version_id, license.added_devices


def give_back(actor: Actor, payment: Payment) -> Refund:
    return asking.refund(
        actor=actor,
        payment=payment,
        amount_minor=payment.amount_minor,
        cause=Refund.Cause.CUSTOMER if actor.kind == ActorKind.CUSTOMER else Refund.Cause.STAFF,
        takes_back=True,
        key=uuid4().hex,
    )


def test_the_customer_refunds_the_later_payment_first(
    ada: Person, parts: tuple[Subscription, Payment], bank: Bank, time: Time
) -> None:
    subscription, part = parts
    renewal, paid_as, browser = renewed(ada, subscription, time), plan_of(subscription), signed_in(ada)
    for address in (f"/billing/payments/{part.pk}/", f"/billing/payments/{part.pk}/refund/"):
        said = browser.get(address).content.decode()
        assert "A later payment builds on this one. Have that one refunded first, or write to us." in said
        assert "Refund now" not in said
        assert "Get the money back</a>" not in said
    assert browser.post(f"/billing/payments/{part.pk}/refund/", {"key": str(uuid4())}).status_code == 409
    with pytest.raises(RefundNotPossible):
        give_back(Actor.customer(ada.pk), part)
    assert (plan_of(subscription), bank.returned()) == (paid_as, 0)
    give_back(Actor.customer(ada.pk), renewal)
    give_back(Actor.customer(ada.pk), part)
    assert bank.taken() - bank.returned() == 5495


def test_a_term_paid_before_it_stands_in_nobodys_way(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(5495))
    renewed(ada, subscription, time)
    held = fresh(subscription)
    quote = quotes.upgrade(subscription=held, version=for_sale(7495), license_ends_at=held.paid_until)
    give_back(Actor.customer(ada.pk), bought(ada, quote, held, time))
    assert bank.taken() - bank.returned() == 2 * 5495


def test_staff_are_told_that_the_plan_stays_and_it_does(
    ada: Person, parts: tuple[Subscription, Payment], bank: Bank, time: Time
) -> None:
    subscription, part = parts
    browser, address = staff_browser(Role.MANAGER), f"/desk/payments/{part.pk}/refund/"
    told = "A later term was paid on top of this"
    assert told not in browser.get(address).content.decode()
    renewed(ada, subscription, time)
    paid_as = plan_of(subscription)
    assert told in browser.get(address).content.decode()
    agent = Person.objects.create_user(email="agent@desk.example", is_staff=True, role=Role.MANAGER)
    give_back(Actor.staff(agent.pk, "goodwill"), part)
    assert (plan_of(subscription), bank.returned()) == (paid_as, part.amount_minor)
    assert fresh(subscription).is_live
