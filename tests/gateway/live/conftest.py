"""Real gateways as processes of their own, on the tests' database."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from django.db import connection

from tests.project.desk import eventually
from tests.support.redis import Redis
from tests.support.server import Server
from tests.support.streams import Listener

Health = Callable[[Server], dict[str, str]]


@pytest.fixture(autouse=True)
def streams() -> Iterator[None]:
    """No stream outlives its test."""
    yield
    while Listener.opened:
        Listener.opened.pop().close()


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """One gateway."""
    with Server(trusted_proxies="127.0.0.1") as made:
        eventually(lambda: health(made)["postgresql"] == "listening", 20, "it listens")
        yield made


@pytest.fixture
def new_server(transactional_db: None) -> Iterator[Callable[..., Server]]:
    """Starts gateways that end with the test."""
    with ExitStack() as stack:

        def start(**settings: str) -> Server:
            made = stack.enter_context(Server(trusted_proxies="127.0.0.1", settings=settings))
            eventually(lambda: health(made)["postgresql"] == "listening", 20, "it listens")
            return made

        yield start


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis that runs."""
    made = Redis()
    made.start()
    yield made
    made.kill()


def health(server: Server) -> dict[str, str]:
    """What a gateway says of its ways."""
    found: dict[str, str] = json.loads(httpx.get(f"{server.url}/api/v1/health", timeout=5).content)["live"]
    return found


def connections() -> int:
    """How many connections the test's database has."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
        return int(cursor.fetchone()[0])
