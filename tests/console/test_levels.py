"""The pages of service levels, calendars and plans."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.fulfilment.models import PlanLevel
from frontdesk.support.tickets.models import Calendar, CalendarVersion, Conversation, Policy, ServiceLevel
from frontdesk.support.tickets.sla import promising, sweeping
from tests.support import desk, levels

pytestmark = pytest.mark.django_db
WEEK = {f"day{day}": "9:00-12:00, 13:00–17:00" for day in range(5)} | {"day5": "", "day6": "22:00-06:00"}


def today() -> str:
    """The day at the calendars of these tests."""
    return clock.now().astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()


def hours(**values: str) -> dict[str, str]:
    return {**WEEK, "time_zone": "Europe/Berlin", "holidays": "2027-12-25\n2027-01-01", "since": today(), **values}


def test_from_nothing_to_a_promise(manager: Client) -> None:
    assert "Nothing is promised yet" in manager.get("/desk/levels/").content.decode()
    made = manager.post("/desk/calendars/new/", {"name": "Office"}, follow=True)
    calendar = Calendar.objects.get()
    saved = manager.post(f"/desk/calendars/{calendar.pk}/hours/", hours(), follow=True)
    assert (made.status_code, saved.status_code) == (200, 200)
    version = CalendarVersion.objects.get()
    assert version.hours["0"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert version.hours["6"] == [["22:00", "06:00"]]
    assert "5" not in version.hours
    assert version.holidays == ["2027-01-01", "2027-12-25"]
    manager.post("/desk/levels/new/", {"name": "Standard", "rank": "0", "for_all": "on"})
    level = ServiceLevel.objects.get()
    promised = {"calendar": str(calendar.pk), "first": "240", "next": "", "solve": "2400", "since": today()}
    page = manager.post(f"/desk/levels/{level.pk}/promise/", promised, follow=True).content.decode()
    policy = Policy.objects.get()
    assert (policy.first_minutes, policy.next_minutes, policy.solve_minutes) == (240, None, 2400)
    assert "4 h of opening hours" in page
    assert "09:00–12:00, 13:00–17:00" in page
    assert AuditEntry.objects.filter(action="level.promised").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("day0", "nine to five", "Write hours such as"),
        ("day0", "09:00-25:00", "A day has hours from 00:00 to 24:00."),
        ("day0", "09:00-09:00", "A span ends later than it begins."),
        ("day0", "9:75-10:00", "A day has hours from 00:00 to 24:00."),
        ("holidays", "Christmas", "Write one day on a line"),
        ("since", "2020-01-01", "That day is past."),
        ("time_zone", "Mars/Base", "not one of the available choices"),
    ],
)
def test_hours_that_make_no_sense_are_explained(manager: Client, field: str, value: str, sentence: str) -> None:
    calendar = levels.calendar()
    page = manager.post(f"/desk/calendars/{calendar.pk}/hours/", hours(**{field: value}))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert calendar.versions.count() == 1


def test_other_hours_move_what_runs_and_another_promise_does_not(manager: Client, ada: Person) -> None:
    level = levels.level(default=True, first=60)
    calendar = Calendar.objects.get()
    conversation = desk.conversation(ada)
    due_at = Conversation.objects.get(pk=conversation.pk).first_due_at
    promised = {"calendar": str(calendar.pk), "first": "5", "since": today()}
    manager.post(f"/desk/levels/{level.pk}/promise/", promised)
    sweeping.look_again_at_all()
    sweeping.sweep()
    assert Conversation.objects.get(pk=conversation.pk).first_due_at == due_at
    shut = {f"day{day}": "" for day in range(7)}
    manager.post(f"/desk/calendars/{calendar.pk}/hours/", hours(**shut))
    assert sweeping.sweep() == 1
    assert Conversation.objects.get(pk=conversation.pk).first_due_at is None


def test_a_plan_comes_with_a_level_from_the_next_conversation_on(manager: Client, ada: Person) -> None:
    levels.level(default=True)
    levels.level("priority", 5, first=10)
    version = desk.plan()
    address = f"/desk/levels/plans/{version.plan_id}/"
    page = manager.post(address, {"level": "priority"}, follow=True)
    assert "It counts for conversations that begin from now on." in page.content.decode()
    assert PlanLevel.objects.get().level.slug == "priority"
    manager.post(address, {"level": ""})
    assert not PlanLevel.objects.exists()
    assert manager.post(address, {"level": "gone"}).status_code == 404


def test_only_one_level_is_for_everybody_else(manager: Client) -> None:
    first = levels.level(default=True)
    manager.post("/desk/levels/new/", {"name": "Standard", "rank": "3", "for_all": "on"})
    assert [level.slug for level in ServiceLevel.objects.filter(is_default=True)] == ["standard-2"]
    manager.post(f"/desk/levels/{first.pk}/", {"name": "Old", "rank": "0"})
    first.refresh_from_db()
    assert first.name == "Old"


def test_some_level_is_always_for_everybody_else(manager: Client) -> None:
    first = levels.level(default=True)
    page = manager.get(f"/desk/levels/{first.pk}/").content.decode()
    assert "To change that, say it of another level." in page
    manager.post(f"/desk/levels/{first.pk}/", {"name": "Old", "rank": "0"})
    first.refresh_from_db()
    assert (first.name, first.is_default) == ("Old", True)
    first.is_default = False
    with pytest.raises(ValueError, match="another"):
        promising.save_level(actor=desk.SYSTEM, level=first)
    assert ServiceLevel.objects.get(is_default=True) == first


ADDRESSES = ["levels/", "levels/new/", "calendars/new/", "rules/", "rules/new/", "reports/support/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_these_pages_are_for_managers(agent: Client, ada: Person, client: Client, address: str) -> None:
    assert agent.get(f"/desk/{address}").status_code == 403
    client.force_login(ada)
    assert client.get(f"/desk/{address}").status_code == 403
    assert Client().get(f"/desk/{address}").status_code == 302


def test_a_level_that_is_not_there_is_not_found(manager: Client) -> None:
    strange = "00000000-0000-0000-0000-000000000000"
    found: list[Any] = [
        manager.get(f"/desk/{place.format(strange)}")
        for place in ("levels/{}/", "levels/{}/promise/", "calendars/{}/hours/", "rules/{}/", "team/{}/")
    ]
    assert [each.status_code for each in found] == [404] * 5


def test_tomorrow_begins_at_the_calendars_own_midnight(manager: Client) -> None:
    calendar = levels.calendar("tokyo", zone="Asia/Tokyo")
    day = (clock.now() + timedelta(days=3)).date()
    manager.post(f"/desk/calendars/{calendar.pk}/hours/", hours(time_zone="Asia/Tokyo", since=day.isoformat()))
    since = calendar.versions.order_by("-since")[0].since
    assert since.isoformat() == f"{(day - timedelta(days=1)).isoformat()}T15:00:00+00:00"
