"""Forgotten and changed passwords."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts import guard
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.accounts.services.second_factors import forget_remembered
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.tokens import reset_tokens
from frontdesk.core import audit, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.outbox import Delivery

RESET_ASKED = "accounts.reset_asked"


@transaction.atomic
def ask_for_reset(*, email: str, standing: guard.Standing = guard.Standing.STRANGER) -> None:
    """Have the worker mail a link for a new password; whoever has no account is told that instead.

    Nothing here depends on whether there is such an account, so that the answer's time tells nothing.
    `standing` of the one who asks: the mails that strangers ask for use up nobody else's.
    """
    email = email.strip().lower()
    if guard.may_send("reset mail", email, standing=standing):
        outbox.put(topic=RESET_ASKED, payload={"language": translation.get_language() or ""}, secret=email)


def write_reset_mail(delivery: Delivery) -> None:
    """The outbox's handler for it."""
    person = Person.objects.filter(email=delivery.secret, is_active=True).first()
    with translation.override(delivery.payload["language"] or None):
        if person is None:
            link = settings.FRONTDESK_URL + reverse("account_signup")
            send_mail(to=delivery.secret, template="accounts/no_account", context={"action_url": link})
            return
        secret, hint = reset_link(person), _("(a link, only in the mail)")
        send_mail(to=person, template="accounts/reset_password", context={}, secret=secret, secret_hint=hint)


def reset_link(person: Person) -> str:
    """An address at which this person sets a new password within the hour; it belongs into a mail to them alone."""
    key = f"{person.pk.hex}-{reset_tokens.make_token(person)}"
    return str(settings.FRONTDESK_URL) + reverse("account_reset_password_from_key", args=[key])


def person_of_reset_link(key: str) -> Person:
    """Whose reset link this is. Raises LinkExpired when it is used, too old or not ours."""
    return _checked(Person.objects.filter(is_active=True), key)


@transaction.atomic
def reset_password(*, key: str, password: str) -> Person:
    """Set a new password by a mailed link: all sessions end, and a mail says so. Raises LinkExpired.

    The link proves the mailbox: the address counts as confirmed, and a lock ends. It signs nobody in: the second
    factor stays.
    """
    person = _checked(Person.objects.select_for_update().filter(is_active=True), key)
    person.set_password(password)
    person.must_reset_password = False
    person.save(update_fields=["password", "short_password", "must_reset_password"])
    EmailAddress.objects.filter(user=person, email=person.email).update(verified=True)
    guard.clear_lock(person)
    _after_change(person, action="person.password_reset", except_session=None)
    return person


@transaction.atomic
def change_password(*, person: Person, password: str, except_session: str | None) -> None:
    """Set a new password; all other sessions end, and a mail says so."""
    person.set_password(password)
    person.save(update_fields=["password", "short_password"])
    _after_change(person, action="person.password_changed", except_session=except_session)


def _after_change(person: Person, *, action: str, except_session: str | None) -> None:
    end_sessions(person=person, except_session=except_session)
    was_this_you(person=person, cause=action, template="accounts/password_changed")
    forget_remembered(person)
    audit.record(
        actor=Actor.customer(person.pk), action=action, subject_type="person", subject=person.pk, person=person.pk
    )


def _checked(people: QuerySet[Person], key: str) -> Person:
    pk, _dash, token = key.partition("-")
    try:
        person = people.filter(pk=UUID(hex=pk)).first()
    except ValueError:
        raise LinkExpired from None
    if person is None or not reset_tokens.check_token(person, token):
        raise LinkExpired
    return person
