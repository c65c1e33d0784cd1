"""After the wait: a link to the confirmed address, a new password, and an account that is kept still for a while."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from frontdesk.accounts import guard
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import KnownBrowser, Person, Recovery
from frontdesk.accounts.models.recoveries import OPEN
from frontdesk.accounts.recovery import waiting
from frontdesk.accounts.recovery.links import address_of, link_hint, state_of
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

LINK_LASTS = timedelta(hours=72)
FROZEN = timedelta(hours=72)
KEPT = timedelta(days=90)


@transaction.atomic
def send_link(recovery: Recovery) -> None:
    """The wait is over: mail the link for a new password, unless somebody has got in meanwhile."""
    person = waiting.lock_person(recovery)
    if person is None or not person.is_active or person.is_staff or recovery.state_mark != state_of(person):
        waiting.stop(recovery=recovery, how="sign-in", actor=Actor.system("recovery"))
        return
    token, now = new_token(), clock.now()
    recovery.link_token_hash, recovery.link_sent_at = token_hash(token), now
    recovery.link_expires_at, recovery.next_at = clock.real_now() + LINK_LASTS, now + LINK_LASTS
    recovery.save(update_fields=["link_token_hash", "link_sent_at", "link_expires_at", "next_at"])
    link = address_of("recovery_link", token)
    send_mail(to=recovery.reach_at, template="accounts/recovery_link", context={}, secret=link, secret_hint=link_hint())


def recovery_of_link(token: str) -> Recovery:
    """The recovery whose link this is. Raises LinkExpired when it is used, stopped, too old or not ours."""
    found = Recovery.objects.filter(OPEN, link_token_hash=token_hash(token), link_expires_at__gt=clock.real_now())
    recovery = found.select_related("person").first()
    if recovery is None or recovery.person is None or recovery.state_mark != state_of(recovery.person):
        raise LinkExpired
    return recovery


def person_of(recovery: Recovery) -> Person:
    """Whose account a link opens. Raises LinkExpired when the account is gone."""
    if recovery.person is None:
        raise LinkExpired
    return recovery.person


@transaction.atomic
def complete(*, token: str, password: str) -> Person:
    """Set a new password: second factors go, sessions end, nothing leaves the account for 72 hours. Raises LinkExpired.

    It signs nobody in. Whoever has got in since the approval keeps the account.
    """
    person = waiting.lock_person(recovery_of_link(token))
    recovery = Recovery.objects.select_for_update().filter(OPEN, link_token_hash=token_hash(token)).first()
    if (
        recovery is None
        or person is None
        or recovery.state_mark != state_of(person)
        or person.is_staff
        or not person.is_active
    ):
        raise LinkExpired
    told, now = waiting.addresses_of(person), clock.now()
    Authenticator.objects.filter(user=person).delete()
    KnownBrowser.objects.filter(person=person).delete()
    end_sessions(person=person)
    guard.clear_lock(person)
    _open(person, password)
    swapped = recovery.wants_address and _swap_address(person, recovery.reach_at)
    recovery.completed_at, recovery.next_at = now, now + KEPT
    recovery.save(update_fields=["completed_at", "next_at"])
    audit.record(
        actor=Actor.customer(person.pk),
        action="recovery.completed",
        subject_type="recovery",
        subject=recovery.pk,
        person=person.pk,
        data={"address_changed": swapped},
    )
    for address in sorted({*told, person.email, recovery.reach_at}):
        context = {"frozen_until": person.frozen_until, "swapped": swapped}
        send_mail(to=person, address=address, template="accounts/recovery_completed", context=context)
    return person


def _open(person: Person, password: str) -> None:
    """A new password, and nothing beside it; nothing leaves the account for a while."""
    person.set_password(password)
    person.must_reset_password = person.second_step_by_sms = person.second_step_by_mail = False
    person.recovery_due_at, person.frozen_until = None, clock.now() + FROZEN
    person.save(
        update_fields=[
            "password",
            "short_password",
            "must_reset_password",
            "second_step_by_sms",
            "second_step_by_mail",
            "recovery_due_at",
            "frozen_until",
        ]
    )


def _swap_address(person: Person, address: str) -> bool:
    """Give the account the address it was asked to have; not if another account has it."""
    taken = Person.objects.filter(email=address).exclude(pk=person.pk).exists()
    if taken or EmailAddress.objects.filter(email__iexact=address).exclude(user=person).exists():
        return False
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    person.email = address
    person.save(update_fields=["email"])
    return True
