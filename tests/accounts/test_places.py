"""Places of addresses, from a local table."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from frontdesk.accounts.browsers import places
from frontdesk.accounts.models import Person, Session
from frontdesk.core import audit
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD
from tests.support.places import write_places

RECORD = {
    "city": {"names": {"en": "Port Halcyon", "de": "Halkyonhafen"}},
    "country": {"names": {"en": "Elsewhere"}, "iso_code": "EW"},
}


@pytest.fixture
def table(tmp_path: Path, settings: Settings) -> Path:
    """A table that knows where 203.0.113.0/24 is."""
    path = write_places(tmp_path / "places.mmdb", "203.0.113.0/24", RECORD)
    settings.FRONTDESK_PLACES = str(path)
    return path


@pytest.mark.usefixtures("table")
def test_an_address_has_a_place_in_the_readers_language() -> None:
    assert places.find("203.0.113.77") == "Port Halcyon, Elsewhere"
    with translation.override("de"):
        assert places.find("203.0.113.77") == "Halkyonhafen, Elsewhere"


@pytest.mark.usefixtures("table")
def test_an_address_has_a_country() -> None:
    assert places.country("203.0.113.77") == "EW"
    assert places.country("198.51.100.1") == ""


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("address", ["198.51.100.1", "2001:db8::1", "192.0.2.0", "", "no address"])
def test_what_the_table_does_not_know_has_no_place(address: str) -> None:
    assert places.find(address) == ""


def test_without_a_table_nothing_has_a_place() -> None:
    assert places.find("203.0.113.77") == ""


def test_a_broken_table_disturbs_nobody(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"not a table")
    for name in ("broken.mmdb", "missing.mmdb"):
        settings.FRONTDESK_PLACES = str(tmp_path / name)
        assert places.find("203.0.113.77") == ""


@pytest.mark.usefixtures("table")
def test_a_session_and_the_history_keep_the_place_of_the_sign_in(ada: Person) -> None:
    client = Client(REMOTE_ADDR="203.0.113.77")
    client.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert Session.objects.get(person=ada).place == "Port Halcyon, Elsewhere"
    assert "Port Halcyon" in client.get("/account/browsers/").content.decode()
    assert "Port Halcyon" in client.get("/account/history/").content.decode()
    row = AuditEntry.objects.get(action="person.signed_in")
    assert "Halcyon" not in str(row.data)
    assert audit.personal_values(row)["place"] == "Port Halcyon, Elsewhere"
