"""Where a request comes from."""

import pytest

from frontdesk.core.addresses import UNKNOWN, client_address, prefix_of

PROXIES = ["10.0.0.0/8", "fd00::1"]


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", UNKNOWN),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, header: str, expected: str) -> None:
    assert client_address(peer, header, PROXIES) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:aa:bbcc:1:2:3:4", "2001:db8:aa:bb00::/56"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("nonsense", "0.0.0.0/24"),
    ],
)
def test_throttles_count_the_network_a_client_moves_in(address: str, expected: str) -> None:
    assert prefix_of(address) == expected
