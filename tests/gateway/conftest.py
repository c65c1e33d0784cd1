"""The real gateway in this process, asked over HTTP's own shapes."""

import asyncio
from collections.abc import Iterator

import pytest

from frontdesk.core import signing
from tests.gateway.api import Api


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all of them, as a server has."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def lease_keys(transactional_db: None) -> signing.Signer:
    """Keys of an installation; its trust root."""
    pem, _ = signing.new_root()
    root = signing.load_root(pem)
    signing.rotate(root=root)
    return root


@pytest.fixture
def api(runner: asyncio.Runner, lease_keys: signing.Signer) -> Iterator[Api]:
    """A client of the gateway."""
    made = Api(runner)
    yield made
    made.stop()
