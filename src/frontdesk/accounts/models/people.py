"""People: customers and staff alike."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.roles import Role, includes

ALONE = 15  # characters a password needs that stands alone


class PersonManager(BaseUserManager["Person"]):
    """Makes people; addresses are kept in lower case, since no mailbox in use tells cases apart."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """A person with this address; without a password nobody can sign in with one."""
        person: Person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        """The person with this address, whatever its case."""
        return self.get(email=(email or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Staff are people with a role; nobody is staff without a second factor."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    short_password = models.BooleanField(default=False, db_default=False, editable=False)
    must_reset_password = models.BooleanField(default=False, db_default=False, editable=False)
    phone = models.CharField(_("phone number"), max_length=20, blank=True, default="", db_default="")
    phone_confirmed_at = models.DateTimeField(null=True, editable=False)
    # The ways of a second step that need no device of their own; authenticators and passkeys have rows.
    second_step_by_sms = models.BooleanField(default=False, db_default=False, editable=False)
    second_step_by_mail = models.BooleanField(default=False, db_default=False, editable=False)
    # Until then nothing may leave the account: no hand-over, no refund.
    frozen_until = models.DateTimeField(_("frozen until"), null=True, editable=False)
    # While a recovery waits every page tells so, without a query of its own.
    recovery_due_at = models.DateTimeField(null=True, editable=False)
    deletion_due_at = models.DateTimeField(_("to be deleted"), null=True, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_person_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email

    def set_password(self, raw_password: str | None) -> None:
        """Set the password; one that is long enough only beside a second factor is remembered as such."""
        super().set_password(raw_password)
        self.short_password = raw_password is not None and len(raw_password) < ALONE

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone the person chose; None for the installation's."""
        try:
            return ZoneInfo(self.time_zone) if self.time_zone else None
        except (ZoneInfoNotFoundError, ValueError):
            return None  # one that this system does not know any more

    @property
    def shown_name(self) -> str:
        """How pages address the person."""
        return self.name or self.email.split("@")[0]

    def get_full_name(self) -> str:
        """The name as given; empty when none was."""
        return self.name

    def has_role(self, least: Role) -> bool:
        """Whether the person is staff with at least this role."""
        return self.is_active and self.is_staff and includes(self.role, least)

    def is_frozen(self, now: datetime) -> bool:
        """Whether the account was secured lately, so that nothing may leave it (business time)."""
        return self.frozen_until is not None and now < self.frozen_until

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in takes more than the password, by whichever way; a remembered browser is none."""
        return self.second_step_by_mail or self.gets_sms_codes or self.has_strong_second_factor

    @property
    def has_strong_second_factor(self) -> bool:
        """Whether there is an authenticator or a passkey, which staff must have."""
        if self._state.adding:
            return False
        factors = self.authenticator_set.filter(type__in=("totp", "webauthn"))  # type: ignore[attr-defined] # allauth is untyped
        return bool(factors.exists())

    @property
    def gets_sms_codes(self) -> bool:
        """Whether a second step by SMS is on, to a number that was confirmed."""
        return self.second_step_by_sms and bool(self.phone) and self.phone_confirmed_at is not None
