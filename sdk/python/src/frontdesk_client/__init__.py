"""Frontdesk for products: activate with a code, run on a signed lease, update safely."""

from frontdesk_client import errors
from frontdesk_client.client import Client, Status
from frontdesk_client.clocks import Clock, ServerClock, SystemClock
from frontdesk_client.codes import read_code
from frontdesk_client.documents import License
from frontdesk_client.errors import FrontdeskError
from frontdesk_client.keeper import Standing
from frontdesk_client.leases import Lease
from frontdesk_client.releases import Release
from frontdesk_client.store import FileStore, MemoryStore, State, Store
from frontdesk_client.transport import Patience
from frontdesk_client.version import __version__

__all__ = [
    "Client",
    "Clock",
    "FileStore",
    "FrontdeskError",
    "Lease",
    "License",
    "MemoryStore",
    "Patience",
    "Release",
    "ServerClock",
    "Standing",
    "State",
    "Status",
    "Store",
    "SystemClock",
    "__version__",
    "errors",
    "read_code",
]
