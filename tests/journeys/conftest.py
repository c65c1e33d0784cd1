"""The whole installation behind a real port, and a real browser in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from frontdesk.core import signing
from tests.journeys.houses import House
from tests.support.server import Server

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Headless Chromium, one for a module. Its event loop runs in this thread, which Django has to be told is meant."""
    if not CHROMIUM and os.environ.get("CI") != "true":
        pytest.skip("journeys need Chromium: install it, or name it in CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet."""
    fresh = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="en-GB")
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()


@pytest.fixture
def live_installation(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of the real ASGI application, both doors, on a free port and the tests' database."""
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    port = _free_port()
    address = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        "JOURNEY_DATABASE": str(connection.settings_dict["NAME"]),
        "FRONTDESK_URL": address,
        "PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "asyncio", "--log-level", "warning", "--workers-kill-timeout", "10"]  # as serve does
    command += ["frontdesk.project.asgi:app"]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"{address}/api/v1/health", server, tmp_path / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture
def house(chromium: Browser, transactional_db: None) -> Iterator[House]:
    """Everybody goes home at the end, and no script has failed on the way."""
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    expect.set_options(timeout=15_000)
    with Server() as server:
        made = House(chromium, server)
        yield made
        for context in made.contexts:
            context.close()
    assert made.errors == []
