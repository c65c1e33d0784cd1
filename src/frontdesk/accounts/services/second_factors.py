"""Second factors that are set up without a page: for the demo and for tests of other parts."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor


@transaction.atomic
def enrol_authenticator(*, actor: Actor, person: Person) -> str:
    """Give a person an authenticator, replacing the one they have; returns its secret (base 32)."""
    Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    audit.record(actor=actor, action="second_factor.added", subject_type="person", subject=person.pk, person=person.pk)
    return secret
