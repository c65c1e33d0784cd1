"""Invoices, receipts and credit notes as PDF, in the language they were issued in."""

from frontdesk.billing.models import Invoice


def as_pdf(invoice: Invoice) -> bytes:
    """The document, which says of itself what it is; a paid invoice says how and when (the receipt)."""
    raise NotImplementedError
