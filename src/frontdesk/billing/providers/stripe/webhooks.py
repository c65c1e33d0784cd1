"""Stripe's webhooks: the library checks the signature and the age; what comes from the future is refused here.

Payloads only say which object to look at. What we do not act upon gives no event, and is answered as taken.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from frontdesk.billing.providers.protocol import Event, NotAuthentic, ObjectKind
from frontdesk.billing.providers.stripe.snapshots import DISPUTES
from frontdesk.core import clock

HEADER = "Stripe-Signature"
TOLERANCE = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)  # clocks differ a little


def parse(headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> list[Event]:
    """The event in a body that is signed with one of the secrets. Raises NotAuthentic."""
    header = {name.lower(): value for name, value in headers.items()}.get(HEADER.lower(), "")
    if not any(_is_signed(raw, header, secret) for secret in secrets):
        raise NotAuthentic("the signature does not fit, or is too old")
    if _signed_at(header) > clock.real_now() + AHEAD:
        raise NotAuthentic("from the future")
    try:
        body = json.loads(raw)
        found = of_event(body)
        return [found] if found else []
    except (ValueError, KeyError, TypeError):
        raise NotAuthentic("not an event of Stripe's") from None


def of_event(body: Mapping[str, Any]) -> Event | None:
    """One of Stripe's events as ours; None when it is about nothing that we act upon."""
    about = _object(body["type"], body["data"]["object"])
    if about is None:
        return None
    return Event(
        id=body["id"],
        kind=body["type"],
        object_kind=about[0],
        object_ref=about[1],
        created_at=datetime.fromtimestamp(body["created"], UTC),
        raw=json.dumps(body),
    )


def _object(kind: str, item: Mapping[str, Any]) -> tuple[ObjectKind, str] | None:
    name = item["object"]
    if name == "checkout.session" and item["mode"] in ("payment", "setup"):
        return ObjectKind.SETUP if item["mode"] == "setup" else ObjectKind.PAYMENT, item["id"]
    if name == "payment_intent" and kind != "payment_intent.created":
        return ObjectKind.PAYMENT, item["id"]
    if name == "refund":
        return ObjectKind.REFUND, item["id"]
    if name == "dispute" and item["status"] in DISPUTES:
        return ObjectKind.DISPUTE, item["id"]
    return None


def _is_signed(raw: bytes, header: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(raw, header, secret, int(TOLERANCE.total_seconds()))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False
    return True


def _signed_at(header: str) -> datetime:
    """When it was signed; the library reads the first `t` too."""
    seconds = next(part[2:] for part in header.split(",") if part.startswith("t="))
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotAuthentic("no date") from None
