"""Keeping cards that customers left at the provider: the same card once, whatever reference it comes with."""

from django.db import IntegrityError, transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import locks, paid_with
from frontdesk.billing.models import Payment, PaymentMethod
from frontdesk.billing.providers.protocol import CardFacts
from frontdesk.core import clock


@transaction.atomic
def keep(person: Person | None, provider: str, card: CardFacts | None) -> PaymentMethod | None:
    """The person's card as a payment method, made once; of cards that are kept one is the default.

    A card that they have already takes the new reference and expiry over, so that whatever is paid with it goes on; the
    provider is told to forget the old reference. One that was removed comes back only when the provider had forgotten
    it, and has it again. None when there is no card to keep, or nobody to keep it for.
    """
    if person is None or card is None or not card.ref:
        return None
    locks.keeping(person.pk)
    kept = _kept(person, provider, card)
    if kept:
        _mind_default(person, kept)
    return kept


def _kept(person: Person, provider: str, card: CardFacts) -> PaymentMethod | None:
    found = PaymentMethod.objects.filter(provider=provider, ref=card.ref).first()
    if found is not None and found.person_id != person.pk:
        return None
    same = _same(person, provider, card)
    if found is None:
        found = _renewed(same, card) if same and not _is_in_use(same) else _made(person, provider, card)
        return found if found and found.person_id == person.pk else None
    if found.detached_at and same:
        return same  # an old reference of a card that has another by now
    if found.detached_at and found.forgotten_at is None:
        return None  # its provider only has not heard yet that it was removed
    if found.detached_at or found.fingerprint != card.fingerprint:
        found.detached_at = found.forgotten_at = None
        found.fingerprint = card.fingerprint
        found.save(update_fields=["detached_at", "forgotten_at", "fingerprint"])
    return found


def _same(person: Person, provider: str, card: CardFacts) -> PaymentMethod | None:
    """The same card under another reference, as the person has it, locked."""
    if not card.fingerprint:
        return None
    rows = PaymentMethod.objects.select_for_update(no_key=True).filter(person=person, detached_at=None)
    return rows.filter(provider=provider, fingerprint=card.fingerprint).exclude(ref=card.ref).order_by("pk").first()


def _is_in_use(method: PaymentMethod) -> bool:
    """Whether a call that may be repeated says its reference: the same key with another one would be refused."""
    return method.payments.filter(status__in=Payment.UNDER_WAY).exists()


def _renewed(method: PaymentMethod, card: CardFacts) -> PaymentMethod:
    """The row with the new reference; the old one stays as a removed card until its provider has forgotten it."""
    now, old = clock.now(), {"ref": method.ref, "customer_ref": method.customer_ref}
    facts = {"brand": card.brand, "last4": card.last4, "exp_month": card.exp_month, "exp_year": card.exp_year}
    told = facts | {"country": card.country, "ref": card.ref, "customer_ref": card.customer_ref}
    for name, value in told.items():
        setattr(method, name, value)
    method.save(update_fields=[*told])
    PaymentMethod.objects.create(
        person_id=method.person_id,
        provider=method.provider,
        fingerprint=method.fingerprint,
        created_at=method.created_at,
        detached_at=now,
        **facts,
        **old,
    )
    return method


def _made(person: Person, provider: str, card: CardFacts) -> PaymentMethod | None:
    """Where somebody else keeps the same reference at once, the database lets one."""
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
                fingerprint=card.fingerprint,
                created_at=clock.now(),
            )
    except IntegrityError:
        return PaymentMethod.objects.filter(provider=provider, ref=card.ref).first()


def _mind_default(person: Person, kept: PaymentMethod) -> None:
    """Where none is the default, the first becomes it, which is charged as it is. Under the lock for keeping."""
    first = PaymentMethod.objects.filter(person=person, detached_at=None).order_by(*paid_with.FIRST).first()
    if first is None or first.is_default:
        return
    first.is_default = True
    first.save(update_fields=["is_default"])
    if first.pk == kept.pk:
        kept.is_default = True
