"""Downloads by signed address, through the gateway: pieces, resuming, and who may have what."""

import asyncio
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from frontdesk.accounts.models import Person
from frontdesk.catalog import files, releases
from frontdesk.catalog.errors import DownloadNeedsLicense
from frontdesk.catalog.models import PlanVersion, Product, ReleaseFile
from frontdesk.core import clock, signing
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.gateway.app import app
from frontdesk.licensing import downloads
from frontdesk.licensing.models import Activation, License
from tests.catalog.conftest import CONTENT, publish

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


def fetch(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    """One request to the gateway."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=cast("Any", app))  # the two projects type ASGI messages differently
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.request(method, url, headers={n.replace("_", "-"): v for n, v in headers.items()})

    return asyncio.run(ask())


@pytest.fixture
def url(file: ReleaseFile) -> str:
    """An address that works."""
    return files.signed_url(file)


def test_the_whole_file(url: str, file: ReleaseFile) -> None:
    reply = fetch(url)
    assert (reply.status_code, reply.content) == (200, CONTENT)
    assert reply.headers["content-length"] == str(len(CONTENT))
    assert reply.headers["etag"] == f'"{file.sha256}"'
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"] == 'attachment; filename="halcyon-shield-3.2.0.tar.gz"'


def test_head_tells_without_sending(url: str) -> None:
    reply = fetch(url, "HEAD", Range="bytes=0-9")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["content-length"] == str(len(CONTENT))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=300000-", 300000, len(CONTENT)),
        ("bytes=-7", len(CONTENT) - 7, len(CONTENT)),
        ("bytes=5-99999999999", 5, len(CONTENT)),
        ("bytes=-99999999999", 0, len(CONTENT)),
    ],
)
def test_one_piece(url: str, asked: str, start: int, end: int) -> None:
    reply = fetch(url, Range=asked)
    assert (reply.status_code, reply.content) == (206, CONTENT[start:end])
    assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert reply.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-", "bytes=0-1,5-6", "items=0-1", "nonsense"])
def test_what_is_no_single_range_gets_the_whole(url: str, asked: str) -> None:
    assert fetch(url, Range=asked).status_code == 200


@pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", "bytes=99999999-", "bytes=-0"])
def test_past_the_end(url: str, asked: str) -> None:
    reply = fetch(url, Range=asked)
    assert (reply.status_code, reply.content) == (416, b"")
    assert reply.headers["content-range"] == f"bytes */{len(CONTENT)}"


def test_resuming_gives_the_rest_only_of_the_same_file(url: str, file: ReleaseFile) -> None:
    begun = fetch(url, Range="bytes=0-499999")
    rest = fetch(url, Range="bytes=500000-", If_Range=begun.headers["etag"])
    assert begun.content + rest.content == CONTENT
    other = fetch(url, Range="bytes=500000-", If_Range='"another"')
    assert (other.status_code, other.content) == (200, CONTENT)


def test_an_unchanged_file_is_not_sent_again(url: str, file: ReleaseFile) -> None:
    assert fetch(url, If_None_Match=f'"{file.sha256}"').status_code == 304


def test_only_get_and_head(url: str) -> None:
    reply = fetch(url, "POST")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


def test_an_expired_link_says_so(file: ReleaseFile) -> None:
    url = files.signed_url(file, expires=timedelta(seconds=-1))
    reply = fetch(url)
    assert (reply.status_code, reply.json()["code"]) == (410, "download_expired")
    assert reply.headers["content-type"] == "application/problem+json"
    page = fetch(url, Accept="text/html,*/*")
    assert (page.status_code, page.headers["location"]) == (303, reply.json()["help_url"])


def test_a_changed_token_or_name_opens_nothing(url: str, product: Product, file: ReleaseFile) -> None:
    other = publish(product, "3.3.0", platform="macos")
    _empty, api, v1, door, token, name = url.split("/")
    swapped = "A" if token[5] != "A" else "B"
    for bad in [
        f"/{api}/{v1}/{door}/{token[:5]}{swapped}{token[6:]}/{name}",
        f"/{api}/{v1}/{door}/{token}=/{name}",
        f"/{api}/{v1}/{door}/{token}/other-name.exe",
        f"/{api}/{v1}/{door}/{token}",
        f"/{api}/{v1}/{door}/",
        f"/{api}/{v1}/{door}/ä/{name}",
        files.signed_url(other).replace(other.filename, "..%2f..%2fsecrets.json"),
    ]:
        reply = fetch(bad)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found"), bad


def test_a_withdrawn_release_stops_links_given_before(url: str, file: ReleaseFile) -> None:
    releases.withdraw(actor=SYSTEM, release=file.release)
    reply = fetch(url)
    assert (reply.status_code, reply.json()["code"]) == (410, "download_withdrawn")


def test_a_file_that_is_not_as_it_was_signed_is_not_sent(url: str, file: ReleaseFile) -> None:
    from django.core.files.storage import default_storage

    with open(default_storage.path(file.path), "ab") as stored:  # noqa: PTH123 - a storage path
        stored.write(b"x")
    assert fetch(url).status_code == 404
    default_storage.delete(file.path)
    assert fetch(url).status_code == 404


def test_names_in_other_letters_arrive(product: Product, keys: signing.Signer) -> None:
    file = publish(product, "3.2.0")
    ReleaseFile.objects.filter(pk=file.pk).update(filename="Schutz für alle 5%.zip")
    file.refresh_from_db()
    reply = fetch(files.signed_url(file))
    assert reply.status_code == 200
    assert "filename*=utf-8''Schutz%20f%C3%BCr%20alle%205%25.zip" in reply.headers["content-disposition"]


def license_of(person: Person | None, version: PlanVersion, days: int) -> License:
    now = clock.now()
    return License.objects.create(
        product=version.plan.product,
        plan_version=version,
        owner=person,
        starts_at=now - timedelta(days=400),
        expires_at=now + timedelta(days=days),
        created_at=now,
    )


@pytest.fixture
def licensed_file(product: Product, keys: signing.Signer) -> ReleaseFile:
    """A file for customers only."""
    return releases.offered_file(publish(product, "3.2.0", is_public=False).pk)


def test_a_public_file_is_for_everybody(file: ReleaseFile) -> None:
    url = downloads.link_for(None, releases.offered_file(file.pk))
    assert urlsplit(url).path.startswith("/api/v1/files/")
    assert fetch(url).status_code == 200


def test_a_licensed_file_needs_a_usable_license(licensed_file: ReleaseFile, version: PlanVersion) -> None:
    ada = Person.objects.create_user("ada@example.org")
    bob = Person.objects.create_user("bob@example.org")
    license_of(bob, version, days=-60)
    for stranger in (None, ada, bob):
        with pytest.raises(DownloadNeedsLicense):
            downloads.link_for(stranger, licensed_file)
    license_of(ada, version, days=30)
    assert fetch(downloads.link_for(ada, licensed_file)).status_code == 200


def test_a_device_gets_the_latest_of_its_own_product(licensed_file: ReleaseFile, version: PlanVersion) -> None:
    held = license_of(None, version, days=30)
    now = clock.now()
    device = Activation.objects.create(
        license=held, fingerprint=b"f" * 32, name="PC", platform="linux", created_at=now, last_seen_at=now
    )
    file, url = downloads.latest_for_activation(device.pk, product_slug="halcyon-shield", platform="linux")
    assert (file, fetch(url).status_code) == (licensed_file, 200)
    License.objects.filter(pk=held.pk).update(suspended_at=now)
    with pytest.raises(DownloadNeedsLicense):
        downloads.link_for_activation(device.pk, licensed_file)
    with pytest.raises(NotFound):
        downloads.link_for_activation(uuid4(), licensed_file)
