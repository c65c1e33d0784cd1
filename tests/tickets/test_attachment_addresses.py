"""Files of conversations by signed address, through the gateway."""

from datetime import timedelta

import pytest

from frontdesk.core import clock
from frontdesk.support.tickets import attachments, files
from frontdesk.support.tickets.models import Attachment
from tests.catalog.test_downloads import fetch
from tests.tickets.test_attachments import picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_text_is_saved_never_shown() -> None:
    stored = attachments.store(name="Grüße.log", data=b"0123456789")
    reply = fetch(files.signed_url(stored))
    assert (reply.status_code, reply.content) == (200, b"0123456789")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment; ")
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert reply.headers["x-content-type-options"] == "nosniff"
    piece = fetch(files.signed_url(stored), Range="bytes=2-4")
    assert (piece.status_code, piece.content) == (206, b"234")


def test_a_picture_of_our_making_is_shown() -> None:
    stored = attachments.store(name="a.png", data=picture())
    reply = fetch(files.signed_url(stored))
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-disposition"] == 'inline; filename="a.png"'
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_an_address_is_for_one_file_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (attachments.store(name=f"{name}.txt", data=name.encode()) for name in "ab")
    url = files.signed_url(one)
    token = url.split("/")[-2]
    assert fetch(url.replace("a.txt", "b.txt")).status_code == 404
    assert fetch(url.replace(token, ("A" if token[0] != "A" else "B") + token[1:])).status_code == 404
    assert fetch(f"/api/v1/files/{token}/a.txt").status_code == 404
    assert fetch(url).content == b"a"
    later = clock.real_now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert fetch(url).status_code == 410
    assert fetch(files.signed_url(other)).status_code == 200
    Attachment.objects.all().delete()
    assert fetch(files.signed_url(other)).status_code == 404
