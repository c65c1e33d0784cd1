"""The library's client, and what its errors mean: whether a request may have arrived is all that matters for money.

It tries nothing again by itself: after a second try nobody could say what became of the first.
"""

from collections.abc import Callable
from typing import Any

import requests  # what the library sends with, and what its errors are made of
import stripe
from urllib3.exceptions import MaxRetryError, NewConnectionError

from frontdesk.billing.providers.protocol import ProviderError

CONNECT_SECONDS, ANSWER_SECONDS = 4.0, 20.0


class MayHaveArrived(Exception):
    """No answer, or one that says nothing: the request may have taken effect."""


class Refused(Exception):
    """Stripe has answered, and said no. `error` is its own description, `is_card`: the bank's word."""

    def __init__(self, error: dict[str, Any], *, is_card: bool) -> None:
        super().__init__(str(error.get("code") or "refused"))
        self.error = error
        self.is_card = is_card


def transport() -> stripe.RequestsClient:
    """What carries the requests: a connection for each thread, which stays open."""
    return stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS))


def connect(*, key: str, base: str, carrier: stripe.RequestsClient) -> stripe.StripeClient:
    """A client for this key. `base` is Stripe's address (of a stand-in in tests); empty for the real one."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=0,
        http_client=carrier,
    )


def moving_money(call: Callable[[], Any]) -> dict[str, Any]:
    """What a call answers that moves money.

    Raises MayHaveArrived, Refused, and ProviderError when it is certain that nothing happened.
    """
    try:
        answer: dict[str, Any] = call().to_dict()
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise Refused(_described(error), is_card=isinstance(error, stripe.CardError)) from None
    except stripe.APIConnectionError as error:
        if _never_left(error.__cause__):
            raise ProviderError("Stripe cannot be reached") from None
        raise MayHaveArrived from None
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.RateLimitError) as error:
        raise ProviderError(type(error).__name__) from None
    except stripe.IdempotencyError:
        # Either the first call of this key is still under way, or it said something else: ask, do not repeat.
        raise MayHaveArrived from None
    except stripe.StripeError:
        raise MayHaveArrived from None
    return answer


def asking(call: Callable[[], Any]) -> dict[str, Any]:
    """What a call answers that moves nothing. Raises ProviderError, without Stripe's text: it may name people."""
    try:
        answer: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        raise ProviderError(f"{type(error).__name__} {error.code or ''}".strip()) from None
    return answer


def _described(error: stripe.StripeError) -> dict[str, Any]:
    found: dict[str, Any] = error.error.to_dict() if error.error else {}
    return found | {"code": found.get("code") or error.code}


def _never_left(cause: BaseException | None) -> bool:
    """Whether the connection did not come about, so that nothing was sent."""
    if isinstance(cause, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    inner = cause.args[0] if cause is not None and cause.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)
