"""Pictures are made anew: nothing of a file but what is seen reaches a reader."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from frontdesk.support.helpcentre import pictures
from frontdesk.support.helpcentre.errors import PictureRefused
from frontdesk.support.helpcentre.models import Article, ArticleImage
from tests.helpcentre.pictures import picture, png
from tests.support.articles import SYSTEM, draft


@pytest.fixture
def article(db: None) -> Iterator[Article]:
    yield draft().translation.article
    for image in ArticleImage.objects.all():
        default_storage.delete(image.file)


def test_a_picture_is_served_to_everybody_for_ever_and_as_nothing_else(client: Client, article: Article) -> None:
    image = pictures.add(actor=SYSTEM, article=article, source=BytesIO(png(40, 30)))
    answer = client.get(image.address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    content = b"".join(answer)
    assert Image.open(BytesIO(content)).size == (40, 30)
    assert len(image.address) > 50
    assert client.get("/help/pictures/guess-40x30.png").status_code == 404
    default_storage.delete(image.file)
    assert client.get(image.address).status_code == 404


def test_the_same_file_again_is_the_same_picture(article: Article) -> None:
    made = [pictures.add(actor=SYSTEM, article=article, source=BytesIO(png())) for _ in range(2)]
    assert made[0] == made[1]
    assert ArticleImage.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [("PNG", "RGB", "PNG"), ("PNG", "RGBA", "PNG"), ("PNG", "P", "PNG"), ("PNG", "I;16", "PNG"), ("GIF", "P", "PNG"),
     ("JPEG", "RGB", "JPEG"), ("JPEG", "CMYK", "JPEG"), ("JPEG", "L", "JPEG"), ("WEBP", "RGBA", "WEBP")],
)  # fmt: skip
def test_what_browsers_show_is_taken(kind: str, mode: str, becomes: str) -> None:
    made = pictures.make_anew(picture(kind, mode=mode))
    opened = Image.open(BytesIO(made.data))
    assert (opened.format, opened.size, made.content_type) == (becomes, (40, 30), f"image/{becomes.lower()}")


def test_metadata_goes_and_the_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "A camera of Ada's"
    made = pictures.make_anew(picture("JPEG", 40, 30, exif=exif, comment=b"secret place"))
    opened = Image.open(BytesIO(made.data))
    assert opened.size == (30, 40)
    assert not opened.getexif()
    assert b"Ada" not in made.data
    assert b"secret" not in made.data


def test_large_ones_become_as_large_as_pages_show_them() -> None:
    made = pictures.make_anew(picture("JPEG", 6000, 3000))
    assert (made.width, made.height) == (2400, 1200)


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "raw",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"%PDF-1.7",
     b"MZ" * 99, png()[:60], picture("BMP"), picture("TIFF"), picture("ICO"), bomb(),
     png() * 9 + b"x" * pictures.LARGEST_FILE,
     picture("PNG", 8000, 6000, mode="1"), b"\xff\xd8\xff\xe0" + b"\0" * 50],
    ids=["empty", "head", "svg", "pdf", "program", "torn", "bmp", "tiff", "ico", "bomb", "large", "pixels", "jpeg"],
)  # fmt: skip
def test_everything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(PictureRefused):
        pictures.make_anew(raw)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]),
    at=st.integers(0, 400),
    flips=st.binary(min_size=1, max_size=8),
)
def test_broken_files_are_taken_or_refused_and_never_anything_else(kind: str, at: int, flips: bytes) -> None:
    raw = bytearray(picture(kind, mode="P" if kind == "GIF" else "RGB"))
    for offset, byte in enumerate(flips):
        raw[(at + offset) % len(raw)] ^= byte
    try:
        made = pictures.make_anew(bytes(raw))
    except PictureRefused:
        return
    assert made.data
