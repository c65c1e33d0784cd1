"""One more term of a licence that no subscription of its owner's pays for: which there is, and what it costs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.errors import NotForSale, SwitchNotPossible
from frontdesk.billing.forms import CountryField
from frontdesk.billing.models import Subscription
from frontdesk.billing.providers import registry
from frontdesk.billing.quotes import Quote
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.licensing.models import License
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.selectors import access_license


class CountryForm(forms.Form):
    """Where the customer lives, for the tax."""

    country = CountryField(label=_("Your country"), help_text=_("The VAT of your country is part of the price."))

    def __init__(self, given: Any, likely: str) -> None:
        super().__init__({"country": given.get("country") or likely})


def own_subscription(person: Person, license: UUID) -> Subscription | None:
    """The subscription with which a person pays for a licence themselves."""
    return Subscription.objects.filter(license=license, person=person).first()


def licence_of(person: Person, license_id: UUID) -> LicenseView:
    """A licence of the person's that a term can be added to. Raises NotFound, SwitchNotPossible."""
    if not registry.sells():
        raise NotFound
    view = LicenseView(access_license(person, license_id), clock.now())
    if view.status in {License.Status.SUSPENDED, License.Status.REFUNDED}:
        raise SwitchNotPossible
    return view


def can_be_had(license: License, now: datetime) -> bool:
    """Whether a term of it is for sale at all."""
    over = license.status_at(now) in {License.Status.SUSPENDED, License.Status.REFUNDED}
    return registry.sells() and not over and bool(_priced(license))


def of_given(person: Person, views: Iterable[LicenseView]) -> dict[UUID, str]:
    """Where a term of each licence that was handed over to this person is bought. One query, and one each."""
    mine = {view.license.pk: view for view in views}
    if not mine:
        return {}
    given = Subscription.objects.filter(license__in=mine).exclude(person=person).values_list("license", flat=True)
    sold = (number for number in given if can_be_had(mine[number].license, mine[number].now))
    return {number: reverse("portal:further_term", args=[number]) for number in sold}


def quote(view: LicenseView, *, currency: str, country: str) -> Quote:
    """What a term costs, in the wanted currency or the usual one. Raises NotForSale."""
    license, usual = view.license, view.license.product.reference_currency
    priced = _priced(license)
    if not priced:
        raise NotForSale
    chosen = next((code for code in (currency, usual) if code in priced), priced[0])
    return quotes.term_of(
        license=license.pk,
        license_ends_at=license.expires_at,
        version=license.plan_version,
        added_devices=license.added_devices,
        currency=chosen,
        country=country,
    )


def _priced(license: License) -> list[str]:
    """The currencies in which its plan and its devices have a price."""
    prices = license.plan_version.prices.all()
    return sorted(each.currency for each in prices if not license.added_devices or each.device_minor is not None)
