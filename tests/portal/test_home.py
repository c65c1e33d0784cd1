"""Home: licences with their devices, and what needs attention first."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.core import clock, outbox
from frontdesk.licensing import licenses, replacements
from frontdesk.licensing.models import License, Term
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.shop import device

pytestmark = pytest.mark.django_db


def ends_in(license: License, **span: int) -> None:
    """Move a licence's only term so that it ends so far from now."""
    end = clock.now() + timedelta(**span)
    Term.objects.filter(license=license).update(starts_at=end - timedelta(days=365), ends_at=end)
    License.objects.filter(pk=license.pk).update(starts_at=end - timedelta(days=365), expires_at=end)


def test_a_visitor_signs_in_first(client: Client) -> None:
    assert client.get("/home/")["Location"] == "/account/login/?next=/home/"


def test_without_a_licence_home_says_what_to_do() -> None:
    page = signed_in(customer()).get("/home/").content.decode()
    assert "No licence yet" in page
    assert 'href="/activate/"' in page


def test_a_licence_shows_days_devices_and_why_it_ends_then() -> None:
    person = customer()
    license, code = desk.licensed(person)
    desk.seat(license, "Ada's laptop")
    page = signed_in(person).get("/home/").content.decode()
    assert "Halcyon Shield Plus" in page
    assert "1 of 3 devices used" in page
    assert "Ada&#x27;s laptop" in page
    assert "365 days left" in page
    assert f"/licenses/{license.pk}/timeline/" in page
    assert "Everything is in order." in page
    assert code.text not in page


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"days": 9}, "ends in 9 days"),
        ({"days": -3}, "Halcyon Shield Plus has ended"),
        ({"days": -40}, "Halcyon Shield Plus has expired"),
    ],
)
def test_what_ends_or_ended_is_said_first(span: dict[str, int], said: str) -> None:
    person = customer()
    ends_in(desk.licensed(person)[0], **span)
    assert said in signed_in(person).get("/home/").content.decode()


def test_a_suspended_and_a_full_licence_are_named() -> None:
    person = customer()
    suspended, _ = desk.licensed(person)
    licenses.suspend(actor=desk.SYSTEM, license=suspended, reason="test")
    full, _ = desk.licensed(person, desk.plan("standard-1", "Standard", devices=1))
    desk.seat(full)
    page = signed_in(person).get("/home/").content.decode()
    assert page.index("Halcyon Shield Plus is suspended") < page.index(
        "All devices of Halcyon Shield Standard are in use"
    )


def test_a_device_with_seats_of_two_licences_is_told_to_their_owner_only() -> None:
    person, other = customer(), customer("eve@example.org", "Eve")
    first, second = (desk.licensed(person)[0] for _ in range(2))
    desk.seat(first, "Ada's laptop")
    strangers, _ = desk.licensed(other)
    desk.seat(strangers, "Ada's laptop")
    assert "holds two seats" not in signed_in(person).get("/home/").content.decode()
    desk.seat(second, "Ada's laptop")
    page = signed_in(person).get("/home/").content.decode()
    assert "Ada&#x27;s laptop holds two seats" in page
    assert "holds two seats" in signed_in(person).get(f"/licenses/{first.pk}/").content.decode()
    assert f'href="/licenses/{first.pk}/"' in signed_in(person).get(f"/licenses/{second.pk}/").content.decode()
    assert "holds two seats" not in signed_in(other).get("/home/").content.decode()
    assert "holds two seats" not in signed_in(other).get(f"/licenses/{strangers.pk}/").content.decode()
    licenses.suspend(actor=desk.SYSTEM, license=second, reason="test")
    assert "holds two seats" not in signed_in(person).get("/home/").content.decode()


def test_the_mail_about_a_new_device_tells_of_its_other_seat(mailoutbox: list[object]) -> None:
    person = customer()
    first, second = (desk.licensed(person)[0] for _ in range(2))
    bodies = []
    for license in (first, second):
        desk.seat(license, "Ada's laptop")
        outbox.deliver_due()
        bodies.append(str(getattr(mailoutbox[-1], "body", "")))
    assert ["another licence of yours" in body for body in bodies] == [False, True]


def test_a_device_that_waits_comes_before_all_else() -> None:
    person = customer()
    license, code = desk.licensed(person, desk.plan("standard-1", "Standard", devices=1))
    desk.seat(license)
    replacements.ask(code_text=code.text, product="halcyon-shield", device=device("The new PC"), ip_prefix=desk.NETWORK)
    page = signed_in(person).get("/home/").content.decode()
    assert "The new PC waits for a seat" in page
    assert "One thing is worth a look." in page


def test_somebody_elses_licences_are_not_shown() -> None:
    desk.licensed(customer())
    assert "No licence yet" in signed_in(customer("eve@example.org", "Eve")).get("/home/").content.decode()


def test_home_needs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    person = customer()
    for number in range(12):
        license, _ = desk.licensed(person, desk.plan(f"plan-{number}", f"Plan {number}"))
        desk.seat(license)
    browser = signed_in(person)
    with django_assert_max_num_queries(15):
        assert browser.get("/home/").status_code == 200
