"""Turning the ways of a second step on and off. Each change is in the audit and told by mail."""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from frontdesk.accounts.errors import PasswordNeedsSecondStep, SecondStepNotAvailable
from frontdesk.accounts.factors import recovery_codes
from frontdesk.accounts.factors.passkeys import NAME_LENGTH
from frontdesk.accounts.factors.second_factor import remember_counter
from frontdesk.accounts.factors.ways import STRONG, Way
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

REMOVED_FOR = timedelta(days=3)
FLAGS = {Way.SMS: "second_step_by_sms", Way.MAIL: "second_step_by_mail"}


@transaction.atomic
def enrol_authenticator(*, actor: Actor, person: Person) -> str:
    """Give a person an authenticator, replacing the one they have; returns its secret (base 32)."""
    Authenticator.objects.filter(user=person, type=Way.AUTHENTICATOR).delete()
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    _record(actor, person, "second_factor.added", Way.AUTHENTICATOR)
    return secret


@transaction.atomic
def add_authenticator(*, actor: Actor, person: Person, secret: str, counter: int) -> tuple[Authenticator, list[str]]:
    """Turn an authenticator on; the code that proved it counts as used. Also the recovery codes made beside it."""
    _locked(person)
    authenticator: Authenticator = TOTP.activate(person, secret).instance
    remember_counter(authenticator, counter)
    return authenticator, _after_adding(actor, person, Way.AUTHENTICATOR)


@transaction.atomic
def add_passkey(*, actor: Actor, person: Person, name: str, data: dict[str, Any]) -> tuple[Authenticator, list[str]]:
    """Keep a passkey that `passkeys.finish_adding` has checked. Also the recovery codes made beside it."""
    _locked(person)
    passkey = Authenticator.objects.create(
        user=person, type=Way.PASSKEY, data={"name": name.strip()[:NAME_LENGTH], **data}
    )
    return passkey, _after_adding(actor, person, Way.PASSKEY)


@transaction.atomic
def rename_passkey(*, actor: Actor, person: Person, passkey: Authenticator, name: str) -> None:
    """Call a passkey something else."""
    row = Authenticator.objects.select_for_update().get(pk=passkey.pk, user=person, type=Way.PASSKEY)
    row.data = {**row.data, "name": name.strip()[:NAME_LENGTH]}
    row.save(update_fields=["data"])
    _record(actor, person, "second_factor.renamed", Way.PASSKEY)


@transaction.atomic
def turn_on(*, actor: Actor, person: Person, way: Way) -> list[str]:
    """Let codes come by SMS or mail; returns the recovery codes made beside it. Raises SecondStepNotAvailable."""
    row = _locked(person)
    if way == Way.SMS and (not row.phone or row.phone_confirmed_at is None):
        raise SecondStepNotAvailable
    if getattr(row, FLAGS[way]):
        return []
    for each in (row, person):
        setattr(each, FLAGS[way], True)
    row.save(update_fields=[FLAGS[way]])
    return _after_adding(actor, row, way)


@transaction.atomic
def remove(*, actor: Actor, person: Person, way: Way, passkey: Authenticator | None = None) -> None:
    """Take a way away, of the passkeys the one given; with the last one the recovery codes go.

    Raises PasswordNeedsSecondStep while the password is long enough only beside it.
    """
    row = _locked(person)
    if must_keep(row, way):
        raise PasswordNeedsSecondStep
    if way in FLAGS:
        gone = bool(getattr(row, FLAGS[way]))
        for each in (row, person):
            setattr(each, FLAGS[way], False)
        row.save(update_fields=[FLAGS[way]])
    else:
        rows = Authenticator.objects.filter(user=row, type=way)
        gone = bool((rows.filter(pk=passkey.pk) if passkey else rows).delete()[0])
    if not row.has_second_factor:
        Authenticator.objects.filter(user=row).delete()
    if gone:
        forget_remembered(row)
        _record(actor, row, "second_factor.removed", way)
        context = {"way": way.label, "still_on": row.has_second_factor}
        _tell(row, "second_factor.removed", "accounts/second_factor_removed", context)


@transaction.atomic
def make_recovery_codes(*, actor: Actor, person: Person) -> list[str]:
    """New recovery codes in place of the old ones. Raises SecondStepNotAvailable without another way."""
    row = _locked(person)
    if not row.has_second_factor:
        raise SecondStepNotAvailable
    codes = recovery_codes.make(row)
    _record(actor, row, "second_factor.added", Way.RECOVERY)
    _tell(row, "second_factor.added", "accounts/recovery_codes_made", {})
    return codes


@transaction.atomic
def recovery_code_used(*, person: Person) -> None:
    """Write down that a recovery code was used, and tell the person how many are left."""
    left = recovery_codes.left(person)
    audit.record(
        actor=Actor.customer(person.pk),
        action="second_factor.recovery_code_used",
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data={"kind": Way.RECOVERY.value, "left": left},
    )
    _tell(person, "second_factor.recovery_code_used", "accounts/recovery_code_used", {"left": left})


@transaction.atomic
def remove_since(*, person: Person, since: datetime) -> None:
    """Take away what was added since then: by whom, their owner has just denied. The rest stays.

    Only what is younger than three days: who merely reads the mailbox must not undo by an old mail what the owner has
    long been signing in with.
    """
    since = max(since, clock.real_now() - REMOVED_FOR)
    kinds = Authenticator.objects.filter(user=person, created_at__gte=since)
    for way in sorted(set(kinds.values_list("type", flat=True))):
        _record(Actor.customer(person.pk), person, "second_factor.removed", Way(way))
    kinds.delete()
    if person.phone_confirmed_at is not None and person.phone_confirmed_at >= since:
        person.phone, person.phone_confirmed_at, person.second_step_by_sms = "", None, False
        person.save(update_fields=["phone", "phone_confirmed_at", "second_step_by_sms"])
        _record(Actor.customer(person.pk), person, "second_factor.removed", Way.SMS)


def must_keep(person: Person, way: Way) -> bool:
    """Whether this is the last way beside a password that is too short to stand alone."""
    if not person.short_password or way == Way.RECOVERY:
        return False
    strong = Authenticator.objects.filter(user=person, type__in=STRONG).count()
    others = strong + person.second_step_by_mail + person.gets_sms_codes
    return bool(others <= 1)


def forget_remembered(person: Person) -> None:
    """From now on every browser is asked for the second step again."""
    KnownBrowser.objects.filter(person=person).exclude(remembered_until=None).update(remembered_until=None)


def _after_adding(actor: Actor, person: Person, way: Way) -> list[str]:
    forget_remembered(person)
    _record(actor, person, "second_factor.added", way)
    _tell(person, "second_factor.added", "accounts/second_factor_added", {"way": way.label})
    if Authenticator.objects.filter(user=person, type=Way.RECOVERY).exists():
        return []
    return recovery_codes.make(person)


def _tell(person: Person, cause: str, template: str, context: dict[str, Any]) -> None:
    was_this_you(person=person, cause=cause, template=template, context=context)


def _locked(person: Person) -> Person:
    """The person's row, so that two changes at once see each other."""
    return Person.objects.select_for_update().get(pk=person.pk)


def _record(actor: Actor, person: Person, action: str, way: Way) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data={"kind": way.value},
    )
