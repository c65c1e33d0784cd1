"""The gateway's ASGI application.

The two frequent endpoints are answered straight away; Litestar routes everything else. Both read one table (`routes`).
"""

import gc
import traceback
from typing import Any, cast

import structlog
from litestar import Litestar, Request, Response, route
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from frontdesk.core.errors import NotFound
from frontdesk.core.framing import is_ambiguous
from frontdesk.core.metrics import ACTIVATIONS
from frontdesk.core.reasons import Refusal
from frontdesk.gateway import devices, threads
from frontdesk.gateway.description import description_door, docs_door
from frontdesk.gateway.errors import InternalError, RequestAmbiguous
from frontdesk.gateway.exchange import (
    Call,
    ClientGone,
    Header,
    Receive,
    Reply,
    Scope,
    Send,
    language_for,
    problem,
    wrong_method,
)
from frontdesk.gateway.files import attachment_door, file_door
from frontdesk.gateway.live import door as live
from frontdesk.gateway.moments import business
from frontdesk.gateway.routes import ENDPOINTS, Endpoint
from frontdesk.licensing.seats import rfc3339

log = structlog.get_logger(__name__)
COUNTED, OUTCOMES = {"activate", "activate_offline"}, {201: "created", 200: "held"}
METHODS: list[Method] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


async def answer(endpoint: Endpoint, call: Call) -> Reply:
    """The endpoint's reply; refusals and faults become problem documents. Raises ClientGone."""
    reply = await _answer(endpoint, call)
    if endpoint.name in COUNTED:
        ACTIVATIONS.labels(reply.outcome or OUTCOMES[reply.status]).inc()
    return reply


async def _answer(endpoint: Endpoint, call: Call) -> Reply:
    try:
        await business.now()  # so that every answer of a travelled demo tells the right time
        return await endpoint.handler(call)
    except Refusal as refusal:
        return problem(refusal, call.language())
    except ClientGone:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever breaks, the caller gets a problem document
        # Neither message nor values: they may hold what the customer entered.
        frames = traceback.extract_tb(fault.__traceback__)[-3:]
        where = [f"{frame.name}:{frame.lineno}" for frame in frames]
        log.error("gateway_fault", endpoint=endpoint.name, error=type(fault).__name__, where=where)
        return problem(InternalError(), call.language())


async def deliver(send: Send, reply: Reply) -> None:
    """Send a reply. A travelled demo tells its time, so that its products can follow."""
    headers = [*reply.all_headers(), *_time()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _time() -> list[Header]:
    return [(b"frontdesk-time", rfc3339(business.last_known()).encode())] if business.travelled else []


async def serve(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """One exchange, from the request to the sent reply."""
    try:
        reply = await answer(endpoint, Call(scope, receive))
    except ClientGone:
        return
    await deliver(send, reply)


def _door(path: str) -> HTTPRouteHandler:
    """Everything at one path: its endpoints by method, HEAD where there is GET, and 405 for other methods."""
    by_method = {endpoint.method: endpoint for endpoint in ENDPOINTS if endpoint.full_path == path}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    async def door(request: Request[Any, Any, Any]) -> Response[bytes]:
        call = Call(cast("Scope", request.scope), request.receive)
        endpoint = by_method.get(request.method)
        if endpoint is None:
            return _response(wrong_method(call.language(), *by_method))
        return _response(await answer(endpoint, call))

    # A name for each door: Litestar tells handlers apart by it.
    return route(path.replace("}", ":str}"), http_method=METHODS, name=path)(door)


def _response(reply: Reply) -> Response[bytes]:
    headers = {name.decode(): value.decode() for name, value in [*reply.all_headers(), *_time()]}
    headers.pop("content-length")  # Litestar counts itself
    kind = headers.pop("content-type", None)
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=kind)


def _unrouted(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What Litestar finds no route for."""
    return _response(problem(NotFound(), language_for(request.headers.get("accept-language", ""))))


def _ambiguous(call: Call) -> Reply:
    """Nothing of such a request is believed, so its connection is not used for a second one."""
    reply = problem(RequestAmbiguous(), call.language())
    reply.headers.append((b"connection", b"close"))
    return reply


def _settle() -> None:
    """What was loaded stays: the collector need not walk it again and again, which made the slowest answers slow."""
    gc.collect()
    gc.freeze()


_paths = sorted({endpoint.full_path for endpoint in ENDPOINTS})
_router = Litestar(
    route_handlers=[*map(_door, _paths), description_door, docs_door, file_door, attachment_door, live.stream_door],
    exception_handlers={HTTPException: _unrouted},
    on_startup=[live.start, _settle],
    on_shutdown=[live.stop, devices.stop, threads.stop],
    openapi_config=None,
    logging_config=None,  # Litestar's own would take the place of ours, and log what people typed
)
_frequent = {(endpoint.method, endpoint.full_path): endpoint for endpoint in ENDPOINTS if endpoint.frequent}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The door for programs."""
    if scope["type"] == "http":
        if is_ambiguous(scope["headers"]):
            await deliver(send, _ambiguous(Call(scope, receive)))
            return
        if scope["method"] not in METHODS:
            # Litestar would refuse it without saying what is allowed; our doors answer OPTIONS with 405, or 404.
            scope = scope | {"method": "OPTIONS"}  # type: ignore[operator]
        endpoint = _frequent.get((scope["method"], scope["path"]))
        if endpoint is not None:
            await serve(endpoint, scope, receive, send)
            return
    await _router(scope, receive, send)  # type: ignore[arg-type]  # Litestar names the same types its own way
