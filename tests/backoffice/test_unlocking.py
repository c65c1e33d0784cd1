"""An agent ends the pause of somebody who is locked out by wrong attempts."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from tests.backoffice.conftest import PASSWORD, Enter

pytestmark = pytest.mark.django_db


def sign_in(person: Person, password: str) -> int:
    """The answer's status, for a browser that nobody knows."""
    status: int = Client().post("/account/login/", {"login": person.email, "password": password}).status_code
    return status


def address(person: Person) -> str:
    return f"/backoffice/accounts/person/{person.pk}/do/unlock/"


def test_the_pause_ends_at_once_and_the_customer_reads_by_whom(agent: Client, ada: Person) -> None:
    for number in range(5):
        sign_in(ada, f"wrong guess number {number}")
    assert sign_in(ada, PASSWORD) == 429
    assert agent.post(address(ada), {"reason": ""}).status_code == 422
    assert sign_in(ada, PASSWORD) == 429
    assert agent.post(address(ada), {"reason": "Called us, and knew the devices"}).status_code == 302
    assert sign_in(ada, PASSWORD) == 302
    row = AuditEntry.objects.get(action="person.unlocked")
    assert (row.person, row.subject) == (ada.pk, ada.pk)
    browser = Client()
    browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert "The pause after wrong attempts was ended" in browser.get("/account/history/").content.decode()


def test_accounts_of_staff_are_not_for_agents_to_unlock(agent: Client, staff: Enter) -> None:
    staff(Role.MANAGER)
    colleague = Person.objects.get(role=Role.MANAGER)
    assert agent.post(address(colleague), {"reason": "Asked me to"}).status_code == 302
    assert not AuditEntry.objects.filter(action="person.unlocked").exists()
