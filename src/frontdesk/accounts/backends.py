"""Who is who: the one place where a password is checked, and where roles become the back office's permissions."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest

from frontdesk.accounts import roles
from frontdesk.accounts.models import Person


class PersonBackend(BaseBackend):
    """One query and one hash for every address, known or not."""

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **_others: Any
    ) -> Person | None:
        """The person with this address and password, if active."""
        if not email or not password:
            return None
        person = Person.objects.filter(email=email.strip().lower()).first()
        if person is None:
            make_password(password)  # the same work, so that time tells nothing
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: UUID | str) -> Person | None:
        """The person of a session, if still active."""
        return Person.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """Whether the person's role permits it."""
        return (
            isinstance(user_obj, Person) and user_obj.has_role(roles.Role.AGENT) and roles.permits(user_obj.role, perm)
        )

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        """Whether the person's role sees anything of an app."""
        return self.has_perm(user_obj, f"{app_label}.view_anything")
