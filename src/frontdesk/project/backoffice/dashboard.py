"""The figures on the back office's first page, each with the page that explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person, Recovery
from frontdesk.accounts.models.recoveries import OPEN
from frontdesk.core import audit, clock
from frontdesk.core.models import AuditEntry, OutboxMessage
from frontdesk.licensing.models import Activation, Batch, Code, License

QUIET_SEAL = timedelta(minutes=10)  # by then the worker should have sealed what was done


@dataclass(frozen=True)
class Way:
    """Something done often, one click away."""

    label: str | Promise
    address: str
    icon: str


@dataclass(frozen=True)
class Section:
    """Figures that belong together."""

    title: str | Promise
    figures: list["Figure"]


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and where to see it."""

    label: str | Promise
    value: int
    address: str
    is_warning: bool = False


def sections(person: AbstractBaseUser | AnonymousUser) -> list[Section]:
    """What this person's role may see, by subject."""
    if not isinstance(person, Person):
        return []
    found = [
        Section(title, [make() for permission, make in makers if person.has_perm(permission)])
        for title, makers in FIGURES
    ]
    return [section for section in found if section.figures]


def ways(person: AbstractBaseUser | AnonymousUser) -> list[Way]:
    """What this person's role does most."""
    if not isinstance(person, Person):
        return []
    return [way for permission, way in WAYS if person.has_perm(permission)]


def _recoveries() -> Figure:
    waiting = Recovery.objects.filter(OPEN, reached_at__isnull=False, approved_at=None).count()
    return Figure(_("Locked out, waiting for us"), waiting, "admin:accounts_recovery_changelist", waiting > 0)


def _new_people() -> Figure:
    new = Person.objects.filter(created_at__gt=clock.real_now() - timedelta(days=30))
    return Figure(_("New accounts in 30 days"), new.count(), "admin:accounts_person_changelist")


def _people() -> Figure:
    return Figure(_("Accounts"), Person.objects.filter(is_active=True).count(), "admin:accounts_person_changelist")


def _unproved_staff() -> Figure:
    strong = Authenticator.objects.filter(user=OuterRef("pk"), type__in=["totp", "webauthn"])
    bare = Person.objects.filter(~Exists(strong), is_staff=True, is_active=True).count()
    return Figure(_("Staff without a second step"), bare, "admin:accounts_person_changelist", bare > 0)


def _unsealed() -> Figure:
    waiting = AuditEntry.objects.filter(id__gt=audit.sealed_up_to())
    late = waiting.filter(at__lt=clock.now() - QUIET_SEAL).exists()
    return Figure(_("Audit entries not sealed yet"), waiting.count(), "admin:core_auditentry_changelist", late)


def _licenses() -> Figure:
    running = License.objects.filter(expires_at__gt=clock.now(), suspended_at=None, refunded_at=None)
    return Figure(_("Licences that run"), running.count(), "admin:licensing_license_changelist")


def _ending() -> Figure:
    now = clock.now()
    soon = License.objects.filter(
        expires_at__gt=now, expires_at__lte=now + timedelta(days=30), suspended_at=None, refunded_at=None
    )
    return Figure(_("End within 30 days"), soon.count(), "admin:licensing_license_changelist")


def _devices() -> Figure:
    used = Activation.objects.filter(removed_at=None)
    return Figure(_("Devices in use"), used.count(), "admin:licensing_activation_changelist")


def _codes() -> Figure:
    unused = Code.objects.filter(redeemed_at=None, voided_at=None)
    return Figure(_("Codes not used yet"), unused.count(), "admin:licensing_code_changelist")


def _batches() -> Figure:
    running = Batch.objects.filter(finished_at=None, made__lt=F("count"))
    return Figure(_("Batches in the making"), running.count(), "admin:licensing_batch_changelist")


def _failed() -> Figure:
    failed = OutboxMessage.objects.exclude(failed_at=None).count()
    return Figure(_("Messages that failed"), failed, "admin:core_outboxmessage_changelist", is_warning=failed > 0)


Maker = tuple[str, Callable[[], Figure]]
FIGURES: list[tuple[Promise, list[Maker]]] = [
    (
        _("Customers"),
        [
            ("accounts.view_recovery", _recoveries),
            ("accounts.view_person", _new_people),
            ("accounts.view_person", _people),
        ],
    ),
    (
        _("Licences"),
        [
            ("licensing.view_license", _licenses),
            ("licensing.view_license", _ending),
            ("licensing.view_activation", _devices),
            ("licensing.view_code", _codes),
            ("licensing.view_batch", _batches),
        ],
    ),
    (
        _("Installation"),
        [
            ("core.view_outboxmessage", _failed),
            ("core.view_auditentry", _unsealed),
            ("accounts.change_person", _unproved_staff),
        ],
    ),
]
WAYS = [
    ("accounts.view_person", Way(_("Find a person"), "admin:accounts_person_changelist", "person_search")),
    ("licensing.view_license", Way(_("Find a licence"), "admin:licensing_license_changelist", "verified_user")),
    ("licensing.view_code", Way(_("Find a code"), "admin:licensing_code_find", "key")),
    ("licensing.add_batch", Way(_("Make codes"), "admin:licensing_batch_add", "stacks")),
    ("accounts.add_staffinvitation", Way(_("Invite staff"), "admin:accounts_staffinvitation_add", "person_add")),
]
