"""At the device limit: asking the owner of the licence to swap a device for this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from frontdesk_client import documents
from frontdesk_client.errors import ReplacementExpired, ReplacementPending, ReplacementRefused
from frontdesk_client.transport import Transport

_SHORTEST, _LONGEST, _USUAL = 1, 300, 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """For how many seconds to go on asking, how to sleep, and whom to tell before each pause."""

    seconds: float
    sleep: Callable[[float], None]
    on_wait: Callable[[str, float], None] | None


def ask(transport: Transport, request: Mapping[str, object]) -> str:
    """Have the owner asked; the request's id. The server answers alike whatever it knows of the code."""
    return documents.text(transport.call("POST", "api/v1/replacements", body=request).document, "id")


def await_owner(transport: Transport, request_id: str, waiting: Waiting) -> None:
    """Return once the owner has agreed.

    Raises ``ReplacementRefused``, ``ReplacementExpired``, or ``ReplacementPending`` when the waiting is over.
    """
    waited = 0.0
    while True:
        told = transport.call("GET", f"api/v1/replacements/{quote(request_id, safe='')}").document
        status = documents.text(told, "status")
        if status != "pending":
            break
        pause = _pause(told.get("poll_after"))
        if waited + pause > waiting.seconds:
            raise ReplacementPending(request_id=request_id)
        if waiting.on_wait is not None:
            waiting.on_wait(request_id, pause)
        waiting.sleep(pause)
        waited += pause
    if status != "approved":
        raise ReplacementExpired if status == "expired" else ReplacementRefused


def _pause(seconds: object) -> float:
    """What the server asks for, within reason."""
    return float(min(max(seconds if isinstance(seconds, int) else _USUAL, _SHORTEST), _LONGEST))
