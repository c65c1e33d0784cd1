"""Securing an account in one go, by a mailed link: for whoever says that what they were told of was not them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.accounts.errors import AccountFrozen, AddressTaken, LinkExpired
from frontdesk.accounts.events import PersonSecured
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import AddressChange, KnownBrowser, OneTimeCode, Person, SecuringLink
from frontdesk.accounts.services import addresses, second_factors
from frontdesk.accounts.services.passwords import reset_link
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.tokens import token_hash
from frontdesk.core import audit, clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound

FROZEN_FOR = timedelta(hours=72)
KEPT_FOR = timedelta(days=30)
JUST_BEFORE = timedelta(minutes=1)  # what the mail was about came before its link


def refuse_frozen(person: Person) -> None:
    """For whatever lets something leave an account. Raises AccountFrozen while the account is protected."""
    if person.frozen_until is not None and person.is_frozen(clock.now()):
        raise AccountFrozen(retry_at=person.frozen_until.isoformat(timespec="seconds").replace("+00:00", "Z"))


def find(token: str) -> SecuringLink:
    """The link with this token, used or not. Raises NotFound for one that is not ours, LinkExpired after its time."""
    link = SecuringLink.objects.select_related("person").filter(token_hash=token_hash(token)).first()
    if link is None:
        raise NotFound
    if link.used_at is None and link.expires_at <= clock.real_now():
        raise LinkExpired
    return link


@transaction.atomic
def use_link(*, token: str) -> None:
    """Secure the account that a mail was about. The second time nothing happens. Raises NotFound, LinkExpired."""
    link = find(token)
    if SecuringLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.real_now()):
        secure(person=link.person_id, cause=link.cause, since=link.created_at)


@transaction.atomic
def secure(*, person: UUID, cause: str, since: datetime) -> Person:
    """Shut everybody out until the mailbox's owner has set a new password.

    Ends all sessions, forgets all known browsers and codes under way, forces a reset, cancels an open change of the
    address, undoes those completed and removes the second factors added since then (real time), and lets nothing leave
    the account for 72 hours.
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person)
    # Other apps lock their rows before a person's: they come before the address is touched.
    events.publish(PersonSecured(locked.pk))
    now, until = clock.real_now(), clock.now() + FROZEN_FOR
    addresses.close_open(locked)
    _undo_since(locked, since)
    second_factors.remove_since(person=locked, since=since - JUST_BEFORE)
    end_sessions(person=locked)
    KnownBrowser.objects.filter(person=locked).delete()
    OneTimeCode.objects.filter(person=locked, used_at=None).update(expires_at=now)
    locked.must_reset_password = True
    locked.frozen_until = max(locked.frozen_until or until, until)
    locked.save(update_fields=["must_reset_password", "frozen_until"])
    audit.record(
        actor=Actor.customer(locked.pk),
        action="person.secured",
        subject_type="person",
        subject=locked.pk,
        person=locked.pk,
        data={"cause": cause},
    )
    send_mail(
        to=locked,
        template="accounts/secured",
        context={"until": locked.frozen_until},
        secret=reset_link(locked),
        secret_hint=_("(a link, only in the mail)"),
    )
    return locked


def _undo_since(person: Person, since: datetime) -> None:
    first = addresses.undoable(person).filter(completed_at__gte=since).order_by("completed_at").first()
    if first is not None:
        try:
            addresses.restore(person, first)
        except AddressTaken:
            return  # somebody else has the address by now; everything else is secured all the same


@transaction.atomic
def undo_address_change(*, token: str, securing: bool) -> AddressChange:
    """Take the old address back, by the link that was mailed there; `securing` shuts everybody out as well.

    Raises LinkExpired, AddressTaken.
    """
    person, change = addresses.lock_for_undo(token)
    if securing:
        events.publish(PersonSecured(person.pk))  # before the address is touched, as above
    addresses.restore(person, change)
    if securing:
        secure(person=person.pk, cause="person.address_changed", since=change.asked_at)
    return change


@transaction.atomic
def disown_address_change(*, token: str) -> None:
    """The old mailbox says that it did not ask for another address: canceled and secured. Raises LinkExpired."""
    person, change = addresses.lock_for_confirming(token)
    if not addresses.is_old(change, token):
        raise LinkExpired
    secure(person=person.pk, cause="person.address_change_asked", since=change.asked_at)


def forget_old() -> int:
    """Delete the links that have been of no use for a month; returns how many. Run by the worker."""
    return SecuringLink.objects.filter(expires_at__lt=clock.real_now() - KEPT_FOR).delete()[0]
