"""What only one `frontdesk serve` may hold: the data folder's part, and the port."""

import fcntl
import platform
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

PORT_PATIENCE = 25  # seconds that the processes of a killed server may take to let go of its port

ANSWERING_PATIENCE = 2


@contextmanager
def served(role: str) -> Iterator[None]:
    """Hold the installation (role `all`), or one part of it, against a second `serve` of the same data.

    Raises SystemExit with one line when it is held.
    """
    folder = settings.DATA_FOLDER / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "serve.lock").open("w") as whole, (folder / f"serve-{role}.lock").open("w") as part:
        try:
            fcntl.flock(whole, (fcntl.LOCK_EX if role == "all" else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"frontdesk: the installation in {settings.DATA_FOLDER} is being served already") from None
        yield


@contextmanager
def port(number: int) -> Iterator[None]:
    """Hold the port: the server's SO_REUSEPORT would let a second one share it silently.

    The claim is a name in the kernel's own space for sockets, which ends with its holder; where there is none
    (macOS), the look that `await_port` takes has to do. Raises SystemExit with one line.
    """
    if platform.system() != "Linux":
        yield
        return
    with socket.socket(socket.AF_UNIX) as claim:
        try:
            claim.bind(f"\0frontdesk-port-{number}")
        except OSError:
            raise SystemExit(f"frontdesk: port {number} is taken; choose another: PORT={number + 1}") from None
        yield


def await_port(host: str, number: int) -> None:
    """Return once the port is free. Raises SystemExit with one line when it stays taken.

    What holds it may be left of a server of ours that was killed, which is waited for; one that goes on answering is
    somebody else's.
    """
    since = time.monotonic()
    while not _can_bind(host, number):
        patience = ANSWERING_PATIENCE if is_answering(number) else PORT_PATIENCE
        if time.monotonic() > since + patience:
            raise SystemExit(f"frontdesk: port {number} is taken; choose another: PORT={number + 1}")
        time.sleep(0.2)


def is_answering(number: int) -> bool:
    """Whether somebody accepts connections on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", number)) == 0


def _can_bind(host: str, number: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
    return True
