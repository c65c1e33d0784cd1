"""Nothing is lost, doubled or out of order, whatever breaks between a customer and an agent who chat."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from django.db import InterfaceError, OperationalError, connection

from frontdesk.accounts.models import Person
from frontdesk.support.chat import taking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Agent, Message
from tests.people import customer, signed_in, staff_browser
from tests.project.desk import eventually
from tests.support import chats
from tests.support.chatting import AgentSeat, Chatter, CustomerSeat, Line, Seat
from tests.support.proxies import CuttingProxy
from tests.support.server import Server, make_keys

pytestmark = pytest.mark.django_db(transaction=True)
SOAK_ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))
SOAK_MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "1000"))  # each way
BACKLOG = 15  # messages that one side has not got through yet, at the most: faults hit all of them, not only the first
SAID = (Message.Kind.CUSTOMER, Message.Kind.AGENT, Message.Kind.AUTOMATIC)


def seed_of(round_number: int = 0) -> int:
    """CHAOS_SEED, to throw the same dice again (threads still run as they please), else a new one."""
    given = os.environ.get("CHAOS_SEED")
    return int(given) if given else random.SystemRandom().randrange(10**9) + round_number


@dataclass
class Installation:
    """Pages and gateway as processes of their own, which may be killed, behind a line that may be cut."""

    pages: Server
    gateway: Server
    killed: dict[str, int] = field(default_factory=lambda: {"pages": 0, "gateway": 0, "database": 0})
    _restarts: list[threading.Thread] = field(default_factory=list)

    def kill(self, name: str) -> None:
        """kill -9 in the middle of whatever it does, and start it again, unless it is just starting."""
        if any(each.name == name and each.is_alive() for each in self._restarts):
            return
        server: Server = getattr(self, name)
        server.kill()
        self.killed[name] += 1
        self._restarts.append(threading.Thread(target=server.start, name=name, daemon=True))
        self._restarts[-1].start()

    def kill_database(self) -> None:
        """kill -9 of one of PostgreSQL's processes: it ends all others, recovers, and takes connections again."""
        with connection.cursor() as cursor:
            cursor.execute("select pid from pg_stat_activity where backend_type = 'checkpointer'")
            os.kill(cursor.fetchone()[0], signal.SIGKILL)
        self.killed["database"] += 1
        connection.close()
        eventually(self._takes_connections, 60, "the database is back")

    def _takes_connections(self) -> bool:
        try:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("select 1")
        except (OperationalError, InterfaceError):
            connection.close()
            return False
        return True

    def settle(self) -> None:
        """All that was killed is there again."""
        for each in self._restarts:
            each.join(timeout=60)


@pytest.fixture
def new_installation(transactional_db: None) -> Iterator[Callable[..., Installation]]:
    """Starts one; it ends with the test."""
    make_keys()
    with ExitStack() as stack:

        def start(**settings: str) -> Installation:
            servers = [Server(settings={"FRONTDESK_ROLE": role, **settings}) for role in ("web", "gateway")]
            starting = [threading.Thread(target=each.start) for each in servers]
            for each in starting:
                each.start()
            for server, each in zip(servers, starting, strict=True):
                each.join()
                stack.callback(server.stop)
            return Installation(servers[0], servers[1])

        yield start


@dataclass
class Plan:
    """What goes wrong: how often a line is cut, how many are posted twice, and how likely each thing is a message."""

    customer: int
    agent: int
    cuts: float = 0.03
    doubled: float = 0.2
    gateway: float = 0.02
    pages: float = 0.01
    lines: float = 0.04
    reloads: float = 0.04
    pause: float = 0.05  # seconds between messages, at the most
    database_after: int = 0  # kill PostgreSQL behind so many messages


def chaos(installation: Installation, chat: Chat, cookies: list[dict[str, str]], plan: Plan, seed: int) -> None:
    """One round; both ends are compared with the database's own order."""
    chance = random.Random(seed)
    ports = {"pages": installation.pages.port, "gateway": installation.gateway.port}
    with CuttingProxy(**ports, chance=random.Random(seed + 1)) as proxy:
        desk = AgentSeat(chat.pk)
        seats: list[Seat] = [CustomerSeat(chat.pk), desk]
        for seat, held in zip(seats, cookies, strict=True):
            held.update(seat.enter(proxy.port, held))
        sides = [
            Chatter(seat, proxy.port, held, random.Random(seed + at), doubled=plan.doubled)
            for at, (seat, held) in enumerate(zip(seats, cookies, strict=True))
        ]
        with sides[0] as customer, sides[1] as agent:
            proxy.rate = plan.cuts
            writes = [(customer, f"c{at}") for at in range(plan.customer)]
            writes += [(agent, f"a{at}") for at in range(plan.agent)]
            for number, (side, words) in enumerate(_mixed(writes, chance), start=1):
                side.write(words)
                eventually(lambda: max(len(each.unsent) for each in sides) < BACKLOG, 120, "it gets through")
                time.sleep(chance.uniform(0, plan.pause))
                _break_something(installation, proxy, sides, plan, chance)
                if number == plan.database_after:
                    installation.kill_database()
            _let_settle(installation, proxy, sides, chat)
            _compare(chat, sides, plan, desk.everything(proxy.port, cookies[1]))
        print(f"cuts {proxy.cuts}, killed {installation.killed}, reloads {[each.reloads for each in sides]}")  # noqa: T201


def _mixed(writes: list[tuple[Chatter, str]], chance: random.Random) -> list[tuple[Chatter, str]]:
    """At random, but each side's own in their order."""
    order = [side for side, _words in writes]
    chance.shuffle(order)
    left = {id(side): iter([words for each, words in writes if each is side]) for side in order}
    return [(side, next(left[id(side)])) for side in order]


def _break_something(
    installation: Installation, proxy: CuttingProxy, sides: list[Chatter], plan: Plan, chance: random.Random
) -> None:
    if chance.random() < plan.gateway:
        installation.kill("gateway")
    if chance.random() < plan.pages:
        installation.kill("pages")
    if chance.random() < plan.lines:
        proxy.cut_all()
    if chance.random() < plan.reloads:
        chance.choice(sides).reload()


def _let_settle(installation: Installation, proxy: CuttingProxy, sides: list[Chatter], chat: Chat) -> None:
    """The line is whole again, everything is up: all gets through, and both pages have caught up."""
    proxy.rate = 0.0
    installation.settle()
    eventually(lambda: not any(side.unsent for side in sides), 120, "everything is sent")
    for side in sides:
        side.settle()
    last = Message.objects.filter(conversation=chat.pk, kind__in=SAID).order_by("-sequence")[0].sequence
    eventually(lambda: all(side.shown and side.shown[-1][0] >= last for side in sides), 30, "both have caught up")


def _compare(chat: Chat, sides: list[Chatter], plan: Plan, at_desk: list[Line]) -> None:
    """The desk's page, once it was loaded anew, begins two hundred messages ago; `at_desk` is all of it."""
    kept = Message.objects.filter(conversation=chat.pk, kind__in=SAID).order_by("sequence")
    truth = list(kept.values_list("sequence", "text"))
    customer, agent = sides
    assert [side.trouble for side in sides] == [[], []]
    assert customer.shown == at_desk == truth
    assert agent.shown == truth[-len(agent.shown) :]
    for sign, number in (("c", plan.customer), ("a", plan.agent)):
        mine = [words for _sequence, words in truth if words[0] == sign and words[1:].isdigit()]
        assert mine == [f"{sign}{at}" for at in range(number)]


def begun() -> tuple[Chat, list[dict[str, str]]]:
    """Ada's chat, which Kim has, and what their browsers hold."""
    kim_browser = staff_browser(email="kim@halcyon.example")
    kim, ada = Person.objects.get(email="kim@halcyon.example"), customer()
    Agent.objects.create(person=kim)
    chats.come(kim)
    chat = chats.begin(ada)
    taking.take(kim, chat)
    return chat, [{name: held.value for name, held in each.cookies.items()} for each in (signed_in(ada), kim_browser)]


def test_both_ends_show_the_same_whatever_breaks(new_installation: Callable[..., Installation]) -> None:
    seed = seed_of()
    print(f"CHAOS_SEED={seed}")  # noqa: T201 - shown when it fails
    chat, cookies = begun()
    installation = new_installation()
    plan = Plan(customer=24, agent=36, gateway=0.04, pages=0.0)
    chaos(installation, chat, cookies, plan, seed)


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(SOAK_ROUNDS))
def test_a_thousand_messages_both_ways(new_installation: Callable[..., Installation], round_number: int) -> None:
    seed = seed_of(round_number)
    print(f"CHAOS_SEED={seed}")  # noqa: T201 - shown when it fails
    chat, cookies = begun()
    installation = new_installation(DJANGO_SETTINGS_MODULE="tests.support.unthrottled")
    chaos(installation, chat, cookies, Plan(customer=SOAK_MESSAGES, agent=SOAK_MESSAGES), seed)
    assert installation.killed["gateway"] > 0
    assert installation.killed["pages"] > 0


@pytest.mark.soak
def test_a_database_that_dies_in_the_middle(new_installation: Callable[..., Installation]) -> None:
    seed = seed_of()
    print(f"CHAOS_SEED={seed}")  # noqa: T201 - shown when it fails
    chat, cookies = begun()
    installation = new_installation(DJANGO_SETTINGS_MODULE="tests.support.unthrottled")
    chaos(installation, chat, cookies, Plan(customer=150, agent=150, database_after=150), seed)
    assert installation.killed["database"] == 1
