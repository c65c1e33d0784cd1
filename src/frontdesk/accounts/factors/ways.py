"""The ways of a second step: which ones a person has, and in honest words what each resists."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person

HASHES = "hashes"
READ = "_factors_read"


class Way(TextChoices):
    """A way of showing that it is you, besides the password; the strongest first."""

    PASSKEY = "webauthn", _("Passkey")
    AUTHENTICATOR = "totp", _("Authenticator app")
    SMS = "sms", _("Code by SMS")
    MAIL = "mail", _("Code by mail (basic)")
    RECOVERY = "recovery_codes", _("Recovery code")


STRONG = (Way.PASSKEY, Way.AUTHENTICATOR)
ICONS = {
    Way.PASSKEY: "fingerprint-pattern",
    Way.AUTHENTICATOR: "smartphone",
    Way.SMS: "message-square",
    Way.MAIL: "mail",
    Way.RECOVERY: "life-buoy",
}
RESISTS = {
    Way.PASSKEY: _("The safest: it answers only to our real address, so a false page gets nothing. Nothing to type."),
    Way.AUTHENTICATOR: _("Strong, and works without a network. A false page could still ask you for the code."),
    Way.SMS: _("Better than a password alone. But numbers can be taken over, and a false page could ask for the code."),
    Way.MAIL: _(
        "Basic: it stops somebody who has only your password. Whoever reads your mail can also reset the password, "
        "so the two together are one factor."
    ),
    Way.RECOVERY: _("For the day nothing else is at hand. Each works once; keep them on paper."),
}


@dataclass(frozen=True)
class Choice:
    """A way as the pages show it."""

    way: Way

    @property
    def label(self) -> Any:
        """What it is called."""
        return self.way.label

    @property
    def icon(self) -> str:
        """Its picture."""
        return ICONS[self.way]

    @property
    def resists(self) -> Any:
        """What it withstands, and what not."""
        return RESISTS[self.way]


def factors_of(person: Person) -> list[Authenticator]:
    """The person's authenticators, passkeys and recovery codes, read anew, and kept for `read_factors`."""
    rows = list(Authenticator.objects.filter(user=person))
    person.__dict__[READ] = rows
    return rows


def read_factors(person: Person) -> list[Authenticator]:
    """The same as they were read last in this request; who changes one by them must compare before."""
    rows: list[Authenticator] | None = person.__dict__.get(READ)
    return factors_of(person) if rows is None else rows


def ways_of(person: Person) -> list[Way]:
    """The ways this person can take now, the strongest first; recovery codes only beside another. One query.

    Staff who have a strong one are not offered the weak ones: nobody gets to the back office round the strong one.
    """
    rows = factors_of(person)
    has = {Way(row.type) for row in rows if row.type != Way.RECOVERY or row.data.get(HASHES)}
    has |= {Way.SMS} if person.gets_sms_codes else set()
    has |= {Way.MAIL} if person.second_step_by_mail else set()
    if person.is_staff and has & set(STRONG):
        has -= {Way.SMS, Way.MAIL}
    return [way for way in Way if way in has] if has - {Way.RECOVERY} else []
