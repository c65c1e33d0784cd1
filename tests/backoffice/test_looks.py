"""Looks at customers' data: each is told to the customer, once an hour for each page."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import Activation
from tests.people import customer, signed_in
from tests.support.shop import new_license

pytestmark = pytest.mark.django_db
PEOPLE = "/backoffice/accounts/person/"


def looks(person: Person) -> list[str]:
    rows = AuditEntry.objects.filter(action="staff.looked", person=person.pk).order_by("id")
    return [row.data["page"] for row in rows]


def age_the_rows() -> None:
    """Let an hour pass for the rows there are; their trigger refuses that otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("alter table core_auditentry disable trigger user")
        cursor.execute("update core_auditentry set at = at - interval '61 minutes'")
        cursor.execute("alter table core_auditentry enable trigger user")


def test_each_page_is_told_once_an_hour(agent: Client, ada: Person) -> None:
    for _ in range(3):
        assert agent.get(f"{PEOPLE}{ada.pk}/change/").status_code == 200
    assert looks(ada) == ["person"]
    row = AuditEntry.objects.get(action="staff.looked")
    assert row.data == {"page": "person", "as": "agent"}
    assert row.reason
    age_the_rows()
    agent.get(f"{PEOPLE}{ada.pk}/change/")
    assert looks(ada) == ["person", "person"]


def test_another_member_of_staff_is_told_apart(staff: Callable[[Role], Client], ada: Person) -> None:
    for role in (Role.AGENT, Role.MANAGER):
        staff(role).get(f"{PEOPLE}{ada.pk}/change/")
    rows = AuditEntry.objects.filter(action="staff.looked", person=ada.pk)
    assert {row.data["as"] for row in rows} == {"agent", "manager"}


def test_results_that_name_people_are_told_to_those_they_name(agent: Client, ada: Person) -> None:
    eve = customer("eve@example.com", "Eve")
    agent.get(PEOPLE, {"q": "ada@"})
    assert (looks(ada), looks(eve)) == (["person list"], [])
    agent.get(PEOPLE, {"q": "nobody of that name"})
    assert (looks(ada), looks(eve)) == (["person list"], [])


def test_licences_and_devices_are_told_to_their_owner(agent: Client, ada: Person) -> None:
    held, free = new_license(owner=ada), new_license()
    moments = {"created_at": held.created_at, "last_seen_at": held.created_at}
    device = Activation.objects.create(
        license=held, fingerprint=b"x" * 32, name="Ada's laptop", platform="linux", **moments
    )
    for page, subject in (("license", held.pk), ("activation", device.pk), ("license", free.pk)):
        assert agent.get(f"/backoffice/licensing/{page}/{subject}/change/").status_code == 200
        assert agent.get(f"/backoffice/licensing/{page}/").status_code == 200
    assert looks(ada) == ["license", "license list", "activation", "activation list"]


def test_a_page_that_does_not_open_is_no_look(agent: Client, ada: Person) -> None:
    agent.get(f"{PEOPLE}{uuid4()}/change/")
    signed_in(customer("eve@example.com", "Eve")).get(f"{PEOPLE}{ada.pk}/change/")
    assert looks(ada) == []


def test_the_pages_of_deeds_are_looks_too(administrator: Client, ada: Person) -> None:
    administrator.get(f"{PEOPLE}{ada.pk}/do/give-role/")
    assert looks(ada) == ["person"]


def test_the_customer_reads_it(agent: Client, ada: Person) -> None:
    agent.get(f"{PEOPLE}{ada.pk}/change/")
    text = signed_in(ada).get("/account/history/?show=looks").content.decode()
    assert "Our team (agent)" in text
    assert "Your name and address" in text


def test_nothing_completes_peoples_names_unseen(agent: Client, ada: Person) -> None:
    asked = {"app_label": "licensing", "model_name": "license", "field_name": "owner", "term": "ada"}
    answer = agent.get("/backoffice/autocomplete/", asked)
    assert answer.status_code == 404
    assert b"ada@example.org" not in answer.content
