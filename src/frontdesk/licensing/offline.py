"""Activation without a connection: a request file in, an answer file with a longer lease out, a signed return."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from frontdesk.catalog.models import Platform
from frontdesk.core import clock, signing
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import codes, leases, seats
from frontdesk.licensing.errors import ActivationUnknown, OfflineRequestUsed
from frontdesk.licensing.models import Activation
from frontdesk.licensing.seats import Device, LicenseFacts, Offline, Seat, rfc3339

REQUEST, ANSWER, RETURN = "frontdesk-offline-request", "frontdesk-offline-answer", "frontdesk-offline-return"
VERSION = 1
NONCE = re.compile(r"[A-Za-z0-9_-]{22,86}")  # base64url of 16 to 64 bytes
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|^\\s+$")
DEVICE = Actor(ActorKind.DEVICE)


@dataclass(frozen=True)
class Answer:
    """The answer file's content, and whether a seat was taken for it (201) or held before (200)."""

    created: bool
    document: dict[str, Any]


def activate(*, request: object, ip_prefix: str, actor: Actor = DEVICE) -> Answer:
    """Seat the device of a request file and answer it. The same request again keeps its seat and its lease's end.

    `request` is whatever the uploaded JSON held. Raises RequestInvalid (`field`), CodeMalformed, OfflineRequestUsed
    (its seat was freed: an old file takes no new one) and what `seats.take` raises. `core.signing.NoKeys` means that
    the installation has no keys yet.
    """
    document = _document(request, REQUEST)
    device = _device(document)
    offline = Offline(_nonce(document), _public_key(document))
    code = codes.parse(_text(document, "code", 1, codes.LONGEST_TEXT))
    product = _text(document, "product", 1, 100)
    signer, keys = signing.signer("lease"), signing.key_set()
    seat = _seat(offline, actor=actor, device=device, code=code, product=product, address_prefix=ip_prefix)
    payload = leases.claims(
        activation=seat.activation,
        license=seat.license,
        fingerprint=str(device.fingerprint),
        now=clock.now(),
        offline_until=seat.offline_until,
        nonce=offline.nonce,
    )
    return Answer(seat.created, _answer(seat, leases.sign(signer, payload), keys))


def give_back(*, document: object) -> None:
    """Free the seat that a return file gives back; again is all right. The device's key must have signed it.

    Raises RequestInvalid (`field`, "signature" for a wrong one), ActivationUnknown.
    """
    content = _document(document, RETURN)
    nonce, returned_at = _nonce(content), _text(content, "returned_at", 1, 40)
    activation = _activation(_text(content, "activation_id", 36, 36), nonce)
    try:
        signature = signing.unb64(_text(content, "signature", 1, 200))
        signed = f"{RETURN}|{activation.id}|{nonce}|{returned_at}".encode()
        Ed25519PublicKey.from_public_bytes(bytes(activation.offline_key or b"")).verify(signature, signed)
    except (ValueError, InvalidSignature):
        raise RequestInvalid(field="signature") from None
    seats.remove(actor=DEVICE, activation=activation.id)


def _seat(offline: Offline, **asked: Any) -> Seat:
    """The seat; undone when the request's own seat was freed before. Taking it holds the locks that make this exact."""
    taken: Seat | Refusal
    with transaction.atomic():
        try:
            taken = seats.take(offline=offline, **asked)
        except Refusal as refusal:
            taken = refusal  # raised outside, so that an unknown code stays counted
        else:
            if _was_freed(offline.nonce, taken):
                transaction.set_rollback(True)
                taken = OfflineRequestUsed()
    if isinstance(taken, Refusal):
        raise taken
    return taken


def _was_freed(nonce: str, seat: Seat) -> bool:
    fingerprint = Activation.objects.values("fingerprint").filter(pk=seat.activation)
    freed = Activation.objects.filter(license=seat.license.id, removed_at__isnull=False, offline_nonce=nonce)
    return freed.filter(fingerprint__in=fingerprint).exists()


def license_document(facts: LicenseFacts) -> dict[str, Any]:
    """A licence as the API shows it."""
    return {
        "id": str(facts.id),
        "product": facts.product,
        "plan": facts.plan,
        "status": facts.status,
        "starts_at": rfc3339(facts.starts_at),
        "expires_at": rfc3339(facts.expires_at),
        "device_limit": facts.device_limit,
        "devices_used": facts.devices_used,
    }


def _answer(seat: Seat, lease: str, keys: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": ANSWER,
        "version": VERSION,
        "activation": {"id": str(seat.activation), "created_at": rfc3339(seat.created_at)},
        "license": license_document(seat.license),
        "lease": lease,
        "keys": keys,
    }


def _activation(text: str, nonce: str) -> Activation:
    try:
        activation_id = UUID(text)
    except ValueError:
        raise RequestInvalid(field="activation_id") from None
    if str(activation_id) != text.lower():
        raise RequestInvalid(field="activation_id")
    activation = Activation.objects.filter(pk=activation_id, offline_nonce=nonce).first()
    if activation is None or not activation.offline_key:
        raise ActivationUnknown
    return activation


def _document(content: object, kind: str) -> Mapping[str, object]:
    if not isinstance(content, dict) or content.get("type") != kind:
        raise RequestInvalid(field="type")
    if content.get("version") != VERSION:
        raise RequestInvalid(field="version")
    return content


def _device(document: Mapping[str, object]) -> Device:
    device = document.get("device")
    if not isinstance(device, dict):
        raise RequestInvalid(field="device")
    platform = _text(device, "platform", 1, 20, "device.")
    if platform not in Platform.values:
        raise RequestInvalid(field="device.platform")
    return Device(
        fingerprint=_text(device, "fingerprint", 16, 256, "device."),
        name=_text(device, "name", 1, 100, "device."),
        platform=platform,
        app_version=_text(device, "app_version", 1, 50, "device."),
    )


def _text(content: Mapping[str, object], name: str, least: int, most: int, prefix: str = "") -> str:
    text = content.get(name)
    # What is pasted around a code may hold line breaks; nothing else holds control characters.
    if not isinstance(text, str) or not least <= len(text) <= most or (name != "code" and UNWRITABLE.search(text)):
        raise RequestInvalid(field=f"{prefix}{name}")
    return text


def _nonce(document: Mapping[str, object]) -> str:
    nonce = document.get("nonce")
    if not isinstance(nonce, str) or not NONCE.fullmatch(nonce):
        raise RequestInvalid(field="nonce")
    return nonce


def _public_key(document: Mapping[str, object]) -> bytes:
    try:
        raw = signing.unb64(_text(document, "public_key", 1, 100))
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise RequestInvalid(field="public_key") from None
    return raw
