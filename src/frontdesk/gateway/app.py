"""The gateway's ASGI application."""

from litestar import Litestar, get

from frontdesk.gateway.files import file_door


@get("/api/v1/health", sync_to_thread=False)
def health() -> dict[str, str]:
    """Whether the service answers."""
    return {"status": "ok"}


app = Litestar(route_handlers=[health, file_door], openapi_config=None)
