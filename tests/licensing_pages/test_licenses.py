"""A licence's pages: what it is, why it ends when it does, its devices and codes; and nobody else's eyes on them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Message, Person
from frontdesk.core import clock
from frontdesk.licensing import devices, hand_overs, redemption, terms
from frontdesk.licensing.models import Activation, Code, License, Term
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.shop import new_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def license(ada: Person) -> License:
    return desk.licensed(ada)[0]


@pytest.fixture
def browser(ada: Person) -> Client:
    return signed_in(ada)


def seen(browser: Client, license: License, rest: str = "") -> str:
    """The text of one of the licence's pages."""
    response = browser.get(f"/licenses/{license.pk}/{rest}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_device_with_a_seat_of_another_licence_is_named_with_that_licence(
    browser: Client, ada: Person, license: License
) -> None:
    second, _ = desk.licensed(ada)
    desk.seat(license, "Ada's laptop")
    assert "holds two seats" not in seen(browser, license)
    desk.seat(second, "Ada's laptop")
    page = seen(browser, license)
    assert "Ada&#x27;s laptop holds two seats" in page
    assert f'href="/licenses/{second.pk}/"' in page


def test_the_page_shows_devices_codes_and_time(browser: Client, license: License) -> None:
    desk.seat(license, "Ada's laptop")
    desk.seat(license, "Ada's phone", "android")
    page = seen(browser, license)
    assert "2 of 3 devices used" in page
    assert "Ada&#x27;s phone" in page
    assert "Android · version 3.2.0" in page
    assert "Card …" in page
    assert "365 days left" in page
    assert "4 more times within 30 days" in page


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"days": -3}, "It has ended, and goes on working until"),
        ({"days": -40}, "This licence has expired"),
    ],
)
def test_the_page_says_when_it_has_ended(browser: Client, license: License, span: dict[str, int], said: str) -> None:
    end = clock.now() + timedelta(**span)
    License.objects.filter(pk=license.pk).update(starts_at=end - timedelta(days=365), expires_at=end)
    assert said in seen(browser, license)


def test_every_piece_of_time_is_explained(browser: Client, ada: Person, license: License) -> None:
    second = new_code(desk.plan("premium-5", "Premium", minor=6000))
    redemption.redeem(actor=desk.SYSTEM, person=ada, code_text=second.text, ip_prefix=desk.NETWORK, license=license)
    page = seen(browser, license, "timeline/")
    assert f"card …{second.tail}" in page.lower().replace(second.tail.lower(), second.tail)
    assert "It was sold as 365 days of Premium, which are worth 730 days of Plus." in page
    terms.revoke(actor=desk.SYSTEM, term=Term.objects.latest("granted_at"), reason="a secret reason of staff")
    page = seen(browser, license, "timeline/")
    assert "taken back" in page
    assert "secret reason" not in page


def test_a_device_is_renamed(browser: Client, license: License) -> None:
    device = desk.seat(license)
    address = f"/licenses/{license.pk}/devices/{device.pk}/"
    assert 'value="Ada&#x27;s laptop"' in browser.get(address).content.decode()
    response = browser.post(f"{address}rename/", {"name": "Kitchen <PC>"}, follow=True)
    assert "The device is now called Kitchen &lt;PC&gt;." in response.content.decode()
    assert Activation.objects.get().name == "Kitchen <PC>"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x07b", "a\0b"])
def test_a_name_that_cannot_be_is_refused_beside_the_field(browser: Client, license: License, name: str) -> None:
    device = desk.seat(license)
    response = browser.post(f"/licenses/{license.pk}/devices/{device.pk}/rename/", {"name": name})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert Activation.objects.get().name == "Ada's laptop"


def test_freeing_says_what_happens_and_the_seat_is_free(browser: Client, license: License) -> None:
    device = desk.seat(license)
    address = f"/licenses/{license.pk}/devices/{device.pk}/"
    sentence = "stops within a day if it is online, at the latest on"
    assert sentence in browser.get(address).content.decode()
    page = browser.post(f"{address}free/", follow=True).content.decode()
    assert "The seat is free." in page
    assert sentence in page
    assert "0 of 3 devices used" in page
    assert "Freed lately" in page
    license.refresh_from_db()
    assert license.seats_used == 0


def test_the_latest_day_is_never_after_the_grace(browser: Client, license: License) -> None:
    device = desk.seat(license)
    end = clock.now() - timedelta(days=13, hours=12)
    License.objects.filter(pk=license.pk).update(starts_at=end - timedelta(days=365), expires_at=end)
    page = browser.get(f"/licenses/{license.pk}/devices/{device.pk}/").content.decode()
    until = end + timedelta(days=14)
    said = re.search(r"at the latest on ([^<]*)\.", page)
    assert said
    assert str(until.day) in said[1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"last_seen_at": -90}, "has not been in touch for so long"),
        ({"offline_until": 60}, "is activated without internet, so the product there stops at the latest on"),
    ],
)
def test_freeing_a_device_out_of_touch_says_what_that_means(
    browser: Client, license: License, values: dict[str, int], said: str
) -> None:
    device = desk.seat(license)
    moments = {name: clock.now() + timedelta(days=days) for name, days in values.items()}
    Activation.objects.filter(pk=device.pk).update(**moments)
    assert said in browser.get(f"/licenses/{license.pk}/devices/{device.pk}/").content.decode()


def test_a_blocked_code_is_shown_as_blocked(browser: Client, license: License) -> None:
    Code.objects.update(voided_at=clock.now())
    assert "Blocked" in seen(browser, license)
    assert "There is no code to replace" in seen(browser, license, "replace-code/")


def test_a_device_that_is_free_already_is_said_so(browser: Client, license: License) -> None:
    device = desk.seat(license)
    address = f"/licenses/{license.pk}/devices/{device.pk}/"
    devices.free(actor=desk.SYSTEM, activation=device)
    for response in (
        browser.post(f"{address}free/", follow=True),
        browser.post(f"{address}rename/", {"name": "x"}, follow=True),
        browser.get(address, follow=True),
    ):
        assert "The seat of Ada&#x27;s laptop was free already." in response.content.decode()


def test_a_device_on_another_licence_of_the_same_person_is_not_under_this_one(
    browser: Client, ada: Person, license: License
) -> None:
    other, _ = desk.licensed(ada)
    device = desk.seat(other)
    assert browser.get(f"/licenses/{license.pk}/devices/{device.pk}/").status_code == 404


def test_a_lost_code_is_replaced_once(browser: Client, license: License) -> None:
    old = Code.objects.get()
    address = f"/licenses/{license.pk}/replace-code/"
    page = browser.get(address).content.decode()
    assert f"…{old.tail}" in page
    shown_for = re.search(r'name="shown_for" value="(\w+)"', page)
    assert shown_for
    first = browser.post(address, {"shown_for": shown_for[1]}, follow=True).content.decode()
    new = Code.objects.get(voided_at=None)
    assert f"A new code ending in {new.tail} is on its way" in first
    again = browser.post(address, {"shown_for": shown_for[1]}, follow=True).content.decode()
    assert "The code was replaced already." in again
    assert Code.objects.count() == 2
    assert "Replaced" in again
    assert Message.objects.filter(person=license.owner).count() == 1


def test_a_stranger_finds_nothing(ada: Person, license: License) -> None:
    device = desk.seat(license)
    eve = signed_in(customer("eve@example.org", "Eve"))
    base = f"/licenses/{license.pk}/"
    for rest in ("", "timeline/", "replace-code/", "hand-over/", f"devices/{device.pk}/"):
        assert eve.get(base + rest).status_code == 404, rest
    posts = ("replace-code/", "hand-over/", "hand-over/withdrawal/")
    for rest in (*posts, f"devices/{device.pk}/rename/", f"devices/{device.pk}/free/"):
        assert eve.post(base + rest, {"name": "mine", "email": "eve@example.org"}).status_code == 404, rest
    license.refresh_from_db()
    assert (license.seats_used, license.owner) == (1, ada)
    assert hand_overs.open_offer(license) is None


def test_a_visitor_signs_in_first_and_comes_back(license: License) -> None:
    device = desk.seat(license)
    base = f"/licenses/{license.pk}/"
    for rest in ("", "timeline/", "replace-code/", "hand-over/", f"devices/{device.pk}/"):
        assert Client().get(base + rest)["Location"] == f"/account/login/?next={base}{rest}"


def test_a_page_with_many_devices_needs_few_queries(
    browser: Client, ada: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    license, _ = desk.licensed(ada, desk.plan("team-40", "Team", devices=40))
    for number in range(20):
        desk.seat(license, f"Machine {number}")
    with django_assert_max_num_queries(15):
        page = seen(browser, license)
    assert page.count("<dialog") == page.count('<dialog class="chat-panel"')
    assert len(page) < 150_000
