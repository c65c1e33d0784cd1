"""Where a request comes from. Pure functions, for pages and programs alike.

A header can be written by anyone, so X-Forwarded-For counts only as far as trusted proxies vouch for it.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
UNKNOWN = "0.0.0.0"  # noqa: S104 - the name of "we cannot tell", never bound to


def client_address(peer: str, forwarded_for: str, trusted: Iterable[str]) -> str:
    """The client's address: `peer` is who connected, `forwarded_for` the header, `trusted` our proxies (CIDR allowed).

    Read from the right: each hop counts only when the one that reported it is trusted.
    """
    proxies = _networks(tuple(trusted))
    client = _parse(peer)
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while client is not None and hops and any(client in network for network in proxies):
        reported = _parse(hops.pop())
        if reported is None:
            break
        client = reported
    return str(client) if client is not None else UNKNOWN


def prefix_of(address: str) -> str:
    """The network a client can move within at will: /24 for IPv4, /56 for IPv6."""
    parsed = _parse(address)
    if parsed is None:
        return f"{UNKNOWN}/24"
    return str(ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))


def _parse(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(proxy, strict=False) for proxy in trusted)
