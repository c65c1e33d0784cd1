"""X-Forwarded-For counts from trusted proxies only: a stranger neither hides behind it nor locks others out with it."""

import pytest
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.guard.caps import CHECK_PREFIX
from frontdesk.accounts.models import Person, Session
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
FIELDS = {"reference": "AAA-AAA-AAA", "address": "ada@example.org"}
SPOOFED = [
    "{n}.1.1.1",
    "{n}.1.1.1, 127.0.0.1",
    "127.0.0.1, {n}.1.1.1",
    "2001:db8:{n}::1",
    "unknown, {n}.1.1.1",
    "[2001:db8:{n}::1]:443",
]


def statuses(*, header: str, **shape: str) -> list[int]:
    """The answers to one question more than is allowed, each with another pretended address."""
    made = [
        Client(headers={header: shape["form"].format(n=n + 1)}, REMOTE_ADDR=shape["peer"])
        for n in range(CHECK_PREFIX.count + 1)
    ]
    return [browser.post("/messages/check/", FIELDS).status_code for browser in made]


@pytest.mark.parametrize("form", SPOOFED)
def test_a_stranger_does_not_escape_the_throttle_by_pretending(db: None, form: str) -> None:
    found = statuses(header="X-Forwarded-For", form=form, peer="203.0.113.7")
    assert found[-1] == 429
    assert 429 not in found[:-1]


@pytest.mark.parametrize("header", ["X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP"])
def test_no_other_header_counts_either(db: None, header: str) -> None:
    assert statuses(header=header, form="{n}.1.1.1", peer="203.0.113.8")[-1] == 429


def test_a_stranger_does_not_use_up_somebody_elses_share(db: None) -> None:
    for _ in range(CHECK_PREFIX.count + 1):
        spoofing = Client(headers={"X-Forwarded-For": "198.51.100.20"}, REMOTE_ADDR="203.0.113.9")
        spoofing.post("/messages/check/", FIELDS)
    victim = Client(REMOTE_ADDR="198.51.100.20")
    assert victim.post("/messages/check/", FIELDS).status_code == 200


def test_behind_a_trusted_proxy_the_last_untrusted_address_counts(settings: Settings, ada: Person) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    found = statuses(header="X-Forwarded-For", form="{n}.1.1.1, 203.0.113.10", peer="10.0.0.1")
    assert found[-1] == 429, "what the client itself had written is not believed"
    other = Client(headers={"X-Forwarded-For": "198.51.100.30, 10.0.0.2"}, REMOTE_ADDR="10.0.0.1")
    assert other.post("/messages/check/", FIELDS).status_code == 200


def test_the_list_of_sessions_shows_where_the_connection_came_from(ada: Person) -> None:
    browser = Client(headers={"X-Forwarded-For": "8.8.8.8"}, REMOTE_ADDR="203.0.113.11")
    browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    session = Session.objects.get(person=ada)
    assert session.ip_prefix.startswith("203.0.113.")
