"""Halcyon's staff and customers, with passwords and authenticators made here."""

import secrets
from collections.abc import Collection

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core.actors import Actor
from frontdesk.project.demo.facts import DemoPerson, Facts
from frontdesk.project.demo.sources import read

ACTOR = Actor.system("demo")


def build_newcomers(facts: Facts) -> None:
    """Make the people whom an earlier demo did not have; the others are left alone."""
    known = set(Person.objects.values_list("email", flat=True))
    build_people(facts, but=known)


def build_people(facts: Facts, but: Collection[str] = ()) -> None:
    """Make the people who are not there yet; passwords are noted before they are used, so that none is lost."""
    rows = read("people")
    everybody = [row for row in [*rows["staff"], *rows["customers"]] if row["email"] not in but]
    for row in everybody:
        if facts.person(row["email"]) is None:
            role = row.get("role", "customer")
            totp = generate_totp_secret() if role != "customer" else ""
            facts.people.append(DemoPerson(row["email"], _password(), totp, role, row["situation"]))
    facts.save()
    for row in everybody:
        person = facts.person(row["email"])
        if person is not None:
            _build_person(person, row["name"], row.get("language", ""))


@transaction.atomic
def _build_person(known: DemoPerson, name: str, language: str) -> None:
    person = Person.objects.filter(email=known.email).first()
    if person is None:
        person = add_person(actor=ACTOR, email=known.email, password=known.password, name=name, language=language)
    elif not person.check_password(known.password):
        person.set_password(known.password)
        person.save(update_fields=["password"])
    if known.totp_secret:
        Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
        TOTP.activate(person, known.totp_secret)
        make_staff(actor=ACTOR, person=person, role=Role(known.role))


def _password() -> str:
    """Four groups that are easy to type, 64 random bits."""
    return "-".join(secrets.token_hex(2) for _ in range(4))
