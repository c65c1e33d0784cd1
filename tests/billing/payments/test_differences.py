"""In which amount a provider differs from us: kept as people write it, the same whoever came upon it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import translation

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Payment
from frontdesk.billing.payments import settling
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, Snapshot
from frontdesk.core.money import Money
from tests.support import money
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("currency", "kept", "said"),
    [
        ("EUR", "2000 EUR instead of 1900 EUR", "EUR 20.00 instead of EUR 19.00"),
        ("JPY", "2000 JPY instead of 1900 JPY", "JPY 2000 instead of JPY 1900"),
        ("KWD", "5 KWD instead of 1900 KWD", "KWD 0.005 instead of KWD 1.900"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_another_amount_is_kept_as_people_write_it_and_so_is_what_was_kept_before(
    currency: str, kept: str, said: str, language: str
) -> None:
    told, ours = (int(each) for each in kept.replace(f" {currency}", "").split(" instead of "))
    snapshot = Snapshot(ObjectKind.PAYMENT, "ref", Outcome.SUCCEEDED, told, currency)
    with translation.override(language):
        assert settling.other_amount(Money(ours, currency), snapshot) == said
    as_money = import_module("frontdesk.billing.migrations.0011_differences_as_money").as_money
    assert as_money(kept) == said
    assert as_money(said) == said


def test_what_was_kept_before_is_rewritten_where_there_is_something(bank: Bank, ada: Person) -> None:
    payments = [money.paid(ada) for _ in range(3)]
    for payment, text in zip(payments, ("another reference, with 3995 EUR", "another reference", ""), strict=True):
        Payment.objects.filter(pk=payment.pk).update(difference=text)
    with transaction.atomic():
        import_module("frontdesk.billing.migrations.0011_differences_as_money").forward(apps, None)
    rows = dict(Payment.objects.values_list("pk", "difference"))
    said = [rows[each.pk] for each in payments]
    assert said == ["another reference, with EUR 39.95", "another reference", ""]


def test_the_longest_difference_fits(bank: Bank, ada: Person) -> None:
    most = 2**31 - 1
    snapshot = Snapshot(ObjectKind.PAYMENT, "ref", Outcome.SUCCEEDED, most, "EUR")
    said = settling.other_amount(Money(most, "USD"), snapshot)
    assert len(said) <= (Payment._meta.get_field("difference").max_length or 0)
