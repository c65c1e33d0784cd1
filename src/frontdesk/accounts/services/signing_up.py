"""Making accounts."""

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from frontdesk.accounts import guard
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor

LONGEST_NEXT = 500  # characters of an address that a mailed link carries along


@transaction.atomic
def sign_up(*, email: str, password: str, name: str = "", wanted: str = "") -> None:
    """Make an account and mail the link that confirms the address; from there it goes on to `wanted`, a page of ours.

    Whoever has an account already is told so by mail; here, both are one hash, the same statements and one mail.
    """
    email = email.strip().lower()
    person = Person(email=email, name=name, language=translation.get_language() or "", password=make_password(password))
    mail_allowed = guard.may_mail(email)
    Person.objects.bulk_create([person], ignore_conflicts=True)
    address = _add_address(person)
    if not mail_allowed:
        return
    if address is None:
        link = settings.FRONTDESK_URL + reverse("account_reset_password")
        send_mail(to=email, template="accounts/already_a_customer", context={"action_url": link})
    else:
        link = confirmation_link(EmailConfirmationHMAC(address).key, wanted)
        hint = _("(a link, only in the mail)")
        send_mail(to=person, template="accounts/confirm_address", context={}, secret=link, secret_hint=hint)


def confirmation_link(key: str, wanted: str) -> str:
    """The address of the page that confirms an address, and leads on to the page that the person wanted."""
    query = f"?{urlencode({'next': wanted})}" if wanted and len(wanted) <= LONGEST_NEXT else ""
    return f"{settings.FRONTDESK_URL}{reverse('account_confirm_email', args=[key])}{query}"


@transaction.atomic
def add_person(*, actor: Actor, email: str, password: str | None = None, name: str = "", language: str = "") -> Person:
    """Make an account whose address counts as confirmed: by staff, an import, or the demo."""
    person = Person.objects.create_user(email=email, password=password, name=name, language=language)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    audit.record(actor=actor, action="person.added", subject_type="person", subject=person.pk, person=person.pk)
    return person


def _add_address(person: Person) -> EmailAddress | None:
    """The new person's address; None when the person was not made, since the address has an account."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into account_emailaddress (user_id, email, verified, "primary")
               select id, email, false, true from accounts_person where id = %s returning id""",
            [person.pk],
        )
        row = cursor.fetchone()
    return EmailAddress(pk=row[0], user=person, email=person.email, primary=True) if row else None
