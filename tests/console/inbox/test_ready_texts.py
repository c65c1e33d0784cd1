"""Canned replies and macros, written by managers and checked before they are saved."""

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.models import CannedReply, Macro
from tests.people import staff_browser

pytestmark = pytest.mark.django_db
READY = "/desk/ready/"


@pytest.fixture
def boss(db: None) -> Client:
    """A manager."""
    return staff_browser(Role.MANAGER, "boss@halcyon.example")


def test_agents_use_them_and_managers_write_them(lou: Client, boss: Client) -> None:
    for page in ("", "replies/new/", "macros/new/"):
        assert lou.get(READY + page).status_code == 403
        assert boss.get(READY + page).status_code == 200
    assert lou.post(f"{READY}replies/new/", {"title": "x", "shortcut": "x", "text_en": "x"}).status_code == 403


def test_a_reply_is_written_changed_and_taken_away(boss: Client) -> None:
    form = {"title": "Free a seat", "shortcut": "free-seat", "text_en": "Hello {{ customer_name }}", "text_de": ""}
    boss.post(f"{READY}replies/new/", form)
    reply = CannedReply.objects.get()
    assert reply.texts == {"en": "Hello {{ customer_name }}"}
    page = f"{READY}replies/{reply.pk}/"
    for wrong in (
        {**form, "text_en": "Hello {{ customer_shoe_size }}"},
        {**form, "text_en": " "},
        {**form, "shortcut": "two words"},
    ):
        assert boss.post(page, wrong).status_code == 422
    assert boss.post(f"{READY}replies/new/", form).status_code == 422  # the shortcut is taken
    boss.post(page, {**form, "text_de": "Hallo"})
    reply.refresh_from_db()
    assert reply.texts["de"] == "Hallo"
    boss.post(f"{page}removal/")
    assert not CannedReply.objects.exists()
    assert boss.get(page).status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="canned_reply").order_by("id")
    assert [row.action for row in actions] == ["canned_reply.saved"] * 2 + ["canned_reply.deleted"]


def test_a_macros_steps_are_checked_before_it_is_saved(boss: Client) -> None:
    form = {"title": "Tidy", "position": "0", "steps": "3", "do_0": "add_tag", "value_0": "tidy", "do_1": "",
            "do_2": "priority", "value_2": "3"}  # fmt: skip
    boss.post(f"{READY}macros/new/", form)
    macro = Macro.objects.get()
    assert macro.actions == [{"do": "add_tag", "value": "tidy"}, {"do": "priority", "value": 3}]
    for wrong in (
        {**form, "value_2": "9"},
        {**form, "do_0": "team", "value_0": "nobody-knows"},
        {**form, "do_0": "explode"},
        {**form, "do_0": "", "do_2": ""},
    ):
        assert boss.post(f"{READY}macros/{macro.pk}/", wrong).status_code == 422, wrong
    assert "Tidy" in boss.get(READY).content.decode()
    boss.post(f"{READY}macros/{macro.pk}/removal/")
    assert not Macro.objects.exists()
