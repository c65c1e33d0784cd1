"""What we know of the client behind a request."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from frontdesk.accounts.browsers import places
from frontdesk.core import addresses


@dataclass(frozen=True)
class Browser:
    """What we note about a browser: its user agent, and the network and the address it comes from."""

    user_agent: str = ""
    ip_prefix: str = ""
    address: str = ""

    def place(self) -> str:
        """Where that is, in the reader's language, if a table of places is configured; empty otherwise."""
        return places.find(self.address)


def address(request: HttpRequest) -> str:
    """The client's address; X-Forwarded-For counts only from trusted proxies."""
    peer, header = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    return addresses.client_address(peer, header, settings.TRUSTED_PROXIES)


def prefix(request: HttpRequest) -> str:
    """The network the client comes from, which is what throttles count."""
    return addresses.prefix_of(address(request))


def browser(request: HttpRequest) -> Browser:
    """What the list of sessions shows of the client."""
    return Browser(request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:200], prefix(request), address(request))
