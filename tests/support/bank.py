"""A provider for tests: a bank in memory that does what a test tells it, and refuses what a real one refuses.

It is idempotent by key, never pays back more than came in, and keeps the time of each change. A test says how the
next calls go: `bank.next("charge", Declines("expired_card"), TookEffectSilently())`; without a word they succeed.
Use the fixture `bank`, which makes it the provider of new payments.
"""

import hashlib
import hmac
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import RLock
from uuid import uuid4

import pytest

from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import (
    Capabilities,
    CardFacts,
    ChargeRequest,
    CheckoutRequest,
    DisputeStatus,
    Event,
    NotAuthentic,
    ObjectKind,
    Outcome,
    ProviderError,
    RefundRequest,
    SetupRequest,
    Snapshot,
)
from frontdesk.core import clock

SIGNED_BY = b"the bank of the tests"
BOUND = timedelta(minutes=5)


class Behaviour:
    """How one call goes. As it is: it succeeds."""


@dataclass(frozen=True)
class Declines(Behaviour):
    """The bank says no."""

    code: str = "declined"


class NeedsAction(Behaviour):
    """The customer must confirm (`bank.confirm`)."""


class Down(Behaviour):
    """It cannot be reached: nothing happens, ProviderError."""


class TookEffectSilently(Behaviour):
    """It happened, but the answer came after we gave up: UNKNOWN without a reference."""


class TookEffectThenRaised(Behaviour):
    """It happened, but the adapter could say nothing: ProviderError."""


class Lost(Behaviour):
    """The request was lost on its way: UNKNOWN, and nothing happened."""


@dataclass(frozen=True)
class Slow(Behaviour):
    """It takes its time, and then succeeds."""

    seconds: float = 0.2


SUCCEEDS = Behaviour()


@dataclass
class Record:
    """What the bank has in its books about one object."""

    snapshot: Snapshot
    changed_at: datetime = field(default_factory=clock.real_now)
    is_closed: bool = False


class Bank:
    """Implements the Protocol `Provider`."""

    def __init__(self, name: str = "bank", capabilities: Capabilities | None = None) -> None:
        self.name = name
        self.capabilities = capabilities or Capabilities()
        self.calls: Counter[str] = Counter()
        self.records: dict[str, Record] = {}
        self.detached: list[str] = []
        self._by_key: dict[str, str] = {}
        self._scripts: dict[str, deque[Behaviour]] = defaultdict(deque)
        self._lock = RLock()
        self._is_down = False
        self.is_careless = False  # whether it pays back more than came in, as some do

    # --- What a test says -----------------------------------------------------------------------------------------
    def next(self, call: str, *behaviours: Behaviour) -> None:
        """How the next calls ("checkout", "setup", "charge", "fetch", "close", "refund", "detach") go."""
        self._scripts[call].extend(behaviours)

    def down(self, is_down: bool = True) -> None:
        """Nothing can be reached, until it is up again."""
        self._is_down = is_down

    def pay(self, ref: str, *, decline: str = "", card: CardFacts | None = None) -> Snapshot:
        """The customer pays on the page of a checkout (or leaves a card there), or the bank declines it."""
        with self._lock:
            record = self.records[ref]
            if record.is_closed:
                raise AssertionError(f"the page of {ref} is closed")
            if decline:
                return self._change(ref, outcome=Outcome.FAILED, decline=decline)
            return self._change(ref, outcome=Outcome.SUCCEEDED, card=card or record.snapshot.card or new_card())

    confirm = pay  # 3-D Secure of a charge that needs action

    def open_dispute(self, payment_ref: str, *, amount_minor: int | None = None, reason: str = "fraudulent") -> str:
        """The customer's bank asks for the money; returns the dispute's reference."""
        paid = self.records[payment_ref].snapshot
        ref = f"dp_{uuid4().hex[:12]}"
        amount = paid.amount_minor if amount_minor is None else amount_minor
        snapshot = Snapshot(ObjectKind.DISPUTE, ref, Outcome.SUCCEEDED, amount, paid.currency, payment_ref=payment_ref)
        self.records[ref] = Record(replace(snapshot, dispute=DisputeStatus.OPEN, dispute_reason=reason))
        return ref

    def close_dispute(self, ref: str, *, won: bool) -> None:
        """The customer's bank decides."""
        self._change(ref, dispute=DisputeStatus.WON if won else DisputeStatus.LOST)

    def send_back(self, ref: str) -> Snapshot:
        """The customer's bank sends back a refund that had gone through: their account is closed, say."""
        return self._change(ref, outcome=Outcome.FAILED, decline="account_closed")

    def event(self, ref: str, *, event_id: str = "", kind: str = "changed") -> dict[str, str]:
        """An event about an object, as `webhook` sends it."""
        object_kind = self.records[ref].snapshot.kind if ref in self.records else ObjectKind.PAYMENT
        return {"id": event_id or f"evt_{uuid4().hex[:12]}", "kind": kind, "object": object_kind, "ref": ref}

    def webhook(self, *events: dict[str, str], at: datetime | None = None, key: bytes = SIGNED_BY) -> "Post":
        """A signed webhook; `at` and `key` make it late, early or forged."""
        raw = json.dumps({"at": (at or clock.real_now()).timestamp(), "events": events}).encode()
        return Post(raw, {"Bank-Signature": hmac.new(key, raw, hashlib.sha256).hexdigest()})

    # --- What a test asks -----------------------------------------------------------------------------------------
    def taken(self) -> int:
        """What came in, in minor units, over all payments."""
        return sum(each.amount_minor for each in self._succeeded(ObjectKind.PAYMENT))

    def returned(self) -> int:
        """What was paid back."""
        return sum(each.amount_minor for each in self._succeeded(ObjectKind.REFUND))

    def ref_of(self, key: str) -> str:
        """The object that was made under a key; empty when there is none."""
        return self._by_key.get(key, "")

    # --- The Protocol ---------------------------------------------------------------------------------------------
    def start_checkout(self, request: CheckoutRequest) -> Snapshot:
        """A page, at a path of its own."""
        return self._make("checkout", ObjectKind.PAYMENT, request.key, request.amount_minor, request.currency)

    def start_setup(self, request: SetupRequest) -> Snapshot:
        """A page for a card."""
        return self._make("setup", ObjectKind.SETUP, request.key, 0, "")

    def charge(self, request: ChargeRequest) -> Snapshot:
        """Take money."""
        card = CardFacts(ref=request.method_ref, customer_ref=request.customer.provider_ref)
        return self._make("charge", ObjectKind.PAYMENT, request.key, request.amount_minor, request.currency, card)

    def refund(self, request: RefundRequest) -> Snapshot:
        """Pay back, within what came in and while no dispute holds it."""
        return self._make(
            "refund", ObjectKind.REFUND, request.key, request.amount_minor, request.currency, None, request.payment_ref
        )

    def fetch(self, kind: ObjectKind, ref: str) -> Snapshot:
        """The object as it is."""
        self._begin("fetch")
        record = self.records.get(ref)
        if record is None or record.snapshot.kind != kind:
            raise ProviderError("no such object")
        return record.snapshot

    def close(self, ref: str) -> Snapshot:
        """Nobody pays there any more, unless somebody already has."""
        self._begin("close")
        with self._lock:
            record = self.records.get(ref)
            if record is None:
                raise ProviderError("no such object")
            if record.snapshot.outcome == Outcome.REQUIRES_ACTION:
                record.is_closed = True
                self._change(ref, outcome=Outcome.FAILED, decline="abandoned")
            return record.snapshot

    def detach(self, method_ref: str) -> None:
        """Forget a card."""
        self._begin("detach")
        self.detached.append(method_ref)

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """Check the signature and the time, in both directions."""
        signed = hmac.new(SIGNED_BY, raw, hashlib.sha256).hexdigest()
        given = {name.lower(): value for name, value in headers.items()}.get("bank-signature", "")
        if not hmac.compare_digest(signed, given):
            raise NotAuthentic("signature")
        body = json.loads(raw)
        at = datetime.fromtimestamp(body["at"], tz=clock.real_now().tzinfo)
        if abs(clock.real_now() - at) > BOUND:
            raise NotAuthentic("time")
        return [
            Event(each["id"], each["kind"], ObjectKind(each["object"]), each["ref"], at, json.dumps(each))
            for each in body["events"]
        ]

    def changed_since(self, since: datetime) -> list[tuple[ObjectKind, str]]:
        """What changed."""
        self._begin("changed")
        kinds = (ObjectKind.PAYMENT, ObjectKind.REFUND, ObjectKind.DISPUTE)
        rows = [(each.snapshot.kind, ref) for ref, each in self.records.items() if each.changed_at >= since]
        return [row for row in rows if row[0] in kinds]

    # --- Inside ---------------------------------------------------------------------------------------------------
    def _begin(self, call: str) -> Behaviour:
        with self._lock:
            self.calls[call] += 1
            script = self._scripts[call]
            behaviour = script.popleft() if script else SUCCEEDS
        if isinstance(behaviour, Slow):
            time.sleep(behaviour.seconds)
        if self._is_down or isinstance(behaviour, Down):
            raise ProviderError("down")
        return behaviour

    def _make(
        self,
        call: str,
        kind: ObjectKind,
        key: str,
        minor: int,
        currency: str,
        card: CardFacts | None = None,
        payment_ref: str = "",
    ) -> Snapshot:
        behaviour = self._begin(call)
        blank = Snapshot(kind, "", Outcome.UNKNOWN, minor, currency, key=key)
        if isinstance(behaviour, Lost):
            return blank
        with self._lock:
            if key not in self._by_key:
                ref = f"{kind}_{uuid4().hex[:12]}"
                snapshot = Snapshot(
                    kind, ref, Outcome.SUCCEEDED, minor, currency, card=card, payment_ref=payment_ref, key=key
                )
                self.records[ref] = Record(self._decide(call, snapshot, behaviour))
                self._by_key[key] = ref
            made = self.records[self._by_key[key]].snapshot
        if (made.amount_minor, made.currency, made.payment_ref) != (minor, currency, payment_ref):
            raise AssertionError(f"the key {key} was used for something else")
        if isinstance(behaviour, TookEffectSilently):
            return blank
        if isinstance(behaviour, TookEffectThenRaised):
            raise ProviderError("no answer")
        return made

    def _decide(self, call: str, snapshot: Snapshot, behaviour: Behaviour) -> Snapshot:
        page = f"/bank/{snapshot.ref}/"
        if isinstance(behaviour, Declines):
            return replace(snapshot, outcome=Outcome.FAILED, decline=behaviour.code)
        if call in ("checkout", "setup") or isinstance(behaviour, NeedsAction):
            return replace(snapshot, outcome=Outcome.REQUIRES_ACTION, action_url=page)
        if call == "refund" and not self.is_careless and self._refundable(snapshot.payment_ref) < snapshot.amount_minor:
            return replace(snapshot, outcome=Outcome.FAILED, decline="processing_error")
        return snapshot

    def _refundable(self, payment_ref: str) -> int:
        paid = self.records[payment_ref].snapshot
        about = [each.snapshot for each in self.records.values() if each.snapshot.payment_ref == payment_ref]
        gone = [each for each in about if each.kind == ObjectKind.REFUND and each.outcome == Outcome.SUCCEEDED]
        held = [each for each in about if each.dispute in (DisputeStatus.OPEN, DisputeStatus.LOST)]
        if paid.outcome != Outcome.SUCCEEDED or any(each.dispute == DisputeStatus.OPEN for each in held):
            return 0
        return paid.amount_minor - sum(each.amount_minor for each in [*gone, *held])

    def _change(self, ref: str, **values: object) -> Snapshot:
        with self._lock:
            record = self.records[ref]
            record.snapshot = replace(record.snapshot, **values)  # type: ignore[arg-type]  # fields by name
            record.changed_at = clock.real_now()
            return record.snapshot

    def _succeeded(self, kind: ObjectKind) -> list[Snapshot]:
        found = [each.snapshot for each in self.records.values()]
        return [each for each in found if each.kind == kind and each.outcome == Outcome.SUCCEEDED]


@dataclass(frozen=True)
class Post:
    """A webhook on its way: the body as it is, and its headers."""

    raw: bytes
    headers: dict[str, str]


def new_card(**values: object) -> CardFacts:
    """A card with a reference of its own."""
    defaults: dict[str, object] = {
        "ref": f"card_{uuid4().hex[:12]}",
        "customer_ref": "cus_1",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2030,
        "country": "DE",
    }
    return CardFacts(**(defaults | values))  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    """The bank, as the provider of new payments and the only one.

    By monkeypatch, which undoes in its own order what a test changes of the registry besides.
    """
    monkeypatch.setattr(registry, "_providers", {})
    monkeypatch.setattr(registry, "_selling", [])
    made = Bank()
    registry.enter(made)
    return made
