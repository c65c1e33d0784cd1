"""The chats of the demo: lived through once, and the desk's history and figures have something to show."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.core import clock
from frontdesk.project.demo import answers, chats, service, vendor
from frontdesk.project.demo.sources import read
from frontdesk.support.chat import queue, reports
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Agent, Calendar, Message, Policy, Survey
from frontdesk.support.tickets.sla.hours import next_opening
from frontdesk.support.tickets.sla.loading import load_book
from tests.project.test_demo_service import cast

pytestmark = pytest.mark.django_db
SATURDAY_NIGHT = datetime(2026, 11, 28, 2, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def halcyon() -> None:
    cast()
    vendor.build_catalog()
    service.build_service()
    answers.build_answers()


def test_they_are_lived_through_once_and_end_in_all_ways() -> None:
    chats.build_chats()
    told = read("chats")["chats"]
    made = Chat.objects.all()
    assert made.count() == len(told)
    assert set(made.values_list("state", "ended_by")) == {
        ("ended", "customer"), ("ended", "agent"), ("ended", "silence"), ("ticket", ""),
    }  # fmt: skip
    now = clock.now()
    assert not Message.objects.filter(created_at__gt=now).exists()
    assert all(chat.began_at < chat.ended_at < now for chat in made if chat.ended_at)
    figures, _groups = reports.figures(now - timedelta(days=30), now)
    assert (figures.begun, figures.missed) == (len(told), 2)
    assert figures.wait_median is not None
    assert 20 < figures.wait_median < 120
    scores = Counter(Survey.objects.exclude(answered_at=None).values_list("score", flat=True))
    assert scores.keys() == {2, 3}
    handed = Chat.objects.get(conversation__language="de", ended_by="agent")
    assert handed.agent is not None
    assert handed.agent.name == "Kim Aster"
    before = set(made.values_list("pk", flat=True))
    chats.build_chats()
    assert set(Chat.objects.values_list("pk", flat=True)) == before


def test_nobody_is_there_afterwards_who_was_not_before() -> None:
    chats.build_chats()
    assert not Agent.objects.filter(online_until__isnull=False).exists()
    assert queue.there(None) == 0


@pytest.mark.parametrize("moment", [SATURDAY_NIGHT, CHRISTMAS])
def test_the_chat_is_open_at_any_hour(moment: datetime) -> None:
    policy = Policy.objects.get(level__is_default=True)
    book = load_book()
    hours = book.hours(book.promise(str(policy.level_id), moment))
    assert next_opening(moment, hours) == moment
    assert policy.calendar.versions.get().time_zone == "Europe/Berlin"


def test_a_demo_with_office_hours_opens_every_day() -> None:
    policy = Policy.objects.select_related("calendar").get(level__is_default=True)
    always = policy.calendar
    Policy.objects.filter(pk=policy.pk).update(calendar=Calendar.objects.get(slug="office"), first_minutes=480)
    for _each in range(2):
        service.open_every_day()
    policy.refresh_from_db()
    assert (policy.calendar, policy.first_minutes) == (always, 1440)
