"""Who is who: the one place where a password is checked, and where roles become the back office's permissions."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest

from frontdesk.accounts import guard, hashers, roles
from frontdesk.accounts.models import Person
from frontdesk.core.errors import TemporarilyUnavailable


class PersonBackend(BaseBackend):
    """One query and one hash for every address, known or not; whoever asks, the guess is reserved first."""

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **_others: Any
    ) -> Person | None:
        """The person with this address and password, if active.

        Raises TooManyAttempts with `retry_after` (seconds), PasswordStopped, GuessesUncounted, and
        TemporarilyUnavailable under a flood.
        """
        if not email or not password:
            return None
        guess = guard.guess_password(request, email)
        try:
            with hashers.ahead(of_strangers=guess.is_known):
                person = _person_with(guess.email, password)
        except TemporarilyUnavailable:
            guess.give_back()
            raise
        if person is None:
            guess.wrong()
        else:
            guess.right()
        return person

    def get_user(self, user_id: UUID | str) -> Person | None:
        """The person of a session, if still active; no session of a secured account counts until the reset."""
        return Person.objects.filter(pk=user_id, is_active=True, must_reset_password=False).first()

    def has_perm(self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """Whether the person's role permits it."""
        return (
            isinstance(user_obj, Person) and user_obj.has_role(roles.Role.AGENT) and roles.permits(user_obj.role, perm)
        )

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        """Whether the person's role sees anything of an app."""
        return self.has_perm(user_obj, f"{app_label}.view_anything")


def _person_with(email: str, password: str) -> Person | None:
    """An unknown address is checked against a decoy: the same work, so that time tells nothing."""
    person = Person.objects.filter(email=email).first()
    checked = person or Person(email=email, password=hashers.decoy())
    return person if checked.check_password(password) and person is not None and person.is_active else None
