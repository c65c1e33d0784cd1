"""The endpoints that are asked seldom: they call a Django verb in a thread."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from django.conf import settings

from frontdesk.catalog.models import Channel, Platform
from frontdesk.core import signing
from frontdesk.core.errors import NotFound, RequestInvalid, TemporarilyUnavailable
from frontdesk.gateway import threads
from frontdesk.gateway.decoding import decode
from frontdesk.gateway.devices import LeaseQuestion, renewals
from frontdesk.gateway.exchange import Call, Reply
from frontdesk.gateway.live import listening
from frontdesk.gateway.shapes import (
    ActivationRequest,
    HealthReply,
    LiveHealth,
    OfflineRequest,
    OfflineReturn,
    ReplacementReply,
    ReplacementState,
)
from frontdesk.licensing import downloads, offline, replacements
from frontdesk.licensing.errors import ActivationRemoved, ActivationUnknown
from frontdesk.licensing.seats import Device, rfc3339

T = TypeVar("T")
_activation_request = msgspec.json.Decoder(ActivationRequest)
_offline_request = msgspec.json.Decoder(OfflineRequest)
_offline_return = msgspec.json.Decoder(OfflineReturn)
PATIENCE_SECONDS = 1.6  # while the database is away; a thread that hangs must not hold up the answer


async def verb(work: Callable[[], T], patience: float = PATIENCE_SECONDS) -> T:
    """What a Django verb answers. Raises TemporarilyUnavailable, and the verb's own refusals."""
    try:
        return await asyncio.wait_for(threads.run(work), patience)
    except (threads.DatabaseAway, TimeoutError, signing.NoKeys):
        raise TemporarilyUnavailable from None


async def health(call: Call) -> Reply:
    """GET /health: this process answers. `live` may say `away` meanwhile; pages then look for themselves."""
    live = LiveHealth(listening.database.state, listening.redis.state)
    return Reply(200, msgspec.json.encode(HealthReply("ok", live)))


async def keys(call: Call) -> Reply:
    """GET /keys: the published key set, exactly as the trust root signed it."""
    return Reply(200, msgspec.json.encode(await verb(signing.key_set)))


async def latest_release(call: Call) -> Reply:
    """GET /releases/{product}/latest: the newest release that this device may have."""
    activation = await _activation(call)
    product, platform, channel = _wanted(call)

    def find() -> dict[str, Any]:
        file, path = downloads.latest_for_activation(
            activation, product_slug=product, platform=platform, channel=channel
        )
        release = file.release
        assert release.published_at is not None  # noqa: S101 - only published releases are offered
        return {
            "product": release.product.slug,
            "version": release.version,
            "platform": file.platform,
            "channel": release.channel,
            "notes": release.notes,
            "published_at": rfc3339(release.published_at),
            "filename": file.filename,
            "size": file.size,
            "sha256": file.sha256,
            "url": f"{settings.FRONTDESK_URL}{path}",
            "signature": file.signature,
        }

    return Reply(200, msgspec.json.encode(await verb(find)))


async def ask_replacement(call: Call) -> Reply:
    """POST /replacements: asks the owner to give this device another one's seat; answers alike for every code."""
    asked = decode(_activation_request, await call.body())
    device = Device(asked.device.fingerprint, asked.device.name, asked.device.platform, asked.device.app_version)
    prefix = call.address_prefix()
    standing = await verb(
        lambda: replacements.ask(code_text=asked.code, product=asked.product, device=device, ip_prefix=prefix)
    )
    return Reply(202, msgspec.json.encode(ReplacementReply(standing.id, standing.poll_after)))


async def replacement(call: Call) -> Reply:
    """GET /replacements/{id}: how a request for another device's seat stands."""
    try:
        request_id = UUID(str(call.scope["path_params"]["id"]))
    except ValueError:
        raise NotFound from None
    standing = await verb(lambda: replacements.status(request_id))
    return Reply(200, msgspec.json.encode(ReplacementState(standing.id, standing.status, standing.poll_after)))


async def activate_offline(call: Call) -> Reply:
    """POST /offline-activations: answers the request file of a device without a connection; again is all right."""
    asked = decode(_offline_request, await call.body())
    prefix = call.address_prefix()
    answer = await verb(lambda: offline.activate(request=msgspec.to_builtins(asked), ip_prefix=prefix))
    return Reply(201 if answer.created else 200, msgspec.json.encode(answer.document))


async def return_offline(call: Call) -> Reply:
    """POST /offline-returns: frees the seat that a file signed by the device gives back; again is all right."""
    asked = decode(_offline_return, await call.body())
    await verb(lambda: offline.give_back(document=msgspec.to_builtins(asked)))
    return Reply(204)


async def _activation(call: Call) -> UUID:
    """The device behind the token; whether its licence is usable is for the verb to judge."""
    claim = call.token()
    row = await renewals.ask(LeaseQuestion(str(claim.activation), claim.proof.hex(), None))
    if row.outcome == ActivationUnknown.reason.code:
        raise ActivationUnknown
    if row.outcome == ActivationRemoved.reason.code:
        raise ActivationRemoved
    return row.activation_id


def _wanted(call: Call) -> tuple[str, str, str]:
    query = parse_qs(bytes(call.scope.get("query_string", b"")).decode("latin-1"), keep_blank_values=True)
    platform = query.get("platform", [""])[-1]
    channel = query.get("channel", [Channel.STABLE.value])[-1]
    if platform not in Platform.values:
        raise RequestInvalid(field="platform")
    if channel not in Channel.values:
        raise RequestInvalid(field="channel")
    product = str(call.scope["path_params"]["product"])
    if not product.isprintable():
        raise NotFound
    return product, platform, channel
