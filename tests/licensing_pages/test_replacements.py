"""A device at the limit asks for a seat: the owner chooses which one makes room, or refuses."""

import re

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from frontdesk.licensing import devices, replacements
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, License, Replacement
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.shop import device

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def full(ada: Person) -> tuple[License, ParsedCode]:
    license, code = desk.licensed(ada, desk.plan("standard-2", "Standard", devices=2))
    desk.seat(license, "Laptop")
    desk.seat(license, "Old PC", "windows")
    return license, code


@pytest.fixture
def address(full: tuple[License, ParsedCode], mailoutbox: list[object]) -> str:
    """The page behind the link that the owner got by mail."""
    replacements.ask(code_text=full[1].text, product="halcyon-shield", device=device("New PC"), ip_prefix=desk.NETWORK)
    outbox.deliver_due()
    bodies = [str(getattr(mail, "body", "")) for mail in mailoutbox]
    return str([link for body in bodies for link in re.findall(r"/replacements/[\w-]+/", body)][-1])


def names() -> set[str]:
    return set(Activation.objects.filter(removed_at=None).values_list("name", flat=True))


def test_the_owner_chooses_which_device_makes_room(ada: Person, address: str) -> None:
    browser = signed_in(ada)
    page = browser.get(address).content.decode()
    assert "New PC asks for a seat" in page
    assert "stops within a day if it is online" in page
    assert names() == {"Laptop", "Old PC"}
    old = Activation.objects.get(name="Old PC")
    page = browser.post(address, {"answer": "approve", "swap": str(old.pk)}, follow=True).content.decode()
    assert "New PC is active now." in page
    assert names() == {"Laptop", "New PC"}
    assert browser.post(address, {"answer": "approve", "swap": str(old.pk)}).status_code == 410


def test_the_owner_refuses(ada: Person, address: str) -> None:
    browser = signed_in(ada)
    assert "New PC was told no." in browser.post(address, {"answer": "refuse"}, follow=True).content.decode()
    assert names() == {"Laptop", "Old PC"}
    assert "This request is no longer open" in browser.get(address).content.decode()


def test_a_device_must_be_chosen_and_still_be_there(ada: Person, address: str) -> None:
    browser = signed_in(ada)
    assert "Choose the device that makes room." in browser.post(address, {"answer": "approve"}).content.decode()
    old = Activation.objects.get(name="Old PC")
    devices.free(actor=desk.SYSTEM, activation=old)
    page = browser.post(address, {"answer": "approve", "swap": str(old.pk)}).content.decode()
    assert "That device was freed meanwhile." in page
    assert "there is a free seat by now" in page
    browser.post(address, {"answer": "approve", "swap": "free-seat"})
    assert names() == {"Laptop", "New PC"}


def test_a_free_seat_that_was_taken_meanwhile_is_said_so(ada: Person, address: str) -> None:
    response = signed_in(ada).post(address, {"answer": "approve", "swap": "free-seat"})
    assert response.status_code == 422
    assert names() == {"Laptop", "Old PC"}


def test_the_link_is_worth_nothing_to_anybody_else(ada: Person, address: str) -> None:
    assert Client().get(address)["Location"].startswith("/account/login/?next=/replacements/")
    eve = signed_in(customer("eve@example.org", "Eve"))
    old = Activation.objects.get(name="Old PC")
    assert eve.get(address).status_code == 404
    assert eve.post(address, {"answer": "approve", "swap": str(old.pk)}).status_code == 404
    assert eve.post(address, {"answer": "refuse"}).status_code == 404
    assert names() == {"Laptop", "Old PC"}
    assert signed_in(ada).get("/replacements/nonsense/").status_code == 410


def answer_page(license: License) -> str:
    """Where the licence's page leads to for the device that waits."""
    page = signed_in(license.owner).get(f"/licenses/{license.pk}/").content.decode() if license.owner else ""
    return str(re.findall(rf"/licenses/{license.pk}/replacements/[\w-]+/", page)[0])


def test_without_the_mail_the_owner_answers_from_home(ada: Person, full: tuple[License, ParsedCode]) -> None:
    for _ in range(2):  # the device asked twice: it is shown and answered once
        replacements.ask(
            code_text=full[1].text, product="halcyon-shield", device=device("New PC"), ip_prefix=desk.NETWORK
        )
    license = License.objects.select_related("owner").get(pk=full[0].pk)
    browser, address = signed_in(ada), answer_page(license)
    home = browser.get("/home/").content.decode()
    assert home.count("New PC waits for a seat") == 1
    assert f'href="{address}"' in home
    assert "Which device makes room?" in browser.get(address).content.decode()
    old = Activation.objects.get(name="Old PC")
    page = browser.post(address, {"answer": "approve", "swap": str(old.pk)}, follow=True).content.decode()
    assert "New PC is active now." in page
    assert names() == {"Laptop", "New PC"}
    assert "waits for a seat" not in browser.get("/home/").content.decode() + page
    assert set(Replacement.objects.values_list("refused_at", flat=True)) == {None}
    assert browser.get(address).status_code == 410


def test_the_owner_refuses_on_the_licences_page(ada: Person, full: tuple[License, ParsedCode], address: str) -> None:
    license = License.objects.select_related("owner").get(pk=full[0].pk)
    browser, here = signed_in(ada), answer_page(license)
    assert "New PC was told no." in browser.post(here, {"answer": "refuse"}, follow=True).content.decode()
    assert "waits for a seat" not in browser.get(f"/licenses/{license.pk}/").content.decode()
    assert browser.get(address).status_code == 410


def test_a_stranger_neither_sees_nor_answers_it(ada: Person, full: tuple[License, ParsedCode], address: str) -> None:
    here = answer_page(License.objects.select_related("owner").get(pk=full[0].pk))
    eve = customer("eve@example.org", "Eve")
    others, _code = desk.licensed(eve)
    browser = signed_in(eve)
    request_id = here.rstrip("/").rsplit("/", 1)[1]
    for wrong in (here, f"/licenses/{others.pk}/replacements/{request_id}/"):
        assert browser.get(wrong).status_code == 404
        for values in ({"answer": "refuse"}, {"answer": "approve", "swap": "free-seat"}):
            assert browser.post(wrong, values).status_code == 404
    assert "waits for a seat" not in browser.get("/home/").content.decode()
    assert Client().get(here)["Location"].startswith("/account/login/")
    mine, _code = desk.licensed(ada)
    assert signed_in(ada).get(f"/licenses/{mine.pk}/replacements/{request_id}/").status_code == 404
    assert names() == {"Laptop", "Old PC"}
    assert signed_in(ada).get(here).status_code == 200


def test_a_flood_of_requests_does_not_bury_the_page(full: tuple[License, ParsedCode]) -> None:
    for number in range(8):
        replacements.ask(
            code_text=full[1].text, product="halcyon-shield", device=device(f"PC {number}"), ip_prefix=desk.NETWORK
        )
    assert len(replacements.waiting([full[0]])) == replacements.MOST_SHOWN
