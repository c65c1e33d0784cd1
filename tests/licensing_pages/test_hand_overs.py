"""Handing a licence over: offer, withdraw, accept; the mailed link acts only by its button."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from frontdesk.licensing import devices
from frontdesk.licensing.forms import HandOverForm
from frontdesk.licensing.models import Activation, HandOver, License
from frontdesk.licensing.views.hand_overs import _offered
from tests.people import customer, signed_in
from tests.support import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def bob() -> Person:
    return customer("bob@example.org", "Bob")


@pytest.fixture
def license(ada: Person) -> License:
    return desk.licensed(ada)[0]


def mailed(mailoutbox: list[object]) -> str:
    """The path of the link in the mail."""
    outbox.deliver_due()
    found = [link for mail in mailoutbox for link in re.findall(r"/hand-over/[\w-]+/", str(getattr(mail, "body", "")))]
    return str(found[-1])


def offer(browser: Client, license: License, email: str = "bob@example.org", **more: object) -> str:
    return browser.post(f"/licenses/{license.pk}/hand-over/", {"email": email, **more}, follow=True).content.decode()


def test_an_offer_is_made_seen_and_withdrawn(ada: Person, license: License) -> None:
    browser = signed_in(ada)
    page = offer(browser, license)
    assert "The offer is on its way to bob@example.org." in page
    assert "Withdraw the offer" in page
    assert "offered to somebody already" in offer(browser, license, "eve@example.org")
    withdrawal = f"/licenses/{license.pk}/hand-over/withdrawal/"
    assert "The offer is withdrawn" in browser.post(withdrawal, follow=True).content.decode()
    assert "There is no open offer any more." in browser.post(withdrawal, follow=True).content.decode()


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Enter the address of the person"),
        ("bob", "This does not look like an e-mail address."),
        ("ADA@example.org", "This licence is already in that account"),
    ],
)
def test_an_address_that_cannot_be_is_said_beside_the_field(
    ada: Person, license: License, email: str, said: str
) -> None:
    response = signed_in(ada).post(f"/licenses/{license.pk}/hand-over/", {"email": email})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not HandOver.objects.exists()


def test_the_licence_moves_by_the_button_only(
    ada: Person, bob: Person, license: License, mailoutbox: list[object]
) -> None:
    kept, taken = desk.seat(license, "Laptop"), desk.seat(license, "Phone", "android")
    offer(signed_in(ada), license, devices_to_free=[str(taken.pk)])
    address = mailed(mailoutbox)
    assert Client().get(address)["Location"].startswith("/account/login/?next=/hand-over/")
    browser = signed_in(bob)
    assert "Ada wants to hand it over to you." in browser.get(address).content.decode()
    license.refresh_from_db()
    assert license.owner == ada
    page = browser.post(address, follow=True).content.decode()
    assert "The licence is yours." in page
    license.refresh_from_db()
    assert license.owner == bob
    assert list(Activation.objects.filter(removed_at=None)) == [kept]
    assert signed_in(ada).get(f"/licenses/{license.pk}/").status_code == 404
    again = browser.post(address)
    assert again.status_code == 410
    assert "This offer is no longer open" in again.content.decode()


def test_the_offer_is_for_the_address_it_was_sent_to(
    ada: Person, bob: Person, license: License, mailoutbox: list[object]
) -> None:
    offer(signed_in(ada), license)
    address = mailed(mailoutbox)
    eve = signed_in(customer("eve@example.org", "Eve"))
    assert "The offer was sent to another address" in eve.get(address).content.decode()
    assert eve.post(address).status_code == 403
    assert "This is your own offer" in signed_in(ada).get(address).content.decode()
    license.refresh_from_db()
    assert license.owner == ada


def test_a_link_that_never_was_explains_itself(bob: Person) -> None:
    response = signed_in(bob).get("/hand-over/nonsense/")
    assert response.status_code == 410
    assert "What you can do" in response.content.decode()


def test_a_device_that_leaves_while_the_offer_is_sent_is_said_so(ada: Person, license: License) -> None:
    """The form was shown with the device and checked; in the same moment another tab frees it."""
    device = desk.seat(license)
    form = HandOverForm({"email": "bob@example.org", "devices_to_free": [str(device.pk)]}, devices=[device])
    assert form.is_valid()
    devices.free(actor=desk.SYSTEM, activation=device)
    assert not _offered(form, ada, license)
    assert "was freed meanwhile" in str(form.errors["devices_to_free"])


def test_a_device_that_left_meanwhile_is_chosen_again(ada: Person, license: License) -> None:
    device = desk.seat(license)
    browser = signed_in(ada)
    address = f"/licenses/{license.pk}/hand-over/"
    response = browser.post(address, {"email": "bob@example.org", "devices_to_free": ["nonsense"]})
    assert response.status_code == 422
    assert device.name in browser.get(address).content.decode().replace("&#x27;", "'")


def test_a_secured_account_says_until_when_it_waits(ada: Person, license: License) -> None:
    browser = signed_in(ada)
    Person.objects.update(frozen_until=datetime(2099, 5, 3, 14, 30, tzinfo=UTC))
    answer = browser.post(f"/licenses/{license.pk}/hand-over/", {"email": "bob@example.org"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "account_frozen" in page
    assert "2099" in page
    assert not HandOver.objects.exists()
