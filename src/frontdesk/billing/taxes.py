"""Rates of tax: rows of a table, by country and day.

The file `data/vat_rates.csv` fills an empty table and adds what is new; what stands in the table counts, also where
an operator has corrected it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from frontdesk.billing.models import TaxRate
from frontdesk.catalog.errors import NameTaken
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid

OURS = Path(__file__).parent / "data" / "vat_rates.csv"
COLUMNS = ("country", "basis_points", "valid_from")
HIGHEST = 5_000  # half of the net price: more is a mistyped file


class RatesUnreadable(ValueError):
    """A file of rates that is not one; says where."""


def rate_of(country: str, on: date) -> int:
    """The rate in basis points; 0 for a country without a row."""
    rows = TaxRate.objects.filter(country=country.upper(), valid_from__lte=on).order_by("-valid_from")
    return rows.values_list("rate", flat=True).first() or 0


def load(file: Path) -> int:
    """Enter rates from a CSV file (country, basis points, valid from); returns how many are new. Safe to repeat.

    All or nothing: raises RatesUnreadable, with the line, before anything is entered.
    """
    rows = list(_read(file))
    before = TaxRate.objects.count()
    TaxRate.objects.bulk_create(rows, ignore_conflicts=True)
    return TaxRate.objects.count() - before


def load_ours(**_signal: object) -> None:
    """Fill the table after a migration, so that no installation starts without rates."""
    load(OURS)


@transaction.atomic
def enter(*, actor: Actor, country: str, rate: int, valid_from: date, known: TaxRate | None = None) -> TaxRate:
    """Enter a rate, or correct one that is `known`; issued invoices keep theirs. Raises RequestInvalid, NameTaken."""
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise RequestInvalid(field="country")
    if not 0 <= rate <= HIGHEST:
        raise RequestInvalid(field="rate")
    row = known or TaxRate()
    row.country, row.rate, row.valid_from = country, rate, valid_from
    others = TaxRate.objects.filter(country=country, valid_from=valid_from).exclude(pk=row.pk)
    if others.exists():
        raise NameTaken(field="valid_from")
    row.save()
    audit.record(
        actor=actor,
        action="tax_rate.entered",
        subject_type="tax_rate",
        subject=uuid5(NAMESPACE_URL, f"tax rate {row.pk}"),  # rows of rates are numbered; the audit knows uuids
        data={"country": country, "rate": rate, "valid_from": valid_from.isoformat()},
    )
    return row


def _read(file: Path) -> Iterator[TaxRate]:
    with file.open(newline="", encoding="utf-8-sig") as source:
        reader = csv.DictReader(_lines(source), restval="")
        if reader.fieldnames is None or set(reader.fieldnames) != set(COLUMNS):
            raise RatesUnreadable(f"the first line must be {','.join(COLUMNS)}")
        for row in reader:
            try:
                yield _rate(row)
            except (ValueError, TypeError, AttributeError) as error:
                raise RatesUnreadable(f"line {reader.line_num}: {error}") from None


def _lines(source: Iterable[str]) -> Iterator[str]:
    try:
        yield from source
    except UnicodeDecodeError:
        raise RatesUnreadable("it is not a text in UTF-8") from None


def _rate(row: dict[str, str]) -> TaxRate:
    country, rate = row["country"].strip().upper(), int(row["basis_points"])
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError(f"{country!r} is no country's code")
    if not 0 <= rate <= HIGHEST:
        raise ValueError(f"{rate} basis points are no rate of tax")
    return TaxRate(country=country, rate=rate, valid_from=date.fromisoformat(row["valid_from"].strip()))
