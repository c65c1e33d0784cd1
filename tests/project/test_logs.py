"""Logs say what went wrong and where, and nothing about whom."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import Settings

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


@pytest.mark.django_db
def test_a_foreign_host_is_not_logged(lines: io.StringIO, client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["desk.example"]
    assert client.get("/", headers={"host": "whatever.somebody.typed"}).status_code == 400
    assert lines.getvalue() == ""


IN_THE_WEB_PROCESS = """
import logging
import os
import subprocess
import sys
from frontdesk.project.asgi import app
try:
    raise ValueError("ada@customer.example")
except ValueError:
    logging.getLogger("somebody.else").exception("it failed there")
"""


def test_the_web_process_keeps_to_it_with_all_that_it_loads(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    environment = os.environ | {"FRONTDESK_DATA": str(tmp_path), "FRONTDESK_LOG": "json"}
    environment["DJANGO_SETTINGS_MODULE"] = "frontdesk.project.settings"
    ran = subprocess.run(
        [sys.executable, "-c", IN_THE_WEB_PROCESS], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    (event,) = map(json.loads, ran.stderr.splitlines())
    assert event["error"] == "builtins.ValueError"
    assert ADDRESS not in ran.stderr
