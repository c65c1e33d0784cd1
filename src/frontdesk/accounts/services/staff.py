"""Who is staff, and how somebody becomes it."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.events import StaffLeft
from frontdesk.accounts.models import Person, StaffInvitation
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import audit, clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.live import waking

INVITATION_LASTS = timedelta(days=2)


@transaction.atomic
def make_staff(*, actor: Actor, person: Person, role: Role) -> None:
    """Give a person a role; they need a second factor before they see anything of the back office."""
    person.role, person.is_staff = role, True
    person.save(update_fields=["role", "is_staff"])
    waking.judge_anew(person.pk)
    _record(actor, "staff.role_given", person, role)


@transaction.atomic
def end_staff(*, actor: Actor, person: Person) -> None:
    """Take a person's role away; they stay a customer, and every session ends. Publishes StaffLeft."""
    person.role, person.is_staff, person.is_superuser = "", False, False
    person.save(update_fields=["role", "is_staff", "is_superuser"])
    end_sessions(person=person)
    _record(actor, "staff.role_taken", person, "")
    events.publish(StaffLeft(person.pk))


@transaction.atomic
def invite_staff(*, actor: Actor, email: str, role: Role) -> str:
    """A one-time link, good for two days, with which the holder becomes staff; returns its address.

    Earlier links to this address stop working.
    """
    token, now, email = new_token(), clock.real_now(), email.strip().lower()
    _close_invitations(email)
    invitation = StaffInvitation.objects.create(
        token_hash=token_hash(token),
        email=email,
        role=role,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    audit.record(
        actor=actor,
        action="staff.invited",
        subject_type="staff_invitation",
        subject=invitation.pk,
        data={"role": str(role)},
    )
    return str(settings.FRONTDESK_URL) + reverse("staff_invitation", args=[token])


def open_invitation(token: str) -> StaffInvitation:
    """The invitation behind a link. Raises LinkExpired when it is used, too old or not ours."""
    found = StaffInvitation.objects.filter(
        token_hash=token_hash(token), used_at=None, expires_at__gt=clock.real_now()
    ).first()
    if found is None:
        raise LinkExpired
    return found


def owner_of(invitation: StaffInvitation) -> Person | None:
    """Who alone may accept it, by signing in: the link passes through the hands of whoever invites, and must not open
    somebody's account to them. None where the account is still to be made, or has no way in but this link.
    """
    person = Person.objects.filter(email=invitation.email, is_active=True).first()
    if person is None or not (person.has_usable_password() or person.has_second_factor):
        return None
    return person if EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists() else None


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> Person:
    """Become staff by a link, with an account that is made, or given a password. Raises LinkExpired."""
    invitation = _use_invitation(token)
    if owner_of(invitation) is not None:
        raise LinkExpired
    person = Person.objects.filter(email=invitation.email).first() or Person(email=invitation.email)
    person.name, person.role, person.is_staff, person.is_active = name, invitation.role, True, True
    person.must_reset_password = False
    person.set_password(password)
    person.save()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    end_sessions(person=person)
    _record(Actor.system("invitation"), "staff.invitation_accepted", person, invitation.role)
    return person


@transaction.atomic
def join(*, token: str, person: Person) -> None:
    """Become staff by a link, with the account one is signed in to. Raises LinkExpired."""
    invitation = _use_invitation(token)
    if owner_of(invitation) != person:
        raise LinkExpired
    person.role, person.is_staff = invitation.role, True
    person.save(update_fields=["role", "is_staff"])
    _record(Actor.customer(person.pk), "staff.invitation_accepted", person, invitation.role)


def _use_invitation(token: str) -> StaffInvitation:
    invitation = open_invitation(token)
    if not StaffInvitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=clock.real_now()):
        raise LinkExpired
    _close_invitations(invitation.email)
    return invitation


def _close_invitations(email: str) -> None:
    """An older link must not set the password of somebody who has come in already."""
    now = clock.real_now()
    StaffInvitation.objects.filter(email=email, used_at=None, expires_at__gt=now).update(expires_at=now)


def _record(actor: Actor, action: str, person: Person, role: str) -> None:
    audit.record(
        actor=actor, action=action, subject_type="person", subject=person.pk, person=person.pk, data={"role": str(role)}
    )
