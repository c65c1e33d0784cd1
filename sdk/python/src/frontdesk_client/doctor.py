"""Walks the path of an activation step by step and says what to do where it breaks."""

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from frontdesk_client.clocks import SystemClock
from frontdesk_client.codes import read_code
from frontdesk_client.errors import CodeMalformed, FrontdeskError, KeysInvalid
from frontdesk_client.keys import TrustRoot, verify_key_set
from frontdesk_client.leases import CLOCK_TOLERANCE
from frontdesk_client.transport import Patience, Transport

GOOD, WARNING, BAD = "good", "warning", "bad"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: what was looked at, how it went, what was seen and, where needed, what to do."""

    step: str
    state: str
    seen: str
    remedy: str = ""

    def document(self) -> dict[str, object]:
        return dict(asdict(self))


class Doctor:
    """Examines the way to one server; changes nothing anywhere."""

    def __init__(
        self,
        server: str,
        *,
        trust_root: str = "",
        code: str = "",
        timeout: float = 10.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._transport = Transport(server, SystemClock(), patience=Patience(timeout=timeout, tries=1))
        self._target = urlsplit(self._transport.server)
        self._trust_root = TrustRoot.parse(trust_root) if trust_root else None
        self._code = code
        self._timeout = timeout
        self._now = now
        self._proxy = self._find_proxy()

    def walk(self) -> Iterator[Finding]:
        """The steps in the order a request takes them, ending with the first that fails; then the code's shape."""
        for step in (
            self._look_at_proxy,
            self._look_up_name,
            self._connect,
            self._speak_tls,
            self._ask_health,
            self._compare_clocks,
            self._check_keys,
        ):
            finding = step()
            if finding is not None:
                yield finding
                if finding.state == BAD:
                    break
        if self._code:
            yield self._look_at_code()

    # --- the steps

    def _look_at_proxy(self) -> Finding:
        if self._proxy:
            # Without its user name and password.
            return Finding("proxy", GOOD, f"Requests go through the proxy {self._hop()[0]}, port {self._hop()[1]}.")
        return Finding("proxy", GOOD, "No proxy is set; requests go straight to the server.")

    def _look_up_name(self) -> Finding:
        host, port = self._hop()
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            remedy = "Check the spelling of the address, your internet connection, and your name server (DNS)."
            return Finding("name", BAD, f"The name {host} is not known.", remedy)
        addresses = sorted({str(entry[4][0]) for entry in found})
        return Finding("name", GOOD, f"{host} is {', '.join(addresses[:3])}.")

    def _connect(self) -> Finding:
        host, port = self._hop()
        try:
            with socket.create_connection((host, port), timeout=self._timeout):
                return Finding("connection", GOOD, f"Port {port} is open.")
        except OSError as error:
            remedy = (
                "Allow this program in your firewall, or ask your network's administrator about "
                f"{host}, port {port}. Offline activation works without a connection."
            )
            return Finding("connection", BAD, f"No connection to port {port} ({error.strerror or error}).", remedy)

    def _speak_tls(self) -> Finding | None:
        if self._target.scheme == "http":
            if self._target.hostname in _LOOPBACK:
                return None
            remedy = "Use an address that starts with https:// unless you trust everyone on this network."
            return Finding("encryption", WARNING, "The connection is not encrypted.", remedy)
        if self._proxy:
            return None  # the health check goes through the proxy, and encrypts
        try:
            with self._handshake() as secured:
                return Finding("encryption", GOOD, f"{secured.version()}, and the certificate is valid.")
        except ssl.SSLCertVerificationError as error:
            remedy = (
                "Check the date of this computer, and whether a virus scanner or your network replaces certificates."
            )
            return Finding("encryption", BAD, f"The certificate is not valid: {error.verify_message}.", remedy)
        except OSError as error:
            remedy = "Something between you and the server does not let encrypted connections pass."
            return Finding("encryption", BAD, f"No encrypted connection ({error.strerror or error}).", remedy)

    def _handshake(self) -> ssl.SSLSocket:
        plain = socket.create_connection(self._hop(), timeout=self._timeout)
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.hostname)
        except BaseException:
            plain.close()
            raise

    def _ask_health(self) -> Finding:
        try:
            healthy = self._transport.call("GET", "api/v1/health").document.get("status") == "ok"
        except FrontdeskError as error:
            return Finding("server", BAD, f"{error.title}. {error.detail}".strip(), error.remedy)
        if not healthy:
            return Finding(
                "server", BAD, "The server is there, but says it is not well.", "Try again in a few minutes."
            )
        return Finding("server", GOOD, "The licence server is there and well.")

    def _compare_clocks(self) -> Finding:
        try:
            with self._transport.open("GET", urljoin(self._transport.server, "api/v1/health"), {}) as reply:
                there = parsedate_to_datetime(reply.headers.get("Date", ""))
        except (FrontdeskError, ValueError, http.client.HTTPException):
            return Finding("clock", WARNING, "The server did not tell its time.")
        difference = self._now() - there.astimezone(UTC)
        if abs(difference) > CLOCK_TOLERANCE:
            side = "ahead of" if difference.total_seconds() > 0 else "behind"
            remedy = "Set date, time and time zone of this computer right, best automatically."
            minutes = int(abs(difference).total_seconds() // 60)
            return Finding("clock", BAD, f"This computer's clock is {minutes} minutes {side} the server's.", remedy)
        return Finding("clock", GOOD, "This computer's clock agrees with the server's.")

    def _check_keys(self) -> Finding | None:
        if self._trust_root is None:
            return None
        try:
            verify_key_set(self._transport.call("GET", "api/v1/keys").document, self._trust_root)
        except KeysInvalid as error:
            return Finding("keys", BAD, f"{error.title}. {error.detail}", error.remedy)
        except FrontdeskError as error:
            return Finding("keys", BAD, error.title, error.remedy)
        return Finding("keys", GOOD, "The server's keys are vouched for by the vendor.")

    def _look_at_code(self) -> Finding:
        try:
            read_code(self._code)
        except CodeMalformed as error:
            return Finding("code", BAD, f"{error.title}. {error.detail}", error.remedy)
        return Finding("code", GOOD, "The code has the right shape.")

    # --- the way

    def _find_proxy(self) -> str:
        host = self._target.hostname or ""
        if urllib.request.proxy_bypass(host):
            return ""
        return urllib.request.getproxies().get(self._target.scheme, "")

    def _hop(self) -> tuple[str, int]:
        """Whom this device talks to first: the proxy, or the server itself."""
        hop = (
            urlsplit(self._proxy if "://" in self._proxy else f"http://{self._proxy}") if self._proxy else self._target
        )
        return hop.hostname or "", hop.port or _PORTS.get(hop.scheme, 80)
