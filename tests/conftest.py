"""What all tests share. Sockets reach this machine only."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation
from pytest_socket import socket_allow_hosts

from frontdesk.core import clock, throttle
from tests.support.emptying import empty_by_row

TESTS = Path(__file__).parent
empty_by_row()
# Measuring costs half as much again, so it is done where the measured code is called: licensing and the SDK.
MEASURED = {"backoffice", "catalog", "erasure", "fulfilment", "gateway", "licensing", "licensing_pages", "races"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave the tests of other rooms unmeasured, what they set up included."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if not controller or not item.path.is_relative_to(TESTS) or item.path.relative_to(TESTS).parts[0] in MEASURED:
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


@pytest.fixture(autouse=True)
def only_loopback() -> None:
    """No test talks to another machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def the_present() -> None:
    """No test begins in the time that another has travelled to: a thread remembers the offset for a second."""
    clock.forget()


@pytest.fixture(autouse=True)
def the_language_of_nobody() -> None:
    """No test speaks the language of another's reader: a thread keeps what its last request activated."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def windows_begin_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test that fills a throttle sees its window, which hangs on the wall clock, end in the middle."""
    began = clock.real_now()
    monkeypatch.setattr(throttle, "window", lambda now, seconds: now - (now - began) % timedelta(seconds=seconds))
