"""A client of the gateway in this process."""

import asyncio
from typing import Any

import httpx

from frontdesk.gateway import devices, threads
from frontdesk.gateway.app import app
from frontdesk.licensing.codes import ParsedCode
from tests.support.shop import PRODUCT

FINGERPRINT = "4f0a9c2e7b1d8360a5c4e2f19b7d6038"


class Api:
    """Requests one by one, or together."""

    def __init__(self, runner: asyncio.Runner, peer: str = "192.0.2.7") -> None:
        self._runner = runner
        self._transport = httpx.ASGITransport(app=app, client=(peer, 40000))

    def request(self, method: str, path: str, **values: Any) -> httpx.Response:
        """One request; `path` below /api/v1."""
        return self._runner.run(self._request(method, path, values))

    def post(self, path: str, body: Any, **values: Any) -> httpx.Response:
        """POST of JSON, or of raw bytes."""
        given = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.request("POST", path, **given, **values)

    def get(self, path: str, **values: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **values)

    def together(self, requests: list[tuple[str, str, dict[str, Any]]], most: int = 64) -> list[httpx.Response]:
        """Requests at the same moment, so many at once."""

        async def all_of_them() -> list[httpx.Response]:
            gate = asyncio.Semaphore(most)

            async def one(method: str, path: str, values: dict[str, Any]) -> httpx.Response:
                async with gate:
                    return await self._request(method, path, values)

            return await asyncio.gather(*[one(*each) for each in requests])

        return self._runner.run(all_of_them())

    def activate(self, code: ParsedCode | str, name: str = "laptop", **values: Any) -> httpx.Response:
        """An activation by a device of this name."""
        return self.post("/activations", activation(code, name, **values))

    def run(self, work: Any) -> Any:
        """Something else in the gateway's loop."""
        return self._runner.run(work)

    def stop(self) -> None:
        """Leave no connection behind."""
        self._runner.run(devices.stop())
        self._runner.run(threads.stop())

    async def _request(self, method: str, path: str, values: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://desk.test") as client:
            return await client.request(method, f"/api/v1{path}", **values)


def activation(code: ParsedCode | str, name: str = "laptop", **values: Any) -> dict[str, Any]:
    """The body of an activation."""
    text = code if isinstance(code, str) else code.text
    device = {"fingerprint": f"fingerprint of {name}", "name": name, "platform": "linux", "app_version": "3.2.0"}
    return {"code": text, "product": PRODUCT, "device": device} | values


def bearer(token: str) -> dict[str, dict[str, str]]:
    """The header that shows a token."""
    return {"headers": {"authorization": f"Bearer {token}"}}
