"""What an activation is made of, kept in the store and checked whenever it is read."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from frontdesk_client import documents
from frontdesk_client.clocks import Clock
from frontdesk_client.device import machine_fingerprint, random_fingerprint
from frontdesk_client.documents import License
from frontdesk_client.errors import ClockWrong, KeysInvalid, LeaseExpired, LeaseInvalid, LicenseExpired, NotActivated
from frontdesk_client.keys import KeySet, TrustRoot, verify_key_set
from frontdesk_client.leases import KeyUnknown, Lease, check_time, verify_lease
from frontdesk_client.store import State, Store
from frontdesk_client.transport import Transport

log = logging.getLogger("frontdesk_client")


@dataclass(frozen=True, slots=True)
class Standing:
    """A right to run: the lease that proves it, and the licence as last heard of."""

    lease: Lease
    license: License
    refresh_due: bool
    offline: bool
    new_seat: bool = False


class Keeper:
    """One product's activation on this device. Every way in ends in ``accept``, every way out in ``standing``."""

    def __init__(
        self,
        *,
        product: str,
        root: TrustRoot,
        store: Store,
        clock: Clock,
        transport: Transport,
        find_fingerprint: Callable[[str], str | None] = machine_fingerprint,
    ) -> None:
        self.product = product
        self.root = root
        self.clock = clock
        self.transport = transport
        self._store = store
        self._find_fingerprint = find_fingerprint
        self._fingerprint = ""

    def state(self) -> State:
        """What is stored for this product and trust root; what another left there does not count."""
        return self._own(self._store.load())

    def update(self, change: Callable[[State], State]) -> State:
        """Change what is stored, in one step."""
        return self._store.update(lambda state: change(self._own(state)))

    def _own(self, state: State) -> State:
        if (state.product, state.trust_root) == (self.product, self.root.raw):
            return state
        return State(product=self.product, trust_root=self.root.raw, device_id=state.device_id)

    def fingerprint(self) -> str:
        """This device's fingerprint: from the machine's id, else a random one kept in the store."""
        if not self._fingerprint:
            found = self._find_fingerprint(self.product)
            self._fingerprint = found or self._kept_fingerprint()
        return self._fingerprint

    def _kept_fingerprint(self) -> str:
        known = self.state().device_id
        if known:
            return known
        return self.update(
            lambda state: state if state.device_id else replace(state, device_id=random_fingerprint())
        ).device_id

    # --- keys

    def keys(self, use_of: str | None = None, purpose: str = "") -> KeySet:
        """The stored key set; a fetched one when there is none, or it lacks the key id ``use_of`` for ``purpose``."""
        stored = self._stored_keys(self.state())
        if stored is not None and (use_of is None or stored.find(use_of, purpose)):
            return stored
        return self.take_keys(self.transport.call("GET", "api/v1/keys").document)

    def take_keys(self, document: Mapping[str, object]) -> KeySet:
        """Verify and keep a key set. Raises ``KeysInvalid`` or ``KeysRolledBack``."""

        def keep(state: State) -> State:
            key_set = verify_key_set(document, self.root, lowest_serial=state.keys_serial)
            return replace(state, keys=dict(key_set.document), keys_serial=key_set.serial)

        return verify_key_set(self.update(keep).keys, self.root)

    def _stored_keys(self, state: State) -> KeySet | None:
        try:
            return verify_key_set(state.keys, self.root) if state.keys else None
        except KeysInvalid:
            return None

    # --- leases

    def verify(self, compact: str, *, fetch: bool = True) -> Lease:
        """A genuine lease for this product and device, whatever the time. An unknown key is fetched once."""
        stored = self._stored_keys(self.state())
        try:
            if stored is None:
                raise KeyUnknown
            return self._verify_with(stored, compact)
        except KeyUnknown as unknown:
            if not fetch:
                raise LeaseInvalid from unknown
        fetched = self.take_keys(self.transport.call("GET", "api/v1/keys").document)
        try:
            return self._verify_with(fetched, compact)
        except KeyUnknown as unknown:
            raise LeaseInvalid("It is signed with a key the vendor does not vouch for.") from unknown

    def _verify_with(self, keys: KeySet, compact: str) -> Lease:
        return verify_lease(compact, keys, product=self.product, fingerprint=self.fingerprint())

    def accept(self, document: Mapping[str, object], change: Callable[[State], State], *, fetch: bool = True) -> Lease:
        """Take a fresh lease from the server's ``document`` into the store, together with ``change``.

        The time it was signed at counts as seen even when this device's clock then proves wrong.
        """
        compact, told = documents.text(document, "lease"), documents.member(document, "license")
        License.from_document(told)
        lease = self.verify(compact, fetch=fetch)
        seen = int(lease.issued_at.timestamp())
        now = self.clock.now()
        self.update(lambda state: replace(state, highest_seen=max(state.highest_seen, seen)))
        try:
            check_time(lease, now=now)
        except (LeaseExpired, LicenseExpired) as error:
            raise ClockWrong("By this clock, the confirmation just received has already run out.") from error
        self.update(lambda state: change(replace(state, lease=compact, license=told, refusal={})))
        log.debug("lease accepted, valid until %s", lease.expires_at)
        return lease

    def stored_lease(self) -> Lease:
        """The stored lease, verified without the network. Raises ``NotActivated`` or ``LeaseInvalid``."""
        state = self.state()
        if not state.lease:
            raise NotActivated
        return self.verify(state.lease, fetch=False)

    def standing(self, lease: Lease, *, new_seat: bool = False) -> Standing:
        """The right to run now. Raises ``ClockWrong``, ``LeaseExpired`` or ``LicenseExpired``."""
        state, now = self.state(), self.clock.now()
        check_time(lease, now=now, highest_seen=datetime.fromtimestamp(state.highest_seen, UTC))
        return Standing(
            lease=lease,
            license=License.from_document(state.license),
            refresh_due=now >= lease.refresh_after,
            offline=bool(state.offline),
            new_seat=new_seat,
        )
