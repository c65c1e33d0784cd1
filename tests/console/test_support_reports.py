"""The reports of customer service: what they say is what happened, on the page and in the file."""

import csv
import io
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import reports
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Area, Conversation, Survey, Team
from frontdesk.support.tickets.sla import sweeping
from tests.support import desk, levels
from tests.support.queries import statements
from tests.tickets.conftest import Time, time

__all__ = ["time"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SYSTEM = Actor.system("test")


@pytest.fixture
def lived(ada: Person, time: Time) -> dict[str, Conversation]:
    """Four conversations: two quickly answered and solved, one late and reopened, one that waits; and some spam."""
    levels.level(default=True, first=120)
    team = Team.objects.create(slug="billing", name="Billing")
    area = Area.objects.create(slug="money", team=team)
    kim = desk.agent()
    time.ahead = timedelta(days=20)
    made = {name: desk.conversation(ada, subject=name, area=area) for name in ("quick", "fast")}
    made |= {name: desk.conversation(f"{name}@example.org", channel="mail") for name in ("late", "waits", "spam")}
    changing.mark_spam(actor=SYSTEM, conversation=made["spam"])
    for name, hours in (("quick", 1), ("fast", 1.5), ("late", 5)):
        time.ahead = timedelta(days=20, hours=hours)
        desk.answers(kim, made[name])
    for name, hours in (("quick", 10), ("fast", 20), ("late", 30)):
        time.ahead = timedelta(days=20, hours=hours)
        changing.solve(actor=SYSTEM, conversation=made[name])
    desk.writes(made["late"])
    sweeping.sweep()
    for name, score in (("quick", 3), ("fast", 1)):
        Survey.objects.filter(conversation=made[name]).update(score=score, answered_at=clock.now())
    return made


def test_the_figures_are_what_happened(lived: dict[str, Conversation]) -> None:
    now = clock.now()
    total, groups = reports.figures(now - timedelta(days=7), now, by="team")
    assert (total.opened, total.answered, total.solved) == (4, 3, 2)
    assert total.first_median == pytest.approx(1.5 * 3600, abs=60)
    assert total.first_p90 == pytest.approx((1.5 + 0.8 * 3.5) * 3600, abs=60)
    assert total.solve_median == pytest.approx(15 * 3600, abs=60)
    assert (total.judged, total.kept, total.kept_share) == (4, 2, 50)  # the one that waits is late by now
    assert (total.rated, total.good, total.good_share) == (2, 1, 50)
    assert (total.ever_solved, total.reopened, total.reopened_share) == (3, 1, 33)
    assert [(each.name, each.opened) for each in groups] == [("", 2), ("Billing", 2)]


@pytest.mark.parametrize("by", list(reports.DIMENSIONS))
def test_every_split_adds_up(lived: dict[str, Conversation], by: str) -> None:
    now = clock.now()
    total, groups = reports.figures(now - timedelta(days=7), now, by=by)
    for name in ("opened", "answered", "solved", "judged", "kept", "rated", "good", "reopened"):
        assert sum(getattr(each, name) for each in groups) == getattr(total, name)


def test_what_began_before_is_not_among_them(lived: dict[str, Conversation], time: Time) -> None:
    time.ahead = timedelta(days=60)
    total, groups = reports.figures(clock.now() - timedelta(days=7), clock.now(), by="agent")
    assert (total.opened, total.first_median, groups) == (0, None, [])


def test_the_page_shows_them_and_the_file_has_them(manager: Client, lived: dict[str, Conversation]) -> None:
    page = manager.get("/desk/reports/support/?days=7&by=channel").content.decode()
    assert "1 h 30 min" in page
    assert "E-mail" in page
    assert "50 %" in page
    answer = manager.get("/desk/reports/support/figures.csv?days=7&by=channel")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["group"], row["opened"], row["kept"]) for row in rows] == [
        ("*", "4", "2"),
        ("form", "2", "2"),
        ("mail", "2", "0"),
    ]
    assert answer["Content-Disposition"].startswith('attachment; filename="support-channel-')


QUERIES = ["", "days=9999", "days=x&by=y", "days=٣", "days=000030999999999999", "days=" + "3" * 5000]


@pytest.mark.parametrize("query", [*QUERIES, "by=agent&days=365", "days=7&by=reason"])
def test_any_question_has_an_answer(manager: Client, query: str, ada: Person) -> None:
    assert "Nobody wrote in this time" in manager.get(f"/desk/reports/support/?{query}").content.decode()
    desk.conversation(ada, reason_code="code_unknown")
    assert manager.get(f"/desk/reports/support/?{query}").status_code == 200
    assert manager.get(f"/desk/reports/support/figures.csv?{query}").status_code == 200


def test_no_name_becomes_a_formula(manager: Client, ada: Person) -> None:
    desk.conversation(ada, plan_name='=HYPERLINK("x")')
    text = manager.get("/desk/reports/support/figures.csv?by=plan").content.decode()
    assert "'=HYPERLINK" in text


def test_few_queries_however_many_groups(manager: Client, lived: dict[str, Conversation]) -> None:
    with CaptureQueriesContext(connection) as queries:
        manager.get("/desk/reports/support/?by=agent")
    assert len(statements(queries)) <= 15


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("Europe/Berlin", "2026-11-10T15:00:00"),
        ("Pacific/Auckland", "2026-11-10T09:00:00"),
        ("Europe/Berlin", "2026-10-27T00:20:00"),  # the clocks went back on the 25th: one of the days has 25 hours
        ("Europe/Berlin", "2026-03-31T23:50:00"),  # they went forward on the 29th
    ],
)
def test_each_day_of_the_reader_is_a_bar_and_today_is_the_last(zone: str, now: str) -> None:
    here = ZoneInfo(zone)
    until = datetime.fromisoformat(now).replace(tzinfo=here)
    since = until.replace(hour=0, minute=0) - timedelta(days=6)
    for moment in (until, until.astimezone(UTC)):
        starts = reports.pieces(since, moment)
        assert [each.astimezone(here).date() for each in starts] == [
            until.date() - timedelta(days=back) for back in range(6, -1, -1)
        ]
        assert {each.astimezone(here).time() for each in starts} == {time_of_day()}


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_no_day_is_left_out_and_the_bars_stay_few(days: int) -> None:
    until = datetime(2026, 11, 10, 15, tzinfo=UTC)
    starts = reports.pieces(until.replace(hour=0) - timedelta(days=days - 1), until)
    assert len(starts) <= 30
    assert until - starts[-1] <= starts[-1] - starts[-2]


def test_the_volume_has_today_and_begins_its_days_at_the_readers_midnight(manager: Client, ada: Person) -> None:
    Person.objects.filter(email="manager@halcyon.example").update(time_zone="Asia/Tokyo")
    desk.conversation(ada)
    context = manager.get("/desk/reports/support/?days=7").context
    assert [each.opened for each in context["volumes"]] == [0] * 6 + [1]
    assert {localtime(each.start, ZoneInfo("Asia/Tokyo")).hour for each in context["volumes"]} == {0}
