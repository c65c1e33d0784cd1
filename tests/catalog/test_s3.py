"""Releases in an S3-compatible storage: a small server on this machine stands in for it.

What is tested is our side: what we send to store and delete a file, and that downloads are sent on to a presigned,
short-lived address. The stand-in checks neither signatures nor permissions.
"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import override_settings

from frontdesk.catalog import files, releases
from frontdesk.catalog.models import Product, Release
from frontdesk.core.actors import Actor
from frontdesk.project.storage import s3_storage
from tests.catalog.conftest import CONTENT, publish, upload
from tests.catalog.test_downloads import fetch

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET, HEAD and DELETE of objects."""

    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    @property
    def key(self) -> str:
        """The object's name."""
        return unquote(urlsplit(self.path).path)

    def do_PUT(self) -> None:
        """Store."""
        self.objects[self.key] = self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(200)

    def do_GET(self) -> None:
        """Fetch."""
        found = self.objects.get(self.key)
        self.reply(404 if found is None else 200, found or b"")

    def do_HEAD(self) -> None:
        """Tell."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """Delete."""
        self.objects.pop(self.key, None)
        self.reply(204)

    def reply(self, status: int, body: bytes = b"") -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Quiet."""


@pytest.fixture
def bucket() -> Iterator[dict[str, bytes]]:
    """The objects of a bucket that the installation uses."""
    handler = type("OurBucket", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    storage = s3_storage(bucket="halcyon", endpoint=endpoint, key="key", secret="not secret", region="eu")
    with override_settings(STORAGES=settings.STORAGES | {"default": storage}):
        yield handler.objects  # type: ignore[attr-defined] # made three lines above
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_goes_to_the_bucket_and_downloads_are_sent_there(bucket: dict[str, bytes], release: Release) -> None:
    file = publish(release.product, "3.3.0")
    assert bucket == {f"/halcyon/{file.path}": CONTENT}
    answer = fetch(files.signed_url(file), Range="bytes=0-9")
    assert (answer.status_code, answer.content) == (307, b"")
    assert answer.headers["cache-control"] == "no-store"
    address = answer.headers["location"]
    query = parse_qs(urlsplit(address).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-disposition"] == ['attachment; filename="halcyon-shield-3.2.0.tar.gz"']
    assert httpx.get(address).content == CONTENT


def test_a_removed_file_leaves_the_bucket(bucket: dict[str, bytes], release: Release) -> None:
    file = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload())
    assert default_storage.exists(file.path)
    releases.remove_file(actor=SYSTEM, file=file)
    assert bucket == {}


def test_an_expired_link_is_not_sent_on(bucket: dict[str, bytes], product: Product, release: Release) -> None:
    file = publish(product, "3.3.0")
    releases.withdraw(actor=SYSTEM, release=file.release)
    assert fetch(files.signed_url(file)).status_code == 410
