"""Redis as the way of wakes between many nodes: used where REDIS_URL names one, done without while it is away."""

import hashlib
import hmac
import time
from functools import lru_cache
from importlib import import_module
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 0.25  # a customer's request waits for this
AWAY_SECONDS = 5.0  # for so long it is not tried again
CHECK_SECONDS = 2.0
_away_until = 0.0


def channel() -> str:
    """This installation's channel: channels of Redis are shared by all its databases, and maybe by installations."""
    digest = hmac.new(settings.SECRETS.token_key.encode(), b"live channel", hashlib.sha256).hexdigest()[:16]
    return f"frontdesk_live:{digest}"


def is_usable() -> bool:
    """Whether wakes go by Redis now."""
    return bool(settings.REDIS_URL) and time.monotonic() >= _away_until


def publish(written: list[str]) -> bool:
    """Hand wakes to Redis; False when it did not take them all, and the other way must serve."""
    global _away_until  # noqa: PLW0603 - one state of a process, as the client below
    try:
        with _client(PATIENCE_SECONDS).pipeline(transaction=False) as pipe:
            for each in written:
                pipe.publish(channel(), each)
            pipe.execute()
    except _errors() as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        log.warning("redis_away", error=type(error).__name__)
        return False
    return True


def fault() -> str:
    """Why Redis does not answer; empty when it does, or is not used."""
    if not settings.REDIS_URL:
        return ""
    try:
        _client(CHECK_SECONDS).ping()
    except _errors() as error:
        return type(error).__name__
    return ""


@lru_cache
def _client(seconds: float) -> Any:
    # Loaded only where it is used.
    without_retries = {"retry": None, "socket_timeout": seconds, "socket_connect_timeout": seconds}
    return import_module("redis").Redis.from_url(settings.REDIS_URL, **without_retries)


def _errors() -> tuple[type[Exception], ...]:
    return (import_module("redis").RedisError, OSError)
