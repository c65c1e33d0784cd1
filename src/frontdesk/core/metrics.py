"""What operators measure, counted where it happens, served by `project.metrics`. Labels hold nothing of customers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gives it no types
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "frontdesk_requests", "Requests answered, by door and class of status.", ["door", "status"], registry=REGISTRY
)
ACTIVATIONS = Counter(
    "frontdesk_activations",
    "Activations over the API: created, held (had a seat already), or the reason's code.",
    ["outcome"],
    registry=REGISTRY,
)
LANE_WAITING = Gauge(
    "frontdesk_lane_waiting",
    "Requests that wait for the lane's database connection.",
    ["lane"],
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
LANE_SECONDS = Histogram(
    "frontdesk_lane_batch_seconds",
    "Duration of a batch's call to the database.",
    ["lane"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
LIVE_STREAMS = Gauge("frontdesk_live_streams", "Open streams.", registry=REGISTRY, multiprocess_mode="livesum")
LIVE_WAKES = Counter("frontdesk_live_wakes", "Wakes heard.", registry=REGISTRY)
LIVE_REFUSED = Counter(
    "frontdesk_live_refused",
    "Streams refused: full, network (too many from one), ticket (unknown, late or spent).",
    ["why"],
    registry=REGISTRY,
)
DOORS = ("pages", "api")
_answered = {(door, group): REQUESTS.labels(door, f"{group}xx") for door in DOORS for group in range(1, 6)}

Send = Callable[[Any], Awaitable[None]]


def counting(send: Send, door: str) -> Send:
    """The same `send` (ASGI), which counts the answer's status when it begins."""

    async def counted(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            _answered[door, message["status"] // 100].inc()
        await send(message)

    return counted
