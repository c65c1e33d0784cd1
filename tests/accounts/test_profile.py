"""Name, language and time zone."""

from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import audit, clock
from frontdesk.core.models import AuditEntry
from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Ada Byron", "language": "de", "time_zone": "Asia/Kathmandu"}


def test_the_page_shows_the_time_where_the_person_is(ada: Person) -> None:
    client = signed_in(ada)
    assert "In UTC it is now" in client.get("/account/profile/").content.decode()
    Person.objects.update(time_zone="Asia/Kathmandu")  # 5:45 hours ahead, summer and winter
    page = client.get("/account/profile/").content.decode()
    there = clock.real_now() + timedelta(hours=5, minutes=45)
    assert "In Asia/Kathmandu it is now" in page
    assert any(f"{(there - ago).minute:02d}" in page for ago in (timedelta(), timedelta(minutes=1)))


def test_what_was_changed_counts_and_stands_in_the_history(ada: Person) -> None:
    client = signed_in(ada)
    assert client.post("/account/profile/", FIELDS)["Location"] == "/account/profile/"
    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.time_zone) == ("Ada Byron", "de", "Asia/Kathmandu")
    page = client.get("/account/profile/").content.decode()
    assert 'lang="de"' in page
    entries = {entry.action: entry for entry in AuditEntry.objects.filter(person=ada.pk, actor=ada.pk)}
    assert set(entries) == {"person.name_changed", "person.language_changed", "person.time_zone_changed"}
    assert audit.personal_values(entries["person.name_changed"]) == {"from": "Ada", "to": "Ada Byron"}
    assert entries["person.name_changed"].data == {}
    assert entries["person.language_changed"].data == {"from": "", "to": "de"}
    client.post("/account/profile/", FIELDS)
    assert AuditEntry.objects.filter(actor=ada.pk).count() == 3, "what stays is no news"


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "tlh"},
        {"name": "x" * 101},
        {"name": "Ada\u202eBob"},
    ],
)
def test_what_cannot_be_is_refused(ada: Person, wrong: dict[str, str]) -> None:
    assert signed_in(ada).post("/account/profile/", FIELDS | wrong).status_code == 422
    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.time_zone) == ("Ada", "", "")


def test_names_of_the_world(ada: Person) -> None:
    for name in ("Łucja O’Neill-Ćwik", "山田 花子", "محمد علي", ""):
        signed_in(ada).post("/account/profile/", FIELDS | {"name": f"  {name} "})
        ada.refresh_from_db()
        assert ada.name == name


def test_an_odd_zone_from_elsewhere_stays(ada: Person) -> None:
    Person.objects.update(time_zone="Etc/GMT+3")
    assert signed_in(ada).post("/account/profile/", FIELDS | {"time_zone": "Etc/GMT+3"}).status_code == 302


def test_ones_own_only(ada: Person) -> None:
    assert Client().get("/account/profile/").status_code == 302
    bob = customer("bob@example.org", "Bob")
    signed_in(bob).post("/account/profile/", FIELDS | {"person": str(ada.pk)})
    ada.refresh_from_db()
    assert ada.name == "Ada"
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post("/account/profile/", FIELDS).status_code == 403
