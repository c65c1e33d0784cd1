"""Logs say what went wrong and where, and nothing about whom."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve

from frontdesk.project import logs

ADDRESS = "ada@customer.example"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[io.StringIO]:
    """What is logged as JSON, one event a line; afterwards the logs are as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    logs.configure(shape="json")
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)


def events(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_an_event_is_a_line_of_json(lines: io.StringIO) -> None:
    structlog.get_logger("frontdesk.test").warning("something_happened", count=3)
    (event,) = events(lines)
    assert (event["event"], event["count"], event["level"]) == ("something_happened", 3, "warning")


def test_an_exception_is_logged_without_its_text(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"Key (email)=({ADDRESS}) already exists")
    except ValueError:
        structlog.get_logger("frontdesk.test").exception("it_failed")
        logging.getLogger("somebody.else").exception("it failed there")
    ours, theirs = events(lines)
    assert ours["error"] == theirs["error"] == "builtins.ValueError"
    assert "test_logs.py" in str(ours["at"])
    assert ADDRESS not in lines.getvalue()


def test_a_failed_request_is_logged_by_its_route(lines: io.StringIO) -> None:
    request: HttpRequest = RequestFactory().get("/legal/a-token-that-nobody-may-know/")
    request.resolver_match = resolve(request.path)
    error = RuntimeError(ADDRESS)
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", request.path, exc_info=error, extra={"request": request, "status_code": 500}
    )
    (event,) = events(lines)
    assert event["route"] == "legal/<slug:slug>/"
    assert event["status"] == 500
    assert ADDRESS not in lines.getvalue()
    assert "a-token" not in lines.getvalue()


@pytest.mark.django_db
def test_a_missing_page_is_not_logged(lines: io.StringIO, client: Client) -> None:
    assert client.get("/legal/a-token-that-nobody-may-know/").status_code == 404
    assert lines.getvalue() == ""
