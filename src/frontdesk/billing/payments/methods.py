"""Payment methods of a customer."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, locks, notes, outside, paid_with
from frontdesk.billing.errors import CouponUnknown, LastMethod, NotForSale, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import calling, cards, detaching
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, ProviderError, SetupRequest
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound


def access_methods(person: Person) -> list[PaymentMethod]:
    """The cards a person has, the default first."""
    return list(PaymentMethod.objects.filter(person=person, detached_at=None).order_by(*paid_with.FIRST))


def access_method(person: Person, method_id: UUID) -> PaymentMethod:
    """One of them. Raises NotFound."""
    method = PaymentMethod.objects.filter(person=person, detached_at=None, pk=method_id).first()
    if method is None:
        raise NotFound
    return method


def start_adding(*, person: Person, return_url: str, cancel_url: str, key: str) -> str:
    """The address of the provider's page for leaving a card. Outside transactions. Raises PaymentProviderAway."""
    if not registry.sells():
        raise PaymentProviderAway
    provider = registry.default()
    request = SetupRequest(
        key=f"{_prefix(person)}{key}"[:80],
        customer=calling.customer(person, provider.name),
        return_url=return_url,
        cancel_url=cancel_url,
    )
    try:
        return outside.call("setup", lambda: provider.start_setup(request)).action_url
    except ProviderError:
        raise PaymentProviderAway from None


def finish_adding(*, actor: Actor, person: Person, provider: str, setup_ref: str) -> PaymentMethod | None:
    """Keep the card that was left there (None: none was); the first becomes the default. Outside transactions.

    A setup that somebody else began is like none. Raises NotFound, PaymentProviderAway.
    """
    if not setup_ref.isprintable():  # typed by hand: no database looks for it
        raise NotFound
    try:
        adapter = calling.provider_of(provider)
        snapshot = outside.call("fetch", lambda: adapter.fetch(ObjectKind.SETUP, setup_ref))
    except ProviderError:
        raise PaymentProviderAway from None
    if snapshot.key and not snapshot.key.startswith(_prefix(person)):
        raise NotFound
    if snapshot.outcome != Outcome.SUCCEEDED:
        return None
    with transaction.atomic():
        known = set(PaymentMethod.objects.filter(person=person, detached_at=None).values_list("pk", "ref"))
        method = cards.keep(person, provider, snapshot.card)
        if method and (method.pk, method.ref) not in known:
            is_mine = method.pk in {pk for pk, _ref in known}
            _note(actor, "method.renewed" if is_mine else "method.added", method)
    return method


def set_default(*, actor: Actor, method: PaymentMethod) -> None:
    """Offer this card first, in the caller's transaction. A second time changes nothing. Raises NotFound (removed)."""
    rows = _all_of(method)
    current = next((row for row in rows if row.pk == method.pk), None)
    if current is None:
        raise NotFound
    if current.is_default:
        return
    for row in rows:
        if row.is_default:
            row.is_default = False
            row.save(update_fields=["is_default"])
    current.is_default = method.is_default = True
    current.save(update_fields=["is_default"])
    _note(actor, "method.made_default", current)


def remove(*, actor: Actor, method: PaymentMethod) -> None:
    """Remove a card, and let its provider forget it: now, or while that is away, as soon as it can be asked.

    The newest other one becomes the default. Safe to repeat. Outside transactions. Raises LastMethod, PaymentUnderWay.
    """
    if removed := _removed(actor, method):
        detaching.forget(removed)


@transaction.atomic
def _removed(actor: Actor, method: PaymentMethod) -> PaymentMethod | None:
    """The card as it is removed here; None where it was before.

    Whoever charges it, or lets something be paid with it, locks it first: they have done so when this looks for it, or
    find it gone.
    """
    rows = _all_of(method)
    current = next((row for row in rows if row.pk == method.pk), None)
    if current is None:
        return None
    others = [row for row in rows if row.pk != method.pk]
    _check_free(current, others)
    current.detached_at = method.detached_at = clock.now()
    current.is_default = False
    current.save(update_fields=["detached_at", "is_default"])
    if others and not any(row.is_default for row in others):
        newest = max(others, key=lambda row: row.created_at)
        newest.is_default = True
        newest.save(update_fields=["is_default"])
    _note(actor, "method.removed", current)
    return current


def _prefix(person: Person) -> str:
    return f"setup:{person.pk}:"


def _all_of(method: PaymentMethod) -> list[PaymentMethod]:
    """All cards of its person, locked, with no other on its way: one of them is the default, or none of them is."""
    if method.person_id:
        locks.keeping(method.person_id)
    rows = PaymentMethod.objects.select_for_update(no_key=True).filter(person=method.person_id, detached_at=None)
    return list(rows.order_by("pk"))


def _check_free(method: PaymentMethod, others: Sequence[PaymentMethod]) -> None:
    renewing = Subscription.objects.filter(person=method.person_id, ended_at=None, auto_renew=True)
    if renewing.filter(method=method).exists():
        raise LastMethod
    if not others and any(_costs(each) for each in renewing):  # nothing else is left to charge them to
        raise LastMethod
    if method.payments.filter(status__in=Payment.UNDER_WAY).exists():
        raise PaymentUnderWay


def _costs(subscription: Subscription) -> bool:
    """Whether its coming term costs anything; also said of one whose price nobody knows."""
    version, added = subscription.coming_plan_version, subscription.coming_added_devices
    try:
        return amounts.for_term(version, added, subscription.currency, subscription.coupon).gross_minor > 0
    except (NotForSale, CouponUnknown):
        return True


def _note(actor: Actor, action: str, method: PaymentMethod) -> None:
    data = {"last4": method.last4, "brand": method.brand}
    notes.of(actor=actor, action=action, subject=method, person=method.person_id, data=data)
