"""What stands on an invoice or credit note, for the page and for the PDF alike, in the active language."""

from datetime import datetime

from babel.numbers import format_decimal
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from frontdesk.billing.forms import country_name
from frontdesk.billing.models import Invoice, InvoiceKind, Payment
from frontdesk.billing.zones import zone_of
from frontdesk.core.money import Money


class Document:
    """An issued invoice in words. Amounts are `Money`; days are those of the contract's zone."""

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        self.is_credit_note = invoice.kind == InvoiceKind.CREDIT_NOTE
        self.is_correction = invoice.kind == InvoiceKind.CORRECTION

    @property
    def title(self) -> str:
        """What kind of document it is; a paid invoice is its own receipt."""
        if self.is_correction:
            return _("Invoice correction")
        return _("Credit note") if self.is_credit_note else _("Invoice")

    @property
    def icon(self) -> str:
        """Its icon in lists."""
        return {"credit_note": "file-minus", "correction": "file-pen"}.get(self.invoice.kind, "file-text")

    @property
    def date(self) -> str:
        """The day it was issued."""
        return self.day(self.invoice.issued_at)

    @cached_property
    def payment(self) -> Payment | None:
        """The payment that settled it, or that a credit note pays back."""
        if self.is_credit_note:
            refund = getattr(self.invoice, "refund", None)
            return refund.payment if refund else None
        return self.invoice.payments.filter(status=Payment.Status.SUCCEEDED).first()

    @property
    def seller(self) -> list[str]:
        """Name, address, VAT number, address for letters; line by line."""
        told = self.invoice.seller
        address = [line.strip() for line in str(told.get("address", "")).split(";")]
        return _filled([told.get("name"), *address, _vat(told), told.get("email")])

    @property
    def buyer(self) -> list[str]:
        """The same of the buyer."""
        told = self.invoice.buyer
        town = f"{told.get('postcode', '')} {told.get('city', '')}".strip()
        country = country_name(told["country"]) if told.get("country") else ""
        lines = [told.get("company"), told.get("name"), told.get("street"), town, country, _vat(told)]
        return _filled([*lines, told.get("email")])

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Number, dates, order: label and value."""
        corrects = self.invoice.corrects
        order = self.invoice.order
        facts = [
            (_("Number"), self.invoice.number),
            (_("Date"), self.date),
            (_("Date of supply"), self.day(self.invoice.paid_at) if not corrects else ""),
            (_("Order"), order.reference if order else ""),
            (_("Corrects invoice"), corrects.number if corrects else ""),
            (_("of"), self.day(corrects.issued_at) if corrects else ""),
        ]
        return [(label, str(value)) for label, value in facts if value]

    @property
    def lines(self) -> list[tuple[str, Money]]:
        """What was sold, with the tax."""
        written = [(str(line["text"]), int(line["minor"])) for line in self.invoice.lines]
        if self.is_credit_note:
            corrected = self.invoice.corrects
            number = corrected.number if corrected else ""
            written = [(_("Refund of invoice %s") % number, self.invoice.gross_minor)]
        return [(text, self._money(minor)) for text, minor in written]

    @property
    def rate(self) -> str:
        """The tax in words, such as "19 %"."""
        return f"{format_decimal(self.invoice.tax_rate / 100, locale=to_locale(get_language() or 'en'))} %"

    @property
    def tax_label(self) -> str:
        """The tax with its rate and country."""
        country = country_name(self.invoice.tax_country) if self.invoice.tax_country else ""
        return _("VAT %(rate)s, %(country)s") % {"rate": self.rate, "country": country}

    @property
    def net(self) -> Money:
        """Without the tax."""
        return self._money(self.invoice.net_minor)

    @property
    def tax(self) -> Money:
        """The tax."""
        return self._money(self.invoice.tax_minor)

    @property
    def gross(self) -> Money:
        """All in all."""
        return self.invoice.gross

    @property
    def credit(self) -> Money | None:
        """What was paid with credit, if anything."""
        return self._money(self.invoice.credit_minor) if self.invoice.credit_minor else None

    @property
    def settled(self) -> list[str]:
        """How and when it was paid (or paid back), in sentences."""
        if self.is_correction:
            return [_("The buyer named here takes the place of the one on that invoice. All else on it stays.")]
        said = []
        if self.credit:
            said.append(_("%s was paid with your credit.") % self.credit)
        if self.payment is not None and self.is_credit_note:
            back = {"amount": self.gross, "card": _card(self.payment)}
            said.append(_("%(amount)s goes back by the way it was paid: %(card)s.") % back)
        elif self.payment is not None:
            paid = {
                "amount": self.payment.amount,
                "day": self.day(self.payment.settled_at),
                "card": _card(self.payment),
            }
            said.append(_("Paid: %(amount)s on %(day)s by %(card)s.") % paid)
            if self.payment.statement_text:
                said.append(_("On the bank statement it stands as: %s") % self.payment.statement_text)
        return said

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"{self.invoice.number}.pdf".replace("/", "-")

    def day(self, moment: datetime | None) -> str:
        """A day in the contract's zone."""
        if moment is None:
            return ""
        owner = self.invoice.order or self.invoice.subscription
        return formats.date_format(moment.astimezone(zone_of(owner.zone if owner else "")), "DATE_FORMAT")

    def _money(self, minor: int) -> Money:
        return Money(minor, self.invoice.currency)


def _vat(told: dict[str, str]) -> str:
    return _("VAT number %s") % told["vat_id"] if told.get("vat_id") else ""


def _card(payment: Payment) -> str:
    if not payment.card_last4:
        return _("card")
    return f"{payment.card_brand or _('card')} •••• {payment.card_last4}"


def _filled(lines: list[str | None]) -> list[str]:
    return [line for line in lines if line]
