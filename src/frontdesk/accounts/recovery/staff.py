"""Staff who are locked out: an administrator at the server lets them in again, by a link that is good for two days."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from frontdesk.accounts.errors import RecoveryNotPossible
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.services.staff import invite_staff
from frontdesk.core import audit
from frontdesk.core.actors import Actor


@transaction.atomic
def recover_staff(*, actor: Actor, email: str) -> str:
    """Take away password, second factors and sessions of somebody on the staff; returns the link for new ones.

    Raises RecoveryNotPossible for anybody who is not on the staff: customers are recovered in the back office.
    """
    people = Person.objects.select_for_update()
    person = people.filter(email=email.strip().lower(), is_staff=True, is_active=True).exclude(role="").first()
    if person is None:
        raise RecoveryNotPossible
    Authenticator.objects.filter(user=person).delete()
    KnownBrowser.objects.filter(person=person).delete()
    end_sessions(person=person)
    person.set_unusable_password()
    person.second_step_by_sms = person.second_step_by_mail = False
    person.save(update_fields=["password", "second_step_by_sms", "second_step_by_mail"])
    audit.record(actor=actor, action="staff.recovered", subject_type="person", subject=person.pk, person=person.pk)
    return invite_staff(actor=actor, email=person.email, role=Role(person.role))
