"""Invoices, receipts and credit notes as PDF, in the language they were issued in.

The fonts of ours hold Latin, Greek, Cyrillic, Armenian and Georgian; a vendor whose customers write otherwise names a
font of their own (`FRONTDESK_PDF_FONT`). What no font holds is printed as an empty box, never left out unseen.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.billing.invoices.document import Document
from frontdesk.billing.models import Invoice

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent.parent / "fonts"
OURS = {"": FONTS / "DejaVuSans.ttf", "B": FONTS / "DejaVuSans-Bold.ttf"}
MARGIN, WIDTH, FOOT = 20.0, 170.0, 22.0  # millimetres, as everything here
INK, MUTED, LINE = (24, 28, 36), (92, 100, 114), (214, 218, 225)
BOX = "□"


def as_pdf(invoice: Invoice) -> bytes:
    """The document, which says of itself what it is; a paid invoice says how and when (the receipt)."""
    with translation.override(invoice.language):
        document = Document(invoice)
        sheet = _sheet(document)
        _head(sheet, document)
        _parties(sheet, document)
        if not document.is_correction:
            _lines(sheet, document)
            _totals(sheet, document)
        _settled(sheet, document)
        return bytes(sheet.output())


def printable(text: str) -> str:
    """The text with what our fonts hold; a letter that none holds becomes its plain one, or a box."""
    known = _letters()
    return "".join(each if ord(each) in known else _nearest(each, known) for each in unicodedata.normalize("NFC", text))


def _nearest(character: str, known: frozenset[int]) -> str:
    if not character.isprintable():
        return " " if character.isspace() else ""
    plain = [each for each in unicodedata.normalize("NFKD", character) if ord(each) in known]
    return "".join(plain) or BOX


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """All characters that our fonts (and the vendor's) hold."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - comes with fpdf2, and is needed only to print

    files = [OURS[""], *([settings.PDF_FONT] if settings.PDF_FONT else [])]
    known: set[int] = set()
    for file in files:
        with TTFont(file) as font:
            known |= set(font.getBestCmap())
    return frozenset(known)


def _sheet(document: Document) -> "FPDF":
    from fpdf import FPDF  # noqa: PLC0415 - a quarter of the time in which a web process starts

    class Sheet(FPDF):
        """A4 with a foot on each page."""

        def footer(self) -> None:
            """Who sells, and which page it is."""
            self.set_y(-FOOT + 4)
            _font(self, 8, MUTED)
            seller = " · ".join(document.seller)
            self.multi_cell(WIDTH - 30, 4, printable(seller), align="L", new_x="RIGHT", new_y="TOP")
            wider = self.get_string_width("{nb}") - self.get_string_width("0")  # what stands there till all are counted
            numbers = {"page": self.page_no(), "pages": "{nb}"}
            self.cell(30 + wider, 4, _("Page %(page)d of %(pages)s") % numbers, align="R")

    sheet = Sheet(format="A4", unit="mm")
    sheet.set_margins(MARGIN, MARGIN, MARGIN)
    sheet.set_auto_page_break(auto=True, margin=FOOT + 4)
    for style, file in OURS.items():
        sheet.add_font("own", style, file)
    if settings.PDF_FONT:
        sheet.add_font("vendor", "", settings.PDF_FONT)
        sheet.set_fallback_fonts(["vendor"], exact_match=False)
    sheet.set_title(f"{document.title} {document.invoice.number}")
    sheet.set_author(printable(document.seller[0] if document.seller else ""))
    sheet.set_lang(document.invoice.language)
    sheet.add_page()
    return sheet


def _head(sheet: "FPDF", document: Document) -> None:
    _font(sheet, 11, MUTED, "B")
    sheet.cell(WIDTH / 2, 8, printable(str(settings.FRONTDESK_BRAND["name"])))
    _font(sheet, 20, INK, "B")
    sheet.cell(WIDTH / 2, 8, document.title, align="R", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(12)


def _parties(sheet: "FPDF", document: Document) -> None:
    """The buyer on the left, number and dates on the right."""
    top = sheet.get_y()
    _font(sheet, 8, MUTED)
    sheet.cell(90, 5, _("Bill to"), new_x="LMARGIN", new_y="NEXT")
    for place, line in enumerate(document.buyer):
        _font(sheet, 10, INK, "B" if place == 0 else "")
        sheet.multi_cell(90, 5, printable(line), align="L", new_x="LMARGIN", new_y="NEXT")
    below, sheet_right = sheet.get_y(), MARGIN + 100
    sheet.set_y(top)
    for label, value in document.facts:
        sheet.set_x(sheet_right)
        _font(sheet, 9, MUTED)
        sheet.cell(30, 5.5, printable(label))
        _font(sheet, 9, INK)
        sheet.cell(40, 5.5, printable(value), align="R", new_x="LMARGIN", new_y="NEXT")
    sheet.set_y(max(below, sheet.get_y()) + 12)


def _lines(sheet: "FPDF", document: Document) -> None:
    _font(sheet, 9, MUTED)
    sheet.cell(130, 7, _("What"))
    sheet.cell(40, 7, _("Amount with tax"), align="R", new_x="LMARGIN", new_y="NEXT")
    _rule(sheet)
    for text, amount in document.lines:
        _font(sheet, 10, INK)
        _row(sheet, text, str(amount))
    _rule(sheet)


def _row(sheet: "FPDF", text: str, amount: str) -> None:
    """A line of the invoice, as high as its text, never torn apart by the end of a page."""
    written = printable(text)
    height = cast("float", sheet.multi_cell(125, 5.5, written, align="L", dry_run=True, output="HEIGHT"))
    if sheet.will_page_break(height + 3):
        sheet.add_page()
    top = sheet.get_y() + 1.5
    sheet.set_y(top)
    sheet.multi_cell(125, 5.5, written, align="L", new_x="LMARGIN", new_y="NEXT")
    bottom = sheet.get_y()
    sheet.set_xy(MARGIN + 130, top)
    sheet.cell(40, 5.5, printable(amount), align="R")
    sheet.set_y(bottom + 1.5)


def _totals(sheet: "FPDF", document: Document) -> None:
    rows: list[tuple[str, Any, str]] = [
        (_("Net"), document.net, ""),
        (document.tax_label, document.tax, ""),
        (_("Total"), document.gross, "B"),
    ]
    if sheet.will_page_break(8 * len(rows)):
        sheet.add_page()
    sheet.ln(2)
    for label, amount, style in rows:
        _font(sheet, 11 if style else 10, INK, style)
        sheet.cell(130, 6.5, printable(label), align="R")
        sheet.cell(40, 6.5, printable(str(amount)), align="R", new_x="LMARGIN", new_y="NEXT")


def _settled(sheet: "FPDF", document: Document) -> None:
    sheet.ln(10)
    _font(sheet, 9, INK)
    for sentence in document.settled:
        sheet.multi_cell(WIDTH, 5.5, printable(sentence), align="L", new_x="LMARGIN", new_y="NEXT")


def _font(sheet: "FPDF", size: float, ink: tuple[int, int, int], style: str = "") -> None:
    sheet.set_font("own", style, size)
    sheet.set_text_color(*ink)


def _rule(sheet: "FPDF") -> None:
    sheet.set_draw_color(*LINE)
    sheet.set_line_width(0.2)
    sheet.line(MARGIN, sheet.get_y(), MARGIN + WIDTH, sheet.get_y())
