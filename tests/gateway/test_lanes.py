"""What a lane does with requests that are blocked, slow, given up, or faulty."""

import asyncio
from typing import Any

import psycopg
import pytest

from frontdesk.core.errors import TemporarilyUnavailable
from frontdesk.gateway import exchange
from frontdesk.gateway.lanes import Connection, Lane
from frontdesk.gateway.patience import Patience
from frontdesk.licensing import codes
from frontdesk.licensing.models import License
from tests.gateway.api import Api, activation
from tests.support.server import database_url
from tests.support.shop import new_code

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_code_that_somebody_holds_delays_only_itself(api: Api) -> None:
    made = [new_code() for _ in range(8)]
    with psycopg.connect(database_url()) as holder:
        holder.execute("select from licensing_code where hash = %s for update", [codes.digest(made[3])])
        replies = api.together([("POST", "/activations", {"json": activation(code)}) for code in made])
        assert [reply.status_code for reply in replies] == [201, 201, 201, 503, 201, 201, 201, 201]
        assert License.objects.count() == 7
    assert api.activate(made[3]).status_code == 201


def test_a_body_that_does_not_come_is_not_waited_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.bodies, "seconds", 0.2)

    async def slow() -> Any:
        yield b'{"code": '
        await asyncio.sleep(20)
        yield b"1}"

    reply = api.request("POST", "/activations", content=slow())
    assert (reply.status_code, reply.json()["code"]) == (408, "request_timeout")
    assert api.activate(new_code()).status_code == 201


def test_a_client_that_leaves_is_forgotten(api: Api) -> None:
    sent: list[Any] = []

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    from frontdesk.gateway.app import app

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/activations",
        "headers": [],
        "client": None,
    }
    api.run(app(scope, gone, send))
    assert sent == []


async def _faulty(connection: Connection, asked: Any) -> list[int]:
    if 3 in asked:
        raise ValueError("a fault of ours")
    return [number * 2 for number in asked]


def test_one_faulty_request_harms_no_other(api: Api) -> None:
    lane: Lane[int, int] = Lane("test", _faulty)

    async def ask_all() -> list[Any]:
        answers = await asyncio.gather(*[lane.ask(number) for number in range(6)], return_exceptions=True)
        await lane.close()
        return answers

    answers = api.run(ask_all())
    assert isinstance(answers.pop(3), TemporarilyUnavailable)
    assert answers == [0, 2, 4, 8, 10]


def test_a_call_that_hangs_is_given_up_and_the_lane_goes_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.gateway.lanes.CALL_SECONDS", 0.3)

    async def hang(connection: Connection, asked: Any) -> list[int]:
        if asked == [0]:
            await asyncio.sleep(20)
        return list(asked)

    lane: Lane[int, int] = Lane("test", hang)

    async def ask_in_turn() -> list[Any]:
        answers = [(await asyncio.gather(lane.ask(number), return_exceptions=True))[0] for number in (0, 1)]
        await lane.close()
        return answers

    refused, answered = api.run(ask_in_turn())
    assert isinstance(refused, TemporarilyUnavailable)
    assert answered == 1


def test_the_first_request_after_a_restart_of_the_database_is_served(api: Api) -> None:
    code = new_code()
    assert api.activate(code).status_code == 201
    with psycopg.connect(database_url(), autocommit=True) as admin:
        lost = (
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'frontdesk-gateway'"
        )
        assert admin.execute(lost).fetchall()
    assert api.activate(code).status_code == 200


def test_a_connection_that_is_lost_twice_is_told(api: Api) -> None:
    tries: list[int] = []

    async def lose(connection: Connection, asked: Any) -> list[int]:
        tries.extend(asked)
        if asked != [0]:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
        return list(asked)

    lane: Lane[int, int] = Lane("test", lose)

    async def ask_in_turn() -> list[Any]:
        answers = [(await asyncio.gather(lane.ask(number), return_exceptions=True))[0] for number in (0, 1, 0)]
        await lane.close()
        return answers

    served, refused, again = api.run(ask_in_turn())
    assert (served, again) == (0, 0)
    assert isinstance(refused, TemporarilyUnavailable)
    assert tries == [0, 1, 1, 0]


def test_patience_ends_for_those_who_waited_too_long_only(api: Api) -> None:
    ended: list[str] = []

    async def wait() -> None:
        patience = Patience(0.25)
        patience.start("first", lambda: ended.append("first"))
        patience.start("served", lambda: ended.append("served"))
        patience.end("served")
        await asyncio.sleep(0.15)
        patience.start("later", lambda: ended.append("later"))
        await asyncio.sleep(0.2)
        assert ended == ["first"]
        await asyncio.sleep(0.25)

    api.run(wait())
    assert ended == ["first", "later"]


def test_a_fault_of_ours_is_told_without_what_was_entered(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    code = new_code()

    def broken(_code: object) -> bytes:
        raise ValueError(f"no digest for {code.text}")

    monkeypatch.setattr(codes, "digest", broken)
    reply = api.activate(code)
    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert code.text not in caplog.text
    assert code.text not in reply.text
