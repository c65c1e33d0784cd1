"""What a provider said otherwise was kept in minor units, a hundred times too much to who reads it in their copy."""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.db import migrations

IN_MINOR_UNITS = re.compile(r"(?<![\w.])(\d+) ([A-Z]{3})(?!\w)")


def as_money(difference: str) -> str:
    """`2000 EUR instead of 1900 EUR` as `EUR 20.00 instead of EUR 19.00`; so with every currency's decimals."""
    return IN_MINOR_UNITS.sub(lambda found: f"{found[2]} {_major(int(found[1]), found[2])}", difference)


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def forward(apps: Any, _editor: Any) -> None:
    """Every payment that has one."""
    payments = apps.get_model("billing", "Payment").objects
    for key, difference in payments.exclude(difference="").values_list("pk", "difference").iterator():
        payments.filter(pk=key).update(difference=as_money(difference))


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_known_difference")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)]
