"""The whole of the SDK in one class: ``Client``."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from frontdesk_client import documents, offline, releases, replacements
from frontdesk_client.clocks import Clock, SystemClock
from frontdesk_client.codes import read_code
from frontdesk_client.device import Device, device_name, machine_fingerprint, platform_name
from frontdesk_client.errors import (
    ActivationRemoved,
    ActivationUnknown,
    FingerprintMismatch,
    FrontdeskError,
    LeaseExpired,
    LeaseForOtherDevice,
    LeaseForOtherProduct,
    LeaseInvalid,
    LicenseExpired,
    LicenseRefunded,
    LicenseSuspended,
    NotActivated,
    Refusal,
    refusal_from,
)
from frontdesk_client.keeper import Keeper, Standing, log
from frontdesk_client.keys import TrustRoot
from frontdesk_client.leases import Lease
from frontdesk_client.releases import Progress, Release
from frontdesk_client.store import State, Store
from frontdesk_client.transport import Patience, Transport

# After these the device must stop, lease or not; after the first three its seat is gone as well.
_SEAT_GONE = (ActivationUnknown, ActivationRemoved, FingerprintMismatch)
# A product may call ``check`` as often as it likes; after a failure the server is left alone for so many seconds.
_REST_AFTER_FAILURE = 300.0
_MUST_STOP = (*_SEAT_GONE, LicenseExpired, LicenseSuspended, LicenseRefunded)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known without asking anyone. ``problem`` says why the product must not run; None when it may."""

    activated: bool
    standing: Standing | None
    problem: FrontdeskError | None


class Client:
    """Activates a product on this device and answers whether it may run.

    ``server`` is the vendor's Frontdesk, ``product`` the slug, ``trust_root`` the ``fdroot_…`` text built into the
    product, ``store`` where the activation is kept. Safe to use from several threads and processes at once.
    """

    def __init__(
        self,
        server: str,
        product: str,
        trust_root: str,
        store: Store,
        clock: Clock | None = None,
        *,
        app_version: str = "0",
        name: str = "",
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        find_fingerprint: Callable[[str], str | None] = machine_fingerprint,
    ) -> None:
        clock = clock or SystemClock()
        self._app_version = app_version
        self._name = name or device_name()
        self._sleep = sleep
        self._transport = Transport(server, clock, patience=patience, sleep=sleep)
        self._keeper = Keeper(
            product=product,
            root=TrustRoot.parse(trust_root),
            store=store,
            clock=clock,
            transport=self._transport,
            find_fingerprint=find_fingerprint,
        )
        self._refreshing: threading.Thread | None = None
        self._rest_until = 0.0
        self._lock = threading.Lock()

    @property
    def server(self) -> str:
        """The server's address, ending in a slash."""
        return self._transport.server

    def health(self) -> bool:
        """Whether the server is there and well; asks once. Raises ``NoConnection`` and the like."""
        return self._transport.call("GET", "api/v1/health", once=True).document.get("status") == "ok"

    def activate(self, code: str) -> Standing:
        """Take a seat for this device, or find the one it has, and keep the lease.

        Raises ``CodeMalformed`` before any request; the refusals of the server; ``NoConnection``. Doing it again
        after a lost answer is safe: the same device never takes a second seat. With a code of another licence the
        device changes over: its seat of the former one is given back.
        """
        body = self._request(code)
        self._keeper.keys()  # a server we cannot trust shall not see a seat taken
        before = self._keeper.state()
        answer = self._transport.call("POST", "api/v1/activations", body=body)
        lease = self._take_seat(answer.document)
        self._leave(before, self._keeper.state())
        return self._keeper.standing(lease, new_seat=answer.status == 201)

    def check(self, *, wait: bool = False) -> Standing:
        """Whether the product may run, answered from this device; the server is asked only when it must be.

        When a refresh is due it runs in the background (``wait``: at once, before the answer). Raises ``NotActivated``,
        ``LeaseExpired``, ``LicenseExpired``, ``ClockWrong``, ``LeaseInvalid`` or what the server last refused with.
        """
        state = self._keeper.state()
        if state.refusal:
            return self._check_after_refusal(state)
        try:
            standing = self._keeper.standing(self._keeper.stored_lease())
        except (LeaseForOtherDevice, LeaseForOtherProduct):
            raise  # a copied folder; asking would end the activation of the device it came from
        except (LeaseExpired, LicenseExpired, LeaseInvalid) as error:
            return self._check_with_new_lease(state, error)
        if standing.refresh_due and state.token:
            if wait:
                return self._check_with_refresh(standing)
            self._refresh_in_background()
        return standing

    def status(self) -> Status:
        """The same without any request, and without raising."""
        state = self._keeper.state()
        try:
            if state.refusal:
                raise refusal_from(state.refusal)
            standing = self._keeper.standing(self._keeper.stored_lease())
        except FrontdeskError as error:
            return Status(bool(state.lease), None, error)
        return Status(True, standing, None)

    def refresh(self) -> Standing:
        """Ask the server for a new lease now. Raises ``NotActivated``, the refusals, ``NoConnection``."""
        token = self._token()
        body = {"fingerprint": self._keeper.fingerprint(), "app_version": self._app_version}
        try:
            document = self._transport.call("POST", "api/v1/leases", body=body, token=token).document
            lease = self._keeper.accept(document, lambda kept: kept)
        except _MUST_STOP as error:
            self._remember(error, token)
            raise
        return self._keeper.standing(lease)

    def settle(self, timeout: float | None = None) -> None:
        """Wait for a background refresh to end, at most ``timeout`` seconds; call it before a short program ends."""
        thread = self._refreshing
        if thread is not None:
            thread.join(timeout)

    def deactivate(self) -> None:
        """Give this device's seat back, then forget the activation. Raises ``NotActivated``, ``NoConnection``."""
        token = self._token()
        try:
            self._transport.call("DELETE", "api/v1/activations/current", token=token)
        except (ActivationUnknown, ActivationRemoved):
            log.debug("the seat was free already")
        self._keeper.update(_forget)

    def replace(
        self,
        code: str,
        *,
        request_id: str = "",
        wait: float = 86_400,
        on_wait: Callable[[str, float], None] | None = None,
    ) -> Standing:
        """At the device limit: ask the owner to swap a device for this one, wait for the answer, then activate.

        ``wait``: seconds to keep asking; then ``ReplacementPending`` carries the ``request_id`` to go on with later.
        ``on_wait(request_id, seconds)`` is called before each pause. Raises ``ReplacementRefused`` or
        ``ReplacementExpired``.
        """
        request = self._request(code)
        request_id = request_id or replacements.ask(self._transport, request)
        waiting = replacements.Waiting(wait, self._sleep, on_wait)
        replacements.await_owner(self._transport, request_id, waiting)
        return self.activate(code)

    def request_offline(self, code: str) -> dict[str, object]:
        """The request file's content, for a device without a connection. It holds the code: treat it so."""
        return offline.make_request(self._keeper, self._request(code))

    def complete_offline(self, answer: Mapping[str, object]) -> Standing:
        """Activate with the content of the answer file, without any connection. Raises ``OfflineAnswerInvalid``."""
        return offline.complete(self._keeper, answer)

    def return_offline(self) -> dict[str, object]:
        """Stop using an offline activation; the content of the return file that frees its seat. Safe to repeat."""
        return offline.make_return(self._keeper)

    def latest_release(self, *, platform: str = "", channel: str = "stable") -> Release:
        """The newest release this licence may use, its signature verified. Raises ``DownloadDamaged``, refusals."""
        return releases.latest(self._keeper, self._token(), platform or platform_name(), channel)

    def download(self, release: Release, target: Path | str, *, progress: Progress | None = None) -> Path:
        """Fetch the file to ``target`` (a folder, or the file's name), carrying on where an earlier try stopped.

        Size, SHA-256 and signature are right when this returns; otherwise ``DownloadDamaged``.
        """
        return releases.download(self._keeper, release, Path(target), progress)

    # --- the parts

    def _token(self) -> str:
        state = self._keeper.state()
        if state.token:
            return state.token
        if state.offline:
            remedy = "Activate online with your code for this. To give the seat back as it is, make a return file."
            raise NotActivated("It was activated without a connection.", title="This needs a connection", remedy=remedy)
        raise NotActivated

    def _request(self, code: str) -> dict[str, object]:
        device = Device(self._keeper.fingerprint(), self._name, platform_name(), self._app_version)
        return {"code": read_code(code), "product": self._keeper.product, "device": device.document()}

    def _take_seat(self, document: Mapping[str, object]) -> Lease:
        activation_id = documents.text(documents.member(document, "activation"), "id")
        token = documents.text(document, "token")
        return self._keeper.accept(
            document,
            lambda state: replace(
                state, activation_id=activation_id, token=token, offline={}, offline_return={}, offline_requests=[]
            ),
        )

    def _leave(self, before: State, now: State) -> None:
        """Give back the seat of another licence, whose token nobody keeps any more. Its owner can free it too."""
        if not before.token or before.license.get("id") == now.license.get("id"):
            return
        try:
            self._transport.call("DELETE", "api/v1/activations/current", token=before.token, once=True)
        except FrontdeskError as error:
            log.debug("the seat of the former licence stays: %s", error.reason)

    def _check_after_refusal(self, state: State) -> Standing:
        """The owner may have put things right since: ask again, and repeat the refusal when nobody answers."""
        refusal = refusal_from(state.refusal)
        if not state.token:
            raise refusal
        try:
            return self.refresh()
        except _MUST_STOP:
            raise
        except FrontdeskError as error:
            raise refusal from error

    def _check_with_new_lease(self, state: State, useless: FrontdeskError) -> Standing:
        if not state.token:
            raise useless
        try:
            return self.refresh()
        except _MUST_STOP:
            raise
        except FrontdeskError as error:
            raise useless from error

    def _check_with_refresh(self, standing: Standing) -> Standing:
        try:
            return self.refresh()
        except _MUST_STOP:
            raise
        except FrontdeskError as error:
            log.debug("refresh put off: %s", error.reason)
            return standing

    def _refresh_in_background(self) -> None:
        with self._lock:
            idle = self._refreshing is None or not self._refreshing.is_alive()
            if idle and time.monotonic() >= self._rest_until:
                self._refreshing = threading.Thread(target=self._refresh_quietly, name="frontdesk-refresh", daemon=True)
                self._refreshing.start()

    def _refresh_quietly(self) -> None:
        """A refusal is remembered by ``refresh`` and raised by the next ``check``; anything else waits till then."""
        try:
            self.refresh()
        except FrontdeskError as error:
            log.debug("refresh failed: %s", error.reason)
            self._rest_until = time.monotonic() + _REST_AFTER_FAILURE

    def _remember(self, error: Refusal, token: str) -> None:
        def stop(state: State) -> State:
            if state.token != token:
                return state  # activated anew in the meantime
            kept = _forget(state) if isinstance(error, _SEAT_GONE) else state
            return replace(kept, refusal=error.members())

        self._keeper.update(stop)


def _forget(state: State) -> State:
    """Without the activation; what protects against old answers (serial, time) stays."""
    return replace(state, activation_id="", token="", lease="", license={}, refusal={}, offline={})
