"""Files of conversations: what is taken, what is refused, and what becomes of them."""

import gzip
import random
import struct
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD

from frontdesk.core import clock, picture_decoding
from frontdesk.support.tickets import attachments, contents, filenames, jobs
from frontdesk.support.tickets.attachments import Incoming
from frontdesk.support.tickets.models import Attachment, Draft, PendingContact
from tests.support import desk

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **values: object) -> bytes:
    """A small picture."""
    target = BytesIO()
    Image.new(mode, size, 120 if mode in {"L", "P"} else None).save(target, kind, **values)
    return target.getvalue()


def archive(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def document(
    folder: str = "word", kind: str = "wordprocessingml.document.main", more: str = "docProps/app.xml"
) -> bytes:
    """An office document, as far as its directory goes."""
    types = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), f"{folder}/document.xml": b"<w/>", more: b"x"})


ODT = archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("name", "data", "kind", "shown"),
    [
        ("shot.PNG", picture(), "image/png", "shot.PNG"),
        ("photo.jpg", picture("JPEG"), "image/jpeg", "photo.jpg"),
        ("photo.exe", picture("JPEG"), "image/jpeg", "photo.exe.jpg"),
        ("scan.tiff", picture("TIFF"), "image/png", "scan.tiff.png"),
        ("old.bmp", picture("BMP"), "image/png", "old.bmp.png"),
        ("a.webp", picture("WEBP"), "image/webp", "a.webp"),
        ("a.avif", picture("AVIF"), "image/webp", "a.avif.webp"),
        ("bill", PDF, "application/pdf", "bill.pdf"),
        ("app.log", b"12:00 started\n12:01 failed\n", "text/plain", "app.log"),
        ("config.xml", b"<?xml version='1.0'?><settings/>", "text/plain", "config.xml.txt"),
        ("umlauts.txt", "Grüße".encode("latin-1"), "text/plain", "umlauts.txt"),
        ("notepad.txt", "Grüße".encode("utf-16"), "text/plain", "notepad.txt"),
        ("letter.docx", document(), contents.OOXML["word/"], "letter.docx"),
        ("sheet.docx", document("xl"), contents.OOXML["xl/"], "sheet.docx.xlsx"),
        ("letter.odt", ODT, "application/vnd.oasis.opendocument.text", "letter.odt"),
        ("logs.zip", archive({"a.log": b"x" * 9_000, "b/c.png": b"y"}), "application/zip", "logs.zip"),
        ("voice.mp3", b"ID3\x04\x00" + bytes(200), "audio/mpeg", "voice.mp3"),
        ("screen.mov", b"\x00\x00\x00\x14ftypqt  " + bytes(200), "video/mp4", "screen.mov"),
        ("screen.webm", b"\x1a\x45\xdf\xa3" + bytes(200), "video/webm", "screen.webm"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_takes_what_is_on_the_list_and_names_it_by_its_content(name: str, data: bytes, kind: str, shown: str) -> None:
    stored = attachments.store(name=name, data=data, content_type="application/x-msdownload")
    assert (stored.content_type, stored.name, stored.refused) == (kind, shown, "")
    assert stored.file.startswith("attachments/")
    assert shown not in stored.file
    with default_storage.open(stored.file) as file:
        assert len(file.read()) == stored.size


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("setup.pdf", b"MZ\x90\x00" + bytes(200), "executable"),
        ("tool", b"\x7fELF\x02\x01\x01\x00" + bytes(90), "executable"),
        ("run.txt", b"#!/bin/sh\nrm -rf /\n", "executable"),
        ("run.txt", b"\r\n  @ECHO OFF\r\ndel *\r\n", "executable"),
        ("letter.txt.js", b"alert(1)", "executable"),
        ("letter.pdf.exe ", b"only text", "executable"),
        ("a.txt", b"<!-- x --><!DOCTYPE html><p>Sign in", "web_page"),
        ("a.txt", b"\xef\xbb\xbf <html><body>", "web_page"),
        ("a.txt", "<HTML >".encode("utf-16"), "web_page"),
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "web_page"),
        ("picture.png", b"<?xml version='1.0'?><x:svg xmlns:x='http://www.w3.org/2000/svg'/>", "web_page"),
        ("letter.docx", document(more="word/vbaProject.bin"), "macros"),
        ("letter.docx", document(kind="wordprocessingml.macroEnabled.main"), "macros"),
        ("letter.docx", document(more="word/embeddings/oleObject1.bin"), "macros"),
        ("letter.odt", archive({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/a.xml": b""}), "macros"),
        ("letter.doc", contents.OLD_OFFICE + bytes(600), "old_office"),
        ("a.zip", archive({"deep/setup.exe": b"x"}), "executable"),
        ("a.zip", archive({"a.txt": b"x", "inner.zip": b"x"}), "archive"),
        ("a.zip", archive({"../../etc/passwd": b"x"}), "archive"),
        ("a.zip", archive({"big.txt": bytes(3_000_000)}), "archive"),
        ("a.zip", archive({f"{number}": b"" for number in range(1_001)}), "archive"),
        ("a.zip", b"PK\x03\x04 broken", "archive"),
        ("a.gz", gzip.compress(b"x", mtime=0), "archive"),
        ("a.dat", bytes(range(256)), "unknown_kind"),
        ("winmail.dat", b"\x78\x9f\x3e\x22\x00\x00" + bytes(90), "unknown_kind"),
        ("a.png", picture()[:60], "damaged_picture"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"x" * (attachments.MAX_SIZE + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refuses_what_could_harm_and_says_why(name: str, data: bytes, why: str) -> None:
    stored = attachments.store(name=name, data=data, content_type="text/plain")
    assert (stored.refused, stored.file) == (why, "")
    assert str(contents.REASONS[why])
    assert Attachment.objects.get().size == len(data)


def test_an_archive_that_is_locked_or_whose_files_overlap_is_refused() -> None:
    locked = bytearray(archive({"a.txt": b"secret"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert attachments.store(name="a.zip", data=bytes(locked)).refused == "archive_locked"
    plain = bytearray(archive({"a.txt": random.Random(1).randbytes(400)}))
    struct.pack_into("<I", plain, plain.index(b"PK\x01\x02") + 20, len(plain) + 1)
    assert attachments.store(name="a.zip", data=bytes(plain)).refused == "archive"


def test_a_photograph_loses_its_place_and_keeps_its_turn() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    data = picture("JPEG", (40, 30), exif=exif, comment=b"secret")
    stored = attachments.store(name="photo.jpg", data=data)
    with default_storage.open(stored.file) as file:
        made = file.read()
    assert b"Ada" not in made
    assert b"secret" not in made
    with Image.open(BytesIO(made)) as image:
        assert image.size == (30, 40) == (stored.width, stored.height)
        assert not image.getexif()


def test_what_hides_behind_a_picture_is_gone() -> None:
    stored = attachments.store(name="a.png", data=picture() + b"<script>alert(1)</script>PK\x03\x04")
    with default_storage.open(stored.file) as file:
        assert b"script" not in file.read()


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""
    data = bytearray(picture())
    struct.pack_into(">II", data, 16, width, height)
    import zlib

    struct.pack_into(">I", data, 29, zlib.crc32(bytes(data[12:29])))
    return bytes(data)


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 9_900), (7_000, 7_000), (0, 5)])
def test_a_picture_that_would_explode_is_refused(size: tuple[int, int]) -> None:
    assert attachments.store(name="a.png", data=bomb(*size)).refused == "damaged_picture"


def test_a_reasonable_animation_stays_one_and_another_becomes_its_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.new("RGB", (20, 20), (each * 20, 0, 0)) for each in range(6)]
    target = BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    stored = attachments.store(name="steps.gif", data=target.getvalue())
    with default_storage.open(stored.file) as file, Image.open(file) as image:
        assert getattr(image, "n_frames", 1) == 6
    monkeypatch.setattr(picture_decoding, "MOST_FRAMES", 3)
    assert attachments.store(name="steps.gif", data=target.getvalue()).content_type == "image/png"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.txt", "a.txt"),
        ("a\x00b\r\nc.txt", "ab c.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("photo\u200b\u2066.png", "photo.png"),
        ("  .bashrc ", "bashrc"),
        ("con.txt", "_con.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("", "file"),
        ("...", "file"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
        ("a\ud800.txt", "a.txt"),
        ("日本語.txt", "日本語.txt"),
    ],
)
def test_names_can_be_shown_and_saved(name: str, shown: str) -> None:
    assert filenames.cleaned(name) == shown


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=400),
    name=st.text(max_size=300),
    head=st.sampled_from([b"", *contents.PICTURES, b"PK\x03\x04"]),
)
def test_nothing_that_comes_raises(data: bytes, name: str, head: bytes) -> None:
    with transaction.atomic():
        stored = attachments.store(name=name, data=head + data, content_type=name, content_id=name)
        assert len(stored.name) <= 200
        assert bool(stored.file) != bool(stored.refused)
        attachments.forget(Attachment.objects.filter(pk=stored.pk))


def test_a_message_takes_so_many_files_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_COUNT", 3)
    monkeypatch.setattr(attachments, "MAX_SUM", 100)
    files = [Incoming(f"{size}.txt", b"x" * size) for size in (60, 50, 30, 5)]
    assert [row.refused for row in attachments.store_all(files)] == ["", "too_many", "", "too_many"]


def test_only_who_uploaded_a_file_can_send_or_remove_it() -> None:
    ada, eve = uuid4(), uuid4()
    mine = attachments.store(name="a.txt", data=b"mine", uploaded_by=ada)
    guests = attachments.store(name="b.txt", data=b"guest", upload_key="k" * 43)
    nobodys = attachments.store(name="c.txt", data=b"mail")
    ids = [guests.pk, mine.pk, nobodys.pk]
    assert attachments.claim(ids=ids, uploaded_by=ada) == [mine]
    assert attachments.claim(ids=ids, upload_key="k" * 43) == [guests]
    assert attachments.claim(ids=ids, uploaded_by=eve) == attachments.claim(ids=ids) == []
    assert not attachments.take_back(attachment_id=mine.pk, uploaded_by=eve)
    assert not attachments.take_back(attachment_id=nobodys.pk)
    assert attachments.take_back(attachment_id=mine.pk, uploaded_by=ada)
    assert not Attachment.objects.filter(pk=mine.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_no_message_claims_is_forgotten_with_its_file() -> None:
    old = attachments.store(name="a.txt", data=b"old", uploaded_by=uuid4())
    new = attachments.store(name="b.txt", data=b"new", uploaded_by=uuid4())
    asked = attachments.store(name="c.txt", data=b"guest", upload_key="waiting")
    drafted = attachments.store(name="d.txt", data=b"draft", uploaded_by=uuid4())
    talk, kim = desk.conversation(), desk.agent()
    Draft.objects.create(conversation=talk, person=kim, text="", attachments=[drafted.pk], changed_at=clock.now())
    now = clock.real_now()
    Attachment.objects.exclude(pk=new.pk).update(created_at=now - timedelta(hours=30))
    PendingContact.objects.create(
        token_hash=b"x" * 32, address="g@example.org", subject="s", text="t", upload_key="waiting", created_at=now,
        expires_at=now + timedelta(hours=18),
    )  # fmt: skip
    assert jobs.forget_uploads() == 1
    assert set(Attachment.objects.all()) == {new, asked, drafted}
    assert not default_storage.exists(old.file)
    assert default_storage.exists(new.file)


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_was_never_committed_is_found_and_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    began = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: began - timedelta(days=3))
    kept = attachments.store(name="a.txt", data=b"kept")
    with transaction.atomic():
        lost = attachments.store(name="b.txt", data=b"lost")
        transaction.set_rollback(True)
    monkeypatch.setattr(clock, "real_now", lambda: began)
    assert jobs.forget_orphans() == 1
    assert default_storage.exists(kept.file)
    assert not default_storage.exists(lost.file)
