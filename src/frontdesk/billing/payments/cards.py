"""Keeping cards that customers left at the provider."""

from django.db import IntegrityError, transaction

from frontdesk.accounts.models import Person
from frontdesk.billing.models import PaymentMethod
from frontdesk.billing.providers.protocol import CardFacts
from frontdesk.core import clock


def keep(person: Person | None, provider: str, card: CardFacts | None) -> PaymentMethod | None:
    """The person's card as a payment method, made once, in the caller's transaction; the first becomes the default.

    None when there is no card to keep, or nobody to keep it for.
    """
    if person is None or card is None or not card.ref:
        return None
    found = PaymentMethod.objects.filter(provider=provider, ref=card.ref).first()
    if found is None:
        found = _made(person, provider, card)
    if found is None or found.person_id != person.pk:
        return None
    if found.detached_at:
        found.detached_at = None
        found.save(update_fields=["detached_at"])
    return found


def _made(person: Person, provider: str, card: CardFacts) -> PaymentMethod | None:
    """Two at once may both want to be the default, or be the same card: the database lets one."""
    has_default = PaymentMethod.objects.filter(person=person, is_default=True, detached_at=None).exists()
    for is_default in [False] if has_default else [True, False]:
        try:
            with transaction.atomic():
                return PaymentMethod.objects.create(
                    person=person,
                    provider=provider,
                    ref=card.ref,
                    customer_ref=card.customer_ref,
                    brand=card.brand,
                    last4=card.last4,
                    exp_month=card.exp_month,
                    exp_year=card.exp_year,
                    country=card.country,
                    is_default=is_default,
                    created_at=clock.now(),
                )
        except IntegrityError:
            continue
    return PaymentMethod.objects.filter(provider=provider, ref=card.ref).first()
