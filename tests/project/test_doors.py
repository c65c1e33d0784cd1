"""The two doors: which request goes where, and what a page's body may be."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

import pytest

from frontdesk.project import doors
from frontdesk.project.doors import Doors

Message = MutableMapping[str, Any]


def page(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """A WSGI application that says how much it was sent."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"page {len(environ['wsgi.input'].read())}".encode()]


async def gateway(scope: Message, receive: Any, send: Any) -> None:
    """An ASGI application that says that it was asked."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"gateway"})


def scope_of(path: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> Message:
    """A request as the server hands it on."""
    return {
        "type": "http", "path": path, "method": "POST", "headers": list(headers), "query_string": b"", "scheme": "http",
        "http_version": "1.1", "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip


def ask(
    path: str,
    chunks: Iterable[bytes | None] = (b"",),
    role: str = "all",
    headers: Iterable[tuple[bytes, bytes]] = (),
    larger: dict[str, int] | None = None,
) -> tuple[int, bytes]:
    """Status and content for a request whose body comes in these pieces; None is a client that has gone."""
    messages: Iterator[bytes | None] = iter(chunks)
    sent: list[Message] = []

    async def receive() -> Message:
        piece = next(messages, b"")
        if piece is None:
            return {"type": "http.disconnect"}
        if piece == b"slow":
            await asyncio.sleep(5)
        return {"type": "http.request", "body": piece, "more_body": piece != b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Doors(pages=page, gateway=gateway, role=role, larger=larger)(scope_of(path, headers), receive, send))
    status = next((m["status"] for m in sent if m["type"] == "http.response.start"), 0)
    return status, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")


@pytest.mark.parametrize(
    ("path", "said"),
    [("/", b"page 0"), ("/apiary/", b"page 0"), ("/api/v1/health", b"gateway"), ("/live/x", b"gateway")],
)
def test_each_path_has_its_door(path: str, said: bytes) -> None:
    assert ask(path) == (200, said)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [("web", "/", 200), ("web", "/api/v1/health", 404), ("gateway", "/", 404), ("gateway", "/api/v1/health", 200)],
)
def test_a_node_of_one_role_opens_one_door(role: str, path: str, status: int) -> None:
    assert ask(path, role=role)[0] == status


@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, 300_000])
def test_a_body_reaches_the_page_whole(size: int) -> None:
    body = b"x" * size
    assert ask("/", [body[:100], body[100:], b""]) == (200, f"page {size}".encode())


def test_a_body_over_the_limit_is_refused_without_reading_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LARGEST_BODY", 1000)

    def pieces() -> Iterator[bytes]:
        yield b"x" * 1001
        raise AssertionError("it read on")

    assert ask("/", pieces())[0] == 413
    assert ask("/", [b"x" * 1000, b""]) == (200, b"page 1000")


def test_some_addresses_take_larger_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LARGEST_BODY", 1000)
    larger = {"/webhooks/mail/": 2000}
    assert ask("/webhooks/mail/postmark/", [b"x" * 2000, b""], larger=larger) == (200, b"page 2000")
    assert ask("/webhooks/mail/postmark/", [b"x" * 2001, b""], larger=larger)[0] == 413
    assert ask("/webhooks/stripe/", [b"x" * 1001, b""], larger=larger)[0] == 413


def test_a_body_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "BODY_SECONDS", 0.1)
    assert ask("/", [b"x", b"slow"])[0] == 408


def test_a_client_that_has_gone_gets_no_answer() -> None:
    assert ask("/", [b"x", None]) == (0, b"")


def test_a_page_asked_in_contradictions_is_not_read() -> None:
    twice = [(b"host", b"a"), (b"host", b"b")]
    both = [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")]
    for headers in (twice, both):
        assert ask("/", [b"x", b""], headers=headers)[0] == 400
    assert ask("/", [b"x", b""], headers=[(b"host", b"a"), (b"transfer-encoding", b"Chunked")])[0] == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/health"])
def test_behind_a_proxy_with_tls_browsers_are_told_to_come_by_https_only(path: str) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Doors(pages=page, gateway=gateway, hsts_seconds=31536000)(scope_of(path), receive, send))
    assert (b"strict-transport-security", b"max-age=31536000") in sent[0]["headers"]
