"""Codes on the shelf for the load over HTTP: real ones, and the requests of devices that enter them or renew."""

import json
import random
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from frontdesk.licensing import codes, tokens
from frontdesk.licensing.codes import ParsedCode

PRODUCT = "halcyon-shield"
BATCH = UUID(md5(b"batch", usedforsecurity=False).hexdigest())


def fill(url: str, folder: Path, *, licenses: int, requests: int) -> None:
    """Put codes into the database and write the prepared requests. Every code is entered by two devices."""
    warm, measured = [codes.generate() for _ in range(3_000)], [codes.generate() for _ in range(requests // 2)]
    into = "copy licensing_code (id, hash, tail, batch_id) from stdin"
    with psycopg.connect(url) as link, link.cursor() as cursor, cursor.copy(into) as copy:
        for code in warm + measured:
            copy.write_row((uuid4(), codes.digest(code), code.tail, BATCH))
    _write(folder / "warmup.requests", _activations(warm))
    _write(folder / "activations.requests", _activations(measured))
    _write(folder / "leases.requests", _leases(licenses, requests * 2))


def _activations(shelf: list[ParsedCode]) -> Iterator[dict[str, str]]:
    # The two devices of a code ask well apart, so that every second request redeems one.
    order = [(code, part) for at in range(0, len(shelf), 500) for part in (1, 2) for code in shelf[at : at + 500]]
    for code, part in order:
        device = {
            "fingerprint": f"bench {sha256(code.text.encode()).hexdigest()[:20]} {part}",
            "name": "bench",
            "platform": "linux",
            "app_version": "3.2.0",
        }
        yield {
            "path": "/api/v1/activations",
            "body": json.dumps({"code": code.text, "product": PRODUCT, "device": device}),
        }


def _leases(licenses: int, count: int) -> Iterator[dict[str, str]]:
    chance = random.Random(1)
    for _ in range(count):
        n = chance.randint(1, licenses)
        activation = UUID(md5(f"activation-{n}".encode(), usedforsecurity=False).hexdigest())
        secret = sha256(f"token-{n}".encode()).digest()[:24]
        yield {
            "path": "/api/v1/leases",
            "body": json.dumps({"fingerprint": f"fingerprint of bench {n}", "app_version": "3.2.0"}),
            "token": tokens.compose(activation, secret),
        }


def _write(path: Path, requests: Iterator[dict[str, str]]) -> None:
    with path.open("w") as file:
        for request in requests:
            file.write(json.dumps(request) + "\n")
