"""Structured logs: one line an event, as JSON for a collector or as text on a terminal.

No personal data, no token, no code: an exception is logged by its class and where it rose, never by its text (a
database error quotes what was typed), and a request by its route, never by its path (a path may hold a token).
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]
FRAMES = 6


def configure(*, shape: str) -> None:
    """Send structlog's and the standard library's logs to stderr; `shape` is json, text or auto (by the terminal)."""
    as_json = shape == "json" or (shape == "auto" and not sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _impersonal_exception,
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_impersonal_request, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Refused and missing pages are everyday matters, and each would name its address.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("django.security").setLevel(logging.ERROR)
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)  # it quotes what was asked for
    logging.getLogger("fido2").setLevel(logging.ERROR)  # it names the passkeys it looks at
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _impersonal_exception(logger: Any, name: str, event: Event) -> Event:
    """An exception's class and the way to it, without its text and without values."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _impersonal_request(logger: Any, name: str, event: Event) -> Event:
    """Django's request logs carry the path in their text: it is replaced by the route."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    if record is not None and record.name.startswith("django.request"):
        match = getattr(request, "resolver_match", None)
        event["event"] = "request_failed"
        event["route"] = match.route if match else ""
        event["status"] = getattr(record, "status_code", 0)
    if record is not None and record.exc_info:
        event["exc_info"] = record.exc_info
        record.exc_info, record.exc_text = None, None
    return event
