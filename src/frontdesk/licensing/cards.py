"""Code cards for the shop: A4 pages with ten cards each, to be cut along the marks.

fpdf2's own fonts hold Latin-1 only, and no other font can be relied on where we run. What they cannot show is written
with the nearest Latin letters; a name without any (Japanese, say) gives way to its slug, which is always ASCII.
"""

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import segno
from django.conf import settings

from frontdesk.catalog.models import Plan

if TYPE_CHECKING:
    from fpdf import FPDF

MOST_IN_A_FILE = 1_000
COLUMNS, ROWS = 2, 5
WIDTH, HEIGHT = 85.0, 54.0  # millimetres, as everything here
LEFT, TOP = (210 - COLUMNS * WIDTH) / 2, (297 - ROWS * HEIGHT) / 2
MARK, GAP, PADDING, QR = 5.0, 1.5, 6.0, 25.0
POINT = 72 / 25.4
INK, MUTED, CALM, PAPER = (24, 28, 36), (92, 100, 114), (246, 247, 250), (255, 255, 255)
NEAREST = str.maketrans(
    {"–": "-", "—": "-", "‐": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "…": "..."}
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Œ": "OE", "œ": "oe", "ẞ": "SS"}
)


def printable(text: str, fallback: str) -> str:
    """The text as Latin-1 can show it; the fallback when a letter of it would be lost."""
    written = [(character, _latin(character)) for character in text.translate(NEAREST)]
    is_whole = all(plain for character, plain in written if character.isalnum())
    return ("".join(plain for _character, plain in written).strip() if is_whole else "") or fallback


def _latin(character: str) -> str:
    if character.isprintable() and ord(character) < 256:
        return character
    bare = unicodedata.normalize("NFKD", character).encode("latin-1", "ignore").decode("latin-1")
    return "".join(each for each in bare if each.isprintable())


def activation_url(code: str) -> str:
    """What the QR holds: the code stands behind the #, so that no server's log ever has it."""
    return f"{settings.FRONTDESK_URL}/activate/#{code}"


def pdf(plan: Plan, codes: list[str]) -> bytes:
    """Cards for at most MOST_IN_A_FILE codes."""
    from fpdf import FPDF  # noqa: PLC0415 - a quarter of the time in which a web process starts, for what few ever print

    sheet = FPDF(format="A4", unit="mm")
    sheet.set_auto_page_break(auto=False)
    sheet.set_margin(0)
    for number, code in enumerate(codes):
        place = number % (COLUMNS * ROWS)
        if place == 0:
            sheet.add_page()
            _crop_marks(sheet)
        _card(sheet, plan, code, LEFT + place % COLUMNS * WIDTH, TOP + place // COLUMNS * HEIGHT)
    return bytes(sheet.output())


def zipped(plan: Plan, codes: list[str], name: str) -> Iterator[bytes]:
    """A zip of PDFs with MOST_IN_A_FILE cards each, made while it is sent."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # a PDF is compressed already
        for start in range(0, len(codes), MOST_IN_A_FILE):
            part = codes[start : start + MOST_IN_A_FILE]
            archive.writestr(f"{name}-{start // MOST_IN_A_FILE + 1:03}.pdf", pdf(plan, part))
            yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """A file that can only be appended to and is emptied as it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:  # type: ignore[override]  # zipfile writes bytes only
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def _card(sheet: "FPDF", plan: Plan, code: str, x: float, y: float) -> None:
    sheet.set_fill_color(*CALM)
    sheet.rect(x, y, WIDTH, HEIGHT, style="F")
    left, right = x + PADDING, x + WIDTH - PADDING
    write = partial(_text, sheet, left)
    room = WIDTH - 2 * PADDING - QR - 3
    write(y + 10, printable(str(settings.FRONTDESK_BRAND["name"]), "Frontdesk"), "helvetica", "B", 9, MUTED, room)
    write(y + 19, printable(plan.product.name, plan.product.slug), "helvetica", "B", 15, INK, room)
    write(y + 25.5, printable(plan.name, plan.slug), "helvetica", "", 11, INK, room)
    _qr(sheet, activation_url(code), right - QR, y + PADDING - 1)
    write(y + 40, code, "courier", "B", 14.5, INK, WIDTH - 2 * PADDING)
    write(y + 47.5, f"{settings.FRONTDESK_URL}/activate", "helvetica", "", 8, MUTED, WIDTH - 2 * PADDING)


def _text(
    sheet: "FPDF", x: float, y: float, text: str, family: str, style: str, size: float, ink: tuple[int, int, int],
    room: float,
) -> None:  # fmt: skip
    """One line that is set smaller until it fits."""
    sheet.set_text_color(*ink)
    sheet.set_font(family, style, size)
    width = sheet.get_string_width(text)
    if width > room:
        sheet.set_font(family, style, size * room / width)
    sheet.text(x, y, text)


def _qr(sheet: "FPDF", content: str, x: float, y: float) -> None:
    """A QR code as one path of rectangles, a run of dark modules each, on white with its quiet zone."""
    sheet.set_fill_color(*PAPER)
    sheet.rect(x, y, QR, QR, style="F")
    # Any mask can be read; trying all eight to find the prettiest costs four fifths of the time.
    matrix = segno.make(content, error="m", micro=False, boost_error=False, mask=2).matrix
    module = QR / (len(matrix) + 8)
    runs = []
    for row, modules in enumerate(matrix):
        bottom = (sheet.h - y - module * (row + 5)) * POINT
        for start, length in _dark_runs(modules):
            left, width = (x + module * (start + 4)) * POINT, module * length * POINT
            runs.append(f"{left:.3f} {bottom:.3f} {width:.3f} {module * POINT:.3f} re")
    # A thousand QR codes as single shapes take minutes; one path each takes a second.
    sheet._out("q 0 g " + " ".join(runs) + " f Q")  # noqa: SLF001 - fpdf2 offers no other quick way to draw a path


def _dark_runs(modules: bytearray) -> list[tuple[int, int]]:
    runs, start = [], None
    for place, module in enumerate([*modules, 0]):
        if module and start is None:
            start = place
        elif not module and start is not None:
            runs.append((start, place - start))
            start = None
    return runs


def _crop_marks(sheet: "FPDF") -> None:
    sheet.set_draw_color(*MUTED)
    sheet.set_line_width(0.1)
    bottom, right = TOP + ROWS * HEIGHT, LEFT + COLUMNS * WIDTH
    for column in range(COLUMNS + 1):
        x = LEFT + column * WIDTH
        sheet.line(x, TOP - GAP - MARK, x, TOP - GAP)
        sheet.line(x, bottom + GAP, x, bottom + GAP + MARK)
    for row in range(ROWS + 1):
        y = TOP + row * HEIGHT
        sheet.line(LEFT - GAP - MARK, y, LEFT - GAP, y)
        sheet.line(right + GAP, y, right + GAP + MARK, y)
