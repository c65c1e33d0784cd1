"""Stripe's stand-in for a session, and an account there."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from frontdesk.billing.providers.stripe.adapter import Stripe
from tests.billing.stripe.account import Account
from tests.billing.stripe.stub import Stub, serving

PATIENCE_SECONDS = 30
STANDIN = Path(__file__).with_name("standin.py")
SECRET = "whsec_of_the_tests"


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    """The stand-in's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    server = subprocess.Popen([sys.executable, str(STANDIN), str(port)], env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def stripe(base: str) -> Iterator[Stripe]:
    """An account at the stand-in."""
    with opened(Stripe(key="sk_test_12345", secrets=[SECRET], base=base)) as account:
        yield account


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that answers what the test says, for what the stand-in does not know."""
    with serving() as found:
        yield found


@pytest.fixture
def at_stub(stub: Stub) -> Iterator[Stripe]:
    """An account there."""
    with opened(Stripe(key="sk_test_1", secrets=[SECRET], base=stub.base)) as account:
        yield account


@contextmanager
def opened(stripe: Stripe) -> Iterator[Stripe]:
    """An adapter whose connection is closed at the end."""
    yield stripe
    stripe._carrier.close()  # type: ignore[no-untyped-call] # the library's


@pytest.fixture
def account(base: str) -> Iterator[Account]:
    """The same account, as a customer's browser and Stripe's own pages use it."""
    with Account(base) as found:
        yield found


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(f"{address}/js.stripe.com/v3/", timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the stand-in for Stripe did not start")
