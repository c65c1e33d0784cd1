"""Two gateways and a real Redis: what goes through it, and that nothing is lost when it is killed."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import LazySettings

from frontdesk.core.live import remote
from frontdesk.core.live.topics import Topic
from frontdesk.core.live.waking import wake
from frontdesk.support.chat import taking
from frontdesk.support.tickets.conversations import waking
from tests.gateway.live.conftest import health
from tests.people import customer
from tests.project.desk import eventually
from tests.support import chats, desk
from tests.support.redis import Redis
from tests.support.server import Server
from tests.support.streams import Listener

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by_redis(settings: LazySettings, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Redis:
    """Wakes of this process go by Redis."""
    settings.REDIS_URL = redis.url
    remote._client.cache_clear()
    monkeypatch.setattr(remote, "_away_until", 0.0)
    monkeypatch.setattr(remote, "AWAY_SECONDS", 0.3)
    return redis


@pytest.fixture
def both(by_redis: Redis, new_server: Callable[..., Server]) -> list[Server]:
    """Two gateways that listen there."""
    made = [new_server(REDIS_URL=by_redis.url), new_server(REDIS_URL=by_redis.url)]
    eventually(lambda: [health(each)["redis"] for each in made] == ["listening"] * 2, 20, "both listen at Redis")
    return made


def test_a_message_reaches_the_other_gateway(both: list[Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.core.live.waking._notify", lambda written: pytest.fail("it went the other way"))
    ada, kim = customer(), desk.agent()
    talk = desk.conversation(ada)
    streams = [Listener(each.port, Topic("conversation", talk.pk)) for each in both]
    message = desk.answers(kim, talk)
    hear(streams, message.sequence)


def hear(streams: list[Listener], sequence: int) -> None:
    """Each is told of this message."""
    for each in streams:
        seen = each.wakes(1)
        while max(seen) < sequence:
            seen += each.wakes(1)


def test_what_is_said_in_a_chat_reaches_both_gateways_with_redis_and_without(
    by_redis: Redis, both: list[Server]
) -> None:
    ada, kim = customer(), desk.agent()
    chats.come(kim)
    chat = taking.take(kim, chats.begin(ada))
    customers = [Listener(each.port, waking.talk(chat.pk)) for each in both]
    agents = [Listener(each.port, waking.at_desk(chat.pk)) for each in both]
    hear(customers, chats.answers(kim, chat, "By Redis").sequence)
    hear(agents, chats.says(chat, "It has arrived").sequence)
    by_redis.kill()
    hear(customers, chats.answers(kim, chat, "Without Redis").sequence)
    hear(agents, chats.says(chat, "This, too").sequence)
    eventually(lambda: [health(each)["redis"] for each in both] == ["away"] * 2, 20, "it is told")


def test_redis_killed_in_the_middle_costs_nothing_and_it_comes_back(by_redis: Redis, both: list[Server]) -> None:
    topic = Topic("conversation", uuid4())
    streams = [Listener(each.port, topic) for each in both]
    wake(topic, kind="message", sequence=1)
    assert [each.wakes(1) for each in streams] == [[1], [1]]
    by_redis.kill()
    wake(topic, kind="message", sequence=2)
    assert [each.wakes(1) for each in streams] == [[2], [2]]
    assert not remote.is_usable()
    told = {"postgresql": "listening", "redis": "away"}
    eventually(lambda: [health(each) for each in both] == [told, told], 20, "it is told")
    assert remote.fault() != ""
    wake(topic, kind="message", sequence=3)
    assert [each.wakes(1) for each in streams] == [[3], [3]]
    by_redis.start()
    eventually(lambda: [health(each)["redis"] for each in both] == ["listening"] * 2, 20, "it is back")
    assert [each.next() for each in streams] == [("fetch", {})] * 2
    eventually(remote.is_usable, 5, "it is tried again")
    wake(topic, kind="message", sequence=4)
    assert [each.wakes(1) for each in streams] == [[4], [4]]
    assert remote.fault() == ""
