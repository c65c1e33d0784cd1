"""Places in the queue, and whether a chat is offered."""

from datetime import UTC, datetime, timedelta

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import queue, settings
from frontdesk.support.chat.models import Chat
from frontdesk.support.chat.queue import Place
from frontdesk.support.tickets.models import Agent, Area, Team
from tests.people import customer
from tests.support import chats, levels
from tests.tickets.conftest import Time


def some(number: int) -> Person:
    return customer(f"c{number}@example.org", f"C{number}")


def test_a_place_among_those_who_wait(ada: Person, kim: Person) -> None:
    """Nothing is said of the time before anybody has waited."""
    first, second, third = (chats.begin(some(number)) for number in range(3))
    assert [queue.place(each) for each in (first, second, third)] == [Place(0, None), Place(1, None), Place(2, None)]
    chats.answers(kim, first)
    assert queue.place(third).ahead == 1


def test_the_wait_is_that_of_the_last_ones_for_each_round(ada: Person, kim: Person) -> None:
    """Half of the last twenty waited two minutes; one agent is free, so each place is a round."""
    for number in range(3):
        chat = chats.begin(some(number))
        chats.answers(kim, chat)
        Chat.objects.filter(pk=chat.pk).update(answered_at=chat.began_at + timedelta(minutes=2))
    waiting = [chats.begin(some(number)) for number in range(3, 6)]
    assert [queue.place(each).minutes for each in waiting] == [2, 4, 6]
    assert queue.offer().minutes == 8
    Chat.objects.filter(pk=waiting[0].pk).update(began_at=clock.now() - timedelta(minutes=3))
    waiting[0].refresh_from_db()
    assert queue.place(waiting[0]).minutes is None  # it has taken longer already
    Chat.objects.update(began_at=chat.began_at - timedelta(days=8))
    assert queue.place(waiting[2]).minutes is None


def test_it_is_offered_when_somebody_is_there(kim: Person) -> None:
    """Who takes new ones, and of the area's team."""
    assert queue.offer().is_open
    assert queue.offer().agents == 1
    area = Area.objects.create(slug="billing", team=Team.objects.create(slug="billing", name="Billing"))
    assert not queue.offer(area).is_open
    Agent.objects.filter(person=kim).update(takes_new=False)
    assert not queue.offer().is_open


def test_it_is_not_offered_when_managers_say_so(kim: Person) -> None:
    settings.save(actor=Actor.system(), wanted=settings.Wanted(is_open=False))
    assert not queue.offer().is_offered


def test_out_of_hours_it_is_said_when_it_opens(time: Time, kim: Person) -> None:
    """The hours are those of the level that is for everybody."""
    weekdays = {str(day): [["09:00", "17:00"]] for day in range(5)}
    levels.level(default=True, calendar=levels.calendar("office", weekdays, "Europe/Berlin"))
    saturday = datetime(2027, 1, 9, 12, tzinfo=UTC)
    time.ahead = saturday - datetime.now(UTC)
    assert not queue.offer().is_open
    assert queue.offer().opens_at == datetime(2027, 1, 11, 8, tzinfo=UTC)
    time.ahead += timedelta(days=2)
    assert queue.offer().is_open


def test_who_never_opens_never_chats(kim: Person) -> None:
    levels.level(default=True, calendar=levels.calendar("never", levels.NEVER))
    assert queue.offer().opens_at is None
    assert not queue.offer().is_open
