"""What the SDK's tests share: a desk to talk to and a client that never really sleeps."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sdk.python.tests.desk import Desk
from sdk.python.tests.vectors import FINGERPRINT, PRODUCT, TRUST_ROOT

from frontdesk_client import Client, Clock, FileStore, Store

MakeClient = Callable[..., Client]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy the developer's shell names."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "activation.json")


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were asked for."""
    return []


@pytest.fixture
def make_client(desk: Desk, store: FileStore, naps: list[float]) -> MakeClient:
    def make(
        *,
        server: str = "",
        fingerprint: str | None = FINGERPRINT,
        clock: Clock | None = None,
        trust_root: str = TRUST_ROOT,
        other_store: Store | None = None,
        name: str = "Ada's laptop",
    ) -> Client:
        return Client(
            server or desk.url,
            PRODUCT,
            trust_root,
            other_store or store,
            clock,
            app_version="3.2.0",
            name=name,
            sleep=naps.append,
            find_fingerprint=lambda product: fingerprint,
        )

    return make


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()
