"""The back office's first page: figures and ways by role, each leading somewhere, and nothing asked for in vain."""

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage

pytestmark = pytest.mark.django_db
START = "/backoffice/"
ADDRESS = re.compile(r'(?:src|href|hx-get)="(/[^"]*)"')


def test_everything_the_page_asks_for_is_there(administrator: Client) -> None:
    text = administrator.get(START).content.decode()
    addresses = set(ADDRESS.findall(text)) | {"/favicon.ico"}
    assert "/favicon.ico" in text
    missing = [
        address
        for address in addresses
        if not (
            finders.find(address.removeprefix("/static/"))
            if address.startswith("/static/")
            else administrator.get(address).status_code < 400
        )
    ]
    assert missing == []


def test_the_picture_of_the_site_is_the_brands() -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg") or answer["Location"].startswith("/ui/")


def test_an_agent_sees_customers_and_licences_but_not_the_installation(agent: Client) -> None:
    text = agent.get(START).content.decode()
    for words in ("Locked out, waiting for us", "New accounts in 30 days", "Licences that run", "Find a code"):
        assert words in text
    for words in (
        "Messages that failed",
        "Audit entries not sealed yet",
        "Staff without",
        "Invite staff",
        "Make codes",
    ):
        assert words not in text


def test_an_administrator_sees_what_needs_attention(administrator: Client, ada: Person) -> None:
    while audit.seal():
        pass
    calm = administrator.get(START).content.decode()
    assert "needs attention" not in calm
    now = clock.real_now()
    OutboxMessage.objects.create(topic="mail", created_at=now, due_at=now, failed_at=now)
    Person.objects.filter(pk=ada.pk).update(is_staff=True)
    text = administrator.get(START).content.decode()
    assert text.count("needs attention") == 2
    assert "Staff without a second step: 1" in text


def test_a_seal_that_is_late_needs_attention(administrator: Client, ada: Person) -> None:
    while audit.seal():
        pass
    with clock.standing_at(timedelta(minutes=-30)):
        audit.record(actor=Actor.system(), action="person.added", subject_type="person", subject=ada.pk)
    assert administrator.get(START).content.decode().count("needs attention") == 1
