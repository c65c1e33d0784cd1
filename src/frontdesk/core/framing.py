"""Whether a request says one thing about where its body ends and whom it asks.

A proxy and a server that read a contradiction differently can be made to see different requests (request smuggling).
The server's HTTP parser refuses most of them itself; this judges what it lets through.
"""

from collections.abc import Iterable

ONCE = frozenset({b"content-length", b"transfer-encoding", b"host"})
CHUNKED = b"chunked"


def is_ambiguous(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a header that may stand once stands twice, both lengths are given, or the encoding is not `chunked`."""
    seen: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in ONCE:
            if name in seen:
                return True
            seen[name] = value
    encoding = seen.get(b"transfer-encoding")
    return encoding is not None and (b"content-length" in seen or bytes(encoding).strip().lower() != CHUNKED)
