"""What is offered in the middle of a term takes nothing away, and an edited plan is not sold to those who have it."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.errors import SwitchNotPossible
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.licensing.models import Activation, License
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, sales
from tests.support.bank import Bank
from tests.support.buying import agree

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def browser(ada: Person) -> Client:
    return signed_in(ada)


@pytest.fixture
def held(ada: Person, bank: Bank, time: Time) -> Subscription:
    """Plus for five devices, with backup."""
    desk.plan("premium-3", "Premium", devices=3, minor=7995, features=["backup", "vpn"])
    desk.plan("standard-10", "Standard", devices=10, minor=6995)
    desk.plan("premium-5", "Premium, 5 devices", devices=5, minor=9995, features=["backup", "vpn"])
    return sales.buy(ada, desk.plan("plus-5", "Plus", devices=5, minor=3995, features=["backup"]))


def at(held: Subscription, page: str) -> str:
    return f"/billing/subscriptions/{held.pk}/{page}"


def text(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def edited(held: Subscription, minor: int, devices: int = 5, features: tuple[str, ...] = ("backup",)) -> PlanVersion:
    """The plan that is held, as it is sold from now on."""
    plan = held.plan_version.plan
    return plans.new_version(
        actor=SYSTEM, plan=plan, device_limit=devices, prices={"EUR": minor}, features=list(features)
    )


@pytest.mark.parametrize("plan", ["premium-3", "standard-10"])
def test_a_dearer_plan_that_takes_something_away_waits_for_the_end(
    browser: Client, held: Subscription, bank: Bank, plan: str
) -> None:
    page = text(browser, at(held, "switch/"))
    assert f"/switch/{plan}/now/" not in page
    assert f"/switch/{plan}/later/" in page
    assert "/switch/premium-5/now/" in page
    assert browser.get(at(held, f"switch/{plan}/now/"))["Location"] == at(held, f"switch/{plan}/later/")
    version = plans.current(next(each.plan for each in plans.offers(desk.shield()) if each.plan.slug == plan))
    assert version
    with pytest.raises(SwitchNotPossible):
        quotes.upgrade(subscription=held, version=version, license_ends_at=held.paid_until)


def test_it_says_what_goes_and_asks_which_devices_stay(browser: Client, held: Subscription, bank: Bank) -> None:
    license = License.objects.get()
    for number in range(4):
        desk.seat(license, f"Machine {number}")
    page = text(browser, at(held, "switch/premium-3/later/"))
    assert "3 instead of 5" in page
    assert "Which devices shall stay? The new plan has room for 3." in page
    assert "Not part of it any more" not in page
    assert "Without: Backup" in text(browser, at(held, "switch/"))
    page = text(browser, at(held, "switch/standard-10/later/"))
    assert "<dt>Not part of it any more</dt><dd>Backup</dd>" in page
    agree(browser, at(held, "switch/premium-5/now/"))
    assert Activation.objects.filter(removed_at=None).count() == 4, "nothing is freed in the middle of a term"


@pytest.mark.parametrize("minor", [3995, 4495])
def test_the_plan_that_one_has_is_not_sold_again_after_an_edit(
    browser: Client, held: Subscription, bank: Bank, minor: int
) -> None:
    newer = edited(held, minor)
    assert "/switch/plus-5/" not in text(browser, at(held, "switch/"))
    assert browser.get(at(held, "switch/plus-5/now/")).status_code == 404
    with pytest.raises(SwitchNotPossible):
        quotes.upgrade(subscription=held, version=newer, license_ends_at=held.paid_until)
    with pytest.raises(SwitchNotPossible):
        changing.plan_switch(actor=SYSTEM, subscription=held, version=newer, added_devices=0)


def test_once_it_is_cheaper_it_can_be_had_from_the_next_term_on(
    browser: Client, held: Subscription, bank: Bank
) -> None:
    newer = edited(held, 2995)
    page = text(browser, at(held, "switch/"))
    assert "/switch/plus-5/later/" in page
    assert "/switch/plus-5/now/" not in page
    assert browser.post(at(held, "switch/plus-5/later/")).status_code == 302
    held.refresh_from_db()
    assert held.next_plan_version == newer


def test_once_it_has_more_in_it_it_can_be_had_now(browser: Client, held: Subscription, bank: Bank) -> None:
    newer = edited(held, 4995, features=("backup", "scan"))
    agree(browser, at(held, "switch/plus-5/now/"))
    assert License.objects.get().plan_version == newer


def test_renewing_while_a_change_is_planned_says_so(browser: Client, held: Subscription, bank: Bank) -> None:
    browser.post(at(held, "switch/premium-3/later/"))
    for answer in (browser.get(at(held, "renew/")), browser.post(at(held, "renew/"), {"key": str(uuid4())})):
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "A change is planned for the next term" in page
        assert "has ended" not in page
