"""The security history in words: what stands in it, whose it is, filters, pages, seals."""

from collections.abc import Callable

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD
from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
PAGE = "/account/history/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def note(person: Person, action: str, actor: Actor | None = None, **data: object) -> AuditEntry:
    return audit.record(
        actor=actor or Actor.customer(person.pk),
        action=action,
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data=data,
    )


def text_of(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_signing_in_and_out_stand_in_the_history(ada: Person) -> None:
    client = Client(HTTP_USER_AGENT=FIREFOX)
    client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    client.post("/account/logout/")
    client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    text = text_of(client)
    assert text.count("Signed in<") == 2
    assert text.count("Signed out<") == 1
    assert "with password" in text
    assert "Firefox on Windows" in text
    assert "127.0.0.0/24" in text
    row = AuditEntry.objects.filter(action="person.signed_in").latest("id")
    assert row.data["methods"] == ["password"]
    assert "127.0.0" not in str(row.data)  # where one is, is personal, and sealed


def test_a_second_step_is_named(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    client = Client()
    client.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert not AuditEntry.objects.filter(action="person.signed_in").exists()  # half a sign-in is none
    client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert AuditEntry.objects.get(action="person.signed_in").data["methods"] == ["password", "totp"]
    assert "with password + authenticator" in text_of(client)


def test_wrong_guesses_write_nothing(ada: Person, browser: Client) -> None:
    before = AuditEntry.objects.count()
    browser.post("/account/login/", {"login": ada.email, "password": "something quite wrong"})
    assert AuditEntry.objects.count() == before


def test_nobody_reads_another_ones_history(ada: Person) -> None:
    note(ada, "person.password_changed")
    eve = signed_in(customer("eve@example.org", "Eve"))
    assert "Password changed" not in text_of(eve)
    assert Client().get(PAGE).status_code == 302


def test_filters_show_one_kind(ada: Person) -> None:
    client = signed_in(ada)
    note(ada, "person.password_changed")
    note(ada, "license.redeemed", tail="K7M2P")
    note(ada, "staff.looked", Actor.staff(ada.pk, "Looked up in the back office"), page="license", **{"as": "agent"})
    everything = text_of(client)
    for words in ("Password changed", "An activation code was redeemed", "K7M2P", "Our team (agent)"):
        assert words in everything
    assert "Password changed" in text_of(client, f"{PAGE}?show=security")
    licenses = text_of(client, f"{PAGE}?show=licenses")
    assert "An activation code was redeemed" in licenses
    assert "Password changed" not in licenses
    looks = text_of(client, f"{PAGE}?show=looks")
    assert "A licence of yours" in looks
    assert "Password changed" not in looks
    assert "Reason given" not in looks
    assert "Password changed" in text_of(client, f"{PAGE}?show=nonsense&page=zz")


def test_the_reason_that_staff_gave_can_be_read(ada: Person) -> None:
    note(ada, "license.suspended", Actor.staff(customer("s@example.org", "Sam").pk, "Conversation <4711>"))
    text = text_of(signed_in(ada))
    assert "Reason given: Conversation &lt;4711&gt;" in text
    assert "Sam" not in text


def test_long_histories_have_pages_and_keep_the_filter(ada: Person) -> None:
    for _ in range(30):
        note(ada, "person.name_changed")
    client = signed_in(ada)
    first = text_of(client, f"{PAGE}?show=security")
    assert first.count("Name changed") == 25
    assert "show=security&amp;page=2" in first
    assert text_of(client, f"{PAGE}?show=security&page=2").count("Name changed") == 5


def test_lines_say_whether_they_are_sealed(ada: Person) -> None:
    client = signed_in(ada)
    note(ada, "person.name_changed")
    assert ">Sealed<" not in text_of(client)
    while audit.seal():
        pass
    assert ">Sealed<" in text_of(client)
    assert audit.verify().faults == ()


def test_the_page_takes_few_queries_and_writes_nothing(ada: Person) -> None:
    client = Client(HTTP_USER_AGENT=FIREFOX)
    for _ in range(4):
        client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
        client.post("/account/logout/")
    client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert len(queries) <= 15, [query["sql"] for query in queries]
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_an_erased_person_has_a_history_without_personal_values(ada: Person) -> None:
    client = Client()
    client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    audit.erase_person(ada.pk)
    text = text_of(client)
    assert "Signed in<" in text
    assert "127.0.0.0/24" not in text
