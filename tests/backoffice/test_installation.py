"""People, staff, the audit and the outbox in the back office."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person, StaffInvitation
from frontdesk.accounts.roles import Role
from frontdesk.core import audit, clock, outbox
from frontdesk.core.models import AuditEntry, OutboxMessage
from tests.backoffice.conftest import Enter

pytestmark = pytest.mark.django_db


def test_people_are_found_and_looking_is_recorded(agent: Client, ada: Person) -> None:
    found = agent.get("/backoffice/accounts/person/", {"q": "ada@"}).content.decode()
    assert "ada@example.org" in found
    page = agent.get(f"/backoffice/accounts/person/{ada.pk}/change/")
    assert page.status_code == 200
    looks = AuditEntry.objects.filter(action="staff.looked")
    assert {look.data["page"] for look in looks} == {"person list", "person"}
    assert {(look.person, look.actor) for look in looks} == {(ada.pk, Person.objects.get(role=Role.AGENT).pk)}
    assert b"password" not in page.content.split(b"</nav>")[-1].lower()


def test_a_persons_details_are_not_edited(administrator: Client, ada: Person) -> None:
    address = f"/backoffice/accounts/person/{ada.pk}/change/"
    answer = administrator.post(address, {"email": "eve@example.org", "is_superuser": "on", "reason": "x"})
    assert answer.status_code == 403
    ada.refresh_from_db()
    assert (ada.email, ada.is_superuser) == ("ada@example.org", False)
    assert administrator.get("/backoffice/accounts/person/add/").status_code == 403


def test_an_administrator_gives_and_takes_roles(administrator: Client, ada: Person) -> None:
    address = f"/backoffice/accounts/person/{ada.pk}/do/"
    assert administrator.post(address + "give-role/", {"role": "agent", "reason": "Joins us"}).status_code == 302
    ada.refresh_from_db()
    assert (ada.is_staff, ada.role) == (True, "agent")
    assert audit.reason_of(AuditEntry.objects.get(action="staff.role_given", subject=ada.pk)) == "Joins us"
    assert administrator.post(address + "take-role/", {"reason": "Leaves"}).status_code == 302
    ada.refresh_from_db()
    assert (ada.is_staff, ada.role) == (False, "")


@pytest.mark.parametrize("role", [Role.AGENT, Role.BILLING_AGENT, Role.MANAGER])
def test_others_give_no_roles(staff: Enter, ada: Person, role: Role) -> None:
    browser = staff(role)
    address = f"/backoffice/accounts/person/{ada.pk}/do/give-role/"
    assert browser.post(address, {"role": "administrator", "reason": "Me"}).status_code == 403
    assert browser.get("/backoffice/accounts/staffinvitation/add/").status_code == 403
    assert browser.get("/backoffice/accounts/staffinvitation/").status_code == 403
    assert "staffinvitation" not in browser.get("/backoffice/").content.decode()
    ada.refresh_from_db()
    assert not ada.is_staff


def test_an_invitation_shows_its_link_once(administrator: Client) -> None:
    data = {"email": "new@halcyon.example", "role": "agent", "reason": "Joins support"}
    answer = administrator.post("/backoffice/accounts/staffinvitation/add/", data, follow=True)
    page = answer.content.decode()
    assert "/account/invitation/" in page
    link = page.split("/account/invitation/")[1].split("/")[0]
    assert Client().get(f"/account/invitation/{link}/").status_code == 200
    invitation = StaffInvitation.objects.get()
    assert AuditEntry.objects.get(action="staff.invited").reason == "Joins support"
    again = administrator.get(f"/backoffice/accounts/staffinvitation/{invitation.pk}/change/").content.decode()
    assert link not in again


def test_the_audit_is_searched_and_never_changed(staff: Enter, ada: Person) -> None:
    browser = staff(Role.MANAGER)
    entry = AuditEntry.objects.filter(subject=ada.pk).first()
    assert entry is not None
    page = browser.get("/backoffice/core/auditentry/", {"q": str(ada.pk)}).content.decode()
    assert entry.action in page
    assert entry.action not in browser.get("/backoffice/core/auditentry/", {"q": "nothing.such"}).content.decode()
    address = f"/backoffice/core/auditentry/{entry.pk}/change/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": "changed"}).status_code == 403


def test_a_failed_message_is_tried_again(administrator: Client, staff: Enter) -> None:
    message = outbox.put(topic="mail", payload={"to": "ada@example.org"})
    OutboxMessage.objects.filter(pk=message.pk).update(failed_at=clock.real_now(), attempts=9, last_error="OSError")
    page = administrator.get("/backoffice/core/outboxmessage/").content.decode()
    assert "OSError" in page
    address = f"/backoffice/core/outboxmessage/{message.pk}/"
    assert "ada@example.org" not in administrator.get(address + "change/").content.decode()
    assert staff(Role.MANAGER).post(address + "do/retry/", {"reason": "Me"}).status_code == 403
    assert administrator.post(address + "do/retry/", {"reason": "The mail server is back"}).status_code == 302
    message.refresh_from_db()
    assert (message.failed_at, message.attempts) == (None, 0)
    assert AuditEntry.objects.get(action="outbox.retried").reason == "The mail server is back"
