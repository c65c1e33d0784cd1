"""Changing the e-mail address.

With a second factor the new mailbox confirms and the old one is told; without one both confirm. For 72 hours after
the change the old mailbox can take it back. A newer change cancels the one that was open.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts import guard
from frontdesk.accounts.errors import AddressTaken, LinkExpired
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import AddressChange, Channel, Message, OneTimeCode, Person
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

CONFIRM_WITHIN = timedelta(hours=24)  # real time
UNDO_WITHIN = timedelta(hours=72)  # business time


def ask(*, person: Person, new_address: str) -> AddressChange:
    """Begin a change of address; the answer is the same when the new one has an account. Raises TooManyAttempts."""
    guard.change_address(person.pk)
    with transaction.atomic():
        return _ask(Person.objects.select_for_update(no_key=True).get(pk=person.pk), new_address.strip().lower())


def _ask(person: Person, new_address: str) -> AddressChange:
    close_open(person)
    old_token, fresh, now = new_token(), new_token(), clock.real_now()
    needs_old = not has_own_factor(person)
    change = AddressChange.objects.create(
        person=person,
        old_address=person.email,
        new_address=new_address,
        needs_old=needs_old,
        old_token_hash=token_hash(old_token) if needs_old else "",
        new_token_hash=token_hash(fresh),
        asked_at=now,
        expires_at=now + CONFIRM_WITHIN,
    )
    _write_to_new(change, fresh)
    _write_to_old(change, old_token)
    _record(change, "person.address_change_asked")
    return change


def has_own_factor(person: Person) -> bool:
    """Whether the person has a second factor that is not the mailbox itself."""
    return person.has_strong_second_factor or person.gets_sms_codes


def open_change(person: Person) -> AddressChange | None:
    """The change that waits to be confirmed."""
    rows = AddressChange.objects.filter(person=person, completed_at=None, canceled_at=None)
    return rows.filter(expires_at__gt=clock.real_now()).first()


@transaction.atomic
def cancel(*, person: Person) -> bool:
    """Keep the address as it is; the mailed links stop working. Returns whether there was anything to cancel."""
    canceled = close_open(Person.objects.select_for_update(no_key=True).get(pk=person.pk))
    if canceled is not None:
        _record(canceled, "person.address_change_canceled")
    return canceled is not None


def close_open(person: Person) -> AddressChange | None:
    """Cancel the open change, if any. The caller has locked the person."""
    change = AddressChange.objects.filter(person=person, completed_at=None, canceled_at=None).first()
    if change is not None:
        change.canceled_at = clock.real_now()
        change.save(update_fields=["canceled_at"])
    return change


def find_open(token: str) -> AddressChange:
    """The change behind a link that confirms. Raises LinkExpired."""
    digest = token_hash(token)
    rows = AddressChange.objects.filter(Q(old_token_hash=digest) | Q(new_token_hash=digest))
    found = rows.filter(completed_at=None, canceled_at=None, expires_at__gt=clock.real_now()).first()
    if found is None:
        raise LinkExpired
    return found


def is_old(change: AddressChange, token: str) -> bool:
    """Whether this is the link that went to the old address."""
    return change.old_token_hash == token_hash(token)


def lock_for_confirming(token: str) -> tuple[Person, AddressChange]:
    """Lock the person, then look again at the change behind a link. Raises LinkExpired."""
    person = Person.objects.select_for_update(no_key=True).get(pk=find_open(token).person_id)
    return person, find_open(token)


def confirm(*, token: str) -> AddressChange:
    """Confirm by a mailed link; once all who must have confirmed, the new address counts.

    Raises LinkExpired, and AddressTaken when another account has got the new address meanwhile: the change is over.
    """
    with transaction.atomic():
        person, change = lock_for_confirming(token)
        taken = _confirm(person, change, token)
    if taken:
        raise AddressTaken
    return change


def _confirm(person: Person, change: AddressChange, token: str) -> bool:
    """Whether the new address turned out to be taken."""
    now = clock.real_now()
    if is_old(change, token):
        change.old_confirmed_at = change.old_confirmed_at or now
    else:
        change.new_confirmed_at = change.new_confirmed_at or now
    taken = False
    if change.new_confirmed_at and (change.old_confirmed_at or not change.needs_old):
        taken = not _complete(person, change)
    change.save()
    return taken


def _complete(person: Person, change: AddressChange) -> bool:
    now, token = clock.real_now(), new_token()
    try:
        with transaction.atomic():
            _set_address(person, change.new_address)
    except IntegrityError:
        change.canceled_at = now
        return False
    change.completed_at, change.undo_until = now, clock.now() + UNDO_WITHIN
    change.undo_token_hash = token_hash(token)
    # The new mailbox has proved to be theirs, so what was mailed there is theirs to read.
    Message.objects.filter(person=None, address=change.new_address).update(person=person)
    link = settings.FRONTDESK_URL + reverse("address_undo", args=[token])
    values = {"old": change.old_address, "new": change.new_address, "until": change.undo_until}
    send_mail(
        to=person,
        address=change.old_address,
        template="accounts/address_changed",
        context=values,
        secret=link,
        secret_hint=_("(a link, only in the mail)"),
    )
    send_mail(to=person, template="accounts/address_is_new", context=values)
    _record(change, "person.address_changed")
    return True


def _set_address(person: Person, address: str) -> None:
    """Person and allauth's row in one; codes under way to the old mailbox are void. Raises IntegrityError."""
    person.email = address
    person.save(update_fields=["email"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    codes = OneTimeCode.objects.filter(person=person, channel=Channel.MAIL, used_at=None)
    codes.update(expires_at=clock.real_now())


def undoable(person: Person) -> QuerySet[AddressChange]:
    """The completed changes whose old mailbox can still take them back."""
    return AddressChange.objects.filter(
        person=person, completed_at__isnull=False, undone_at=None, undo_until__gt=clock.now()
    )


def find_undoable(token: str) -> AddressChange:
    """The change behind a link that takes it back. Raises LinkExpired."""
    rows = AddressChange.objects.filter(undo_token_hash=token_hash(token), completed_at__isnull=False)
    found = rows.filter(undone_at=None, undo_until__gt=clock.now()).first()
    if found is None:
        raise LinkExpired
    return found


def lock_for_undo(token: str) -> tuple[Person, AddressChange]:
    """Lock the person, then look again at the change behind a link. Raises LinkExpired."""
    person = Person.objects.select_for_update(no_key=True).get(pk=find_undoable(token).person_id)
    return person, find_undoable(token)


def restore(person: Person, change: AddressChange) -> None:
    """Give a person the address back that they had before this change, and undo all later ones with it.

    The caller has locked the person. Raises AddressTaken when another account has the old address by now.
    """
    replaced = person.email
    try:
        with transaction.atomic():
            _set_address(person, change.old_address)
    except IntegrityError:
        person.email = replaced
        raise AddressTaken from None
    close_open(person)
    later = AddressChange.objects.filter(person=person, completed_at__gte=change.completed_at, undone_at=None)
    later.update(undone_at=clock.real_now())
    send_mail(to=person, address=replaced, template="accounts/address_undone", context={"old": change.old_address})
    _record(change, "person.address_change_undone")


def _write_to_new(change: AddressChange, token: str) -> None:
    """To whoever reads the new address, whom we do not know yet; an account there is not given away."""
    taken = Person.objects.filter(email=change.new_address).exists()
    values = {"until": change.expires_at, "new": change.new_address}
    with translation.override(change.person.language or translation.get_language()):
        if taken:
            send_mail(to=change.new_address, template="accounts/address_taken", context=values)
            return
        link = settings.FRONTDESK_URL + reverse("address_confirm", args=[token])
        hint = _("(a link, only in the mail)")
        send_mail(
            to=change.new_address,
            template="accounts/confirm_new_address",
            context=values,
            secret=link,
            secret_hint=hint,
        )


def _write_to_old(change: AddressChange, token: str) -> None:
    values = {"new": change.new_address, "until": change.expires_at}
    if not change.needs_old:
        was_this_you(
            person=change.person,
            cause="person.address_change_asked",
            template="accounts/address_change_asked",
            context=values,
        )
        return
    link = settings.FRONTDESK_URL + reverse("address_confirm", args=[token])
    hint = _("(a link, only in the mail)")
    send_mail(to=change.person, template="accounts/confirm_old_address", context=values, secret=link, secret_hint=hint)


def _record(change: AddressChange, action: str) -> None:
    audit.record(
        actor=Actor.customer(change.person_id),
        action=action,
        subject_type="person",
        subject=change.person_id,
        person=change.person_id,
        personal={"from": change.old_address, "to": change.new_address},
    )
