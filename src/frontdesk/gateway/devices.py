"""What every device uses, micro-batched: activation and renewal of the lease. And giving up a seat."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from frontdesk.core.errors import TemporarilyUnavailable
from frontdesk.gateway.decoding import decode
from frontdesk.gateway.exchange import Call, Reply
from frontdesk.gateway.keys import lease_key
from frontdesk.gateway.lanes import Connection, Lane
from frontdesk.gateway.moments import business
from frontdesk.gateway.shapes import (
    ActivationFacts,
    ActivationReply,
    ActivationRequest,
    LeaseReply,
    LeaseRequest,
    LicenseReply,
)
from frontdesk.licensing import codes, leases, seats, tokens
from frontdesk.licensing.errors import ActivationUnknown
from frontdesk.licensing.seats import LicenseFacts, SeatRequest, SeatRow

TAKE = "select * from licensing_take_seats(%s, %s, %s::text::json, %s::text::json)"
JUDGE = "select * from licensing_lease(%s, %s::text::json)"
REMOVE = "select outcome from licensing_remove_seats(%s, %s::uuid[], 'device', p_tokens => %s::text[])"
SEEN = "select licensing_seen(%s::text::json)"
STOP_SECONDS = 2.0
SEEN_SECONDS, SEEN_AT_ONCE, SEEN_AT_MOST = 5.0, 200, 20_000

_activation = msgspec.json.Decoder(ActivationRequest)
_renewal = msgspec.json.Decoder(LeaseRequest)
_encoder = msgspec.json.Encoder()


class LeaseQuestion(msgspec.Struct, frozen=True, gc=False):
    """One element of `p_requests` of licensing_lease."""

    activation: str
    token: str
    fingerprint: str | None


class LeaseRow(NamedTuple):
    """One row of its answer; as far as `offline_until` the same as a seat's."""

    n: int
    outcome: str
    activation_id: UUID
    created_at: datetime
    license_id: UUID
    product: str
    plan: str
    status: str
    starts_at: datetime
    expires_at: datetime
    grace_until: datetime
    device_limit: int
    devices_used: int
    lease_days: int
    features: list[str]
    offline_until: datetime | None

    @property
    def facts(self) -> LicenseFacts:
        """The licence's part of the row."""
        return LicenseFacts(*self[4:15])


async def _take(connection: Connection, asked: Sequence[SeatRequest]) -> list[SeatRow]:
    now, real_now = await business.now(), datetime.now(UTC)
    values = [now, real_now, _encoder.encode(asked).decode(), seats.limits(real_now)]
    cursor = await connection.execute(TAKE, values, prepare=True)
    return [SeatRow(*row) for row in await cursor.fetchall()]


async def _judge(connection: Connection, asked: Sequence[LeaseQuestion]) -> list[LeaseRow]:
    values = [await business.now(), _encoder.encode(asked).decode()]
    cursor = await connection.execute(JUDGE, values, prepare=True)
    return [LeaseRow(*row) for row in await cursor.fetchall()]


activations: Lane[SeatRequest, SeatRow] = Lane("activations", _take)
# What it writes (when devices were last seen) may be lost in a crash; it needs not wait for the disk.
renewals: Lane[LeaseQuestion, LeaseRow] = Lane("leases", _judge, options="-c synchronous_commit=off")


class Seen:
    """Collects when devices were last seen, and writes it in batches. What a crash loses comes again within a day."""

    def __init__(self) -> None:
        self._seen: dict[UUID, tuple[datetime, str]] = {}
        self._writer: asyncio.Task[None] | None = None

    def note(self, activation: UUID, moment: datetime, app_version: str) -> None:
        """Remember it; the writer runs only while there is something to write."""
        if len(self._seen) < SEEN_AT_MOST:
            self._seen[activation] = (moment, app_version)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write_later())

    async def _write_later(self) -> None:
        try:
            await asyncio.sleep(SEEN_SECONDS)
            await self.write()
        finally:
            self._writer = None

    async def write(self) -> None:
        """Write everything now, in portions between which renewals get their turn."""
        while self._seen:
            portion = [self._seen.popitem() for _ in range(min(SEEN_AT_ONCE, len(self._seen)))]
            rows = [{"activation": key, "seen_at": at, "app_version": version} for key, (at, version) in portion]
            values = [_encoder.encode(rows).decode()]

            async def run(connection: Connection, values: list[str] = values) -> None:
                await connection.execute(SEEN, values, prepare=True)

            try:
                await renewals.call(run)
            except TemporarilyUnavailable:
                return


seen = Seen()


async def activate(call: Call) -> Reply:
    """POST /activations: a seat for a device with a code."""
    asked = decode(_activation, await call.body())
    code = codes.parse(asked.code)
    signer = await lease_key.signer()  # first: a seat whose lease could not be signed would answer 503
    secret = tokens.fresh_secret()
    fingerprint = hashlib.sha256(asked.device.fingerprint.encode()).digest()
    row = await activations.ask(
        SeatRequest(
            fingerprint=fingerprint.hex(),
            name=asked.device.name,
            platform=asked.device.platform,
            app_version=asked.device.app_version,
            token=tokens.proof_of(secret).hex(),
            code=codes.digest(code).hex(),
            product=asked.product,
            bucket=seats.prefix_bucket(call.address_prefix()),
        )
    )
    if refusal := row.refusal():
        raise refusal
    facts = row.facts
    claims = leases.claims(
        activation=row.activation_id, license=facts, fingerprint=asked.device.fingerprint, now=await business.now()
    )
    reply = ActivationReply(
        activation=ActivationFacts(row.activation_id, seats.rfc3339(row.created_at)),
        license=license_reply(facts),
        token=tokens.compose(row.activation_id, secret),
        lease=leases.sign(signer, claims),
    )
    return Reply(201 if row.outcome == "created" else 200, _encoder.encode(reply))


async def renew(call: Call) -> Reply:
    """POST /leases: the next lease for a device with a token. Writes nothing while the device waits."""
    claim = call.token()
    asked = decode(_renewal, await call.body())
    signer = await lease_key.signer()
    fingerprint = hashlib.sha256(asked.fingerprint.encode()).hexdigest()
    row = await renewals.ask(LeaseQuestion(str(claim.activation), claim.proof.hex(), fingerprint))
    if row.outcome != "granted":
        raise seats.REFUSALS[row.outcome]
    now, facts = await business.now(), row.facts
    seen.note(row.activation_id, now, asked.app_version)
    claims = leases.claims(activation=row.activation_id, license=facts, fingerprint=asked.fingerprint, now=now)
    return Reply(200, _encoder.encode(LeaseReply(license_reply(facts), leases.sign(signer, claims))))


async def deactivate(call: Call) -> Reply:
    """DELETE /activations/current: the device gives its seat up; again is all right."""
    claim = call.token()
    outcomes: list[str] = []

    async def run(connection: Connection) -> None:
        values: list[Any] = [await business.now(), [claim.activation], [claim.proof.hex()]]
        cursor = await connection.execute(REMOVE, values)
        outcomes.extend(row[0] for row in await cursor.fetchall())

    await activations.call(run)
    if outcomes == [ActivationUnknown.reason.code]:
        raise ActivationUnknown
    return Reply(204)


def license_reply(facts: LicenseFacts) -> LicenseReply:
    """A licence as the API shows it."""
    return LicenseReply(
        id=facts.id,
        product=facts.product,
        plan=facts.plan,
        status=facts.status,  # type: ignore[arg-type]  # the SQL function answers only the words of the shape
        starts_at=seats.rfc3339(facts.starts_at),
        expires_at=seats.rfc3339(facts.expires_at),
        device_limit=facts.device_limit,
        devices_used=facts.devices_used,
    )


async def stop() -> None:
    """Write what was seen and close the connections; called when the server stops."""
    with suppress(TimeoutError):
        await asyncio.wait_for(seen.write(), STOP_SECONDS)
    await activations.close()
    await renewals.close()
    lease_key.forget()
    business.forget()
