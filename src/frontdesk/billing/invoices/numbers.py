"""Numbers without a gap: one series for each kind of document and year."""

from frontdesk.billing.models import InvoiceKind, NumberSeries
from frontdesk.core import clock

PREFIX = {InvoiceKind.INVOICE: "", InvoiceKind.CREDIT_NOTE: "C", InvoiceKind.CORRECTION: "B"}


def take(kind: InvoiceKind) -> str:
    """The next number, in the caller's transaction, which holds the series until its end.

    A transaction that fails gives its number back, since the series rolls back with it.
    """
    year = clock.now().year
    name = f"{kind} {year}"
    NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(pk=name)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{PREFIX[kind]}{year}-{series.last:06d}"
