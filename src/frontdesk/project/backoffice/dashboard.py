"""The figures on the back office's first page, each with the page that explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.models import OutboxMessage
from frontdesk.licensing.models import Activation, Batch, Code, License


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and where to see it."""

    label: str | Promise
    value: int
    address: str
    is_warning: bool = False


def figures(person: AbstractBaseUser | AnonymousUser) -> list[Figure]:
    """What this person may see."""
    if not isinstance(person, Person):
        return []
    return [make() for permission, make in FIGURES if person.has_perm(permission)]


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


FIGURES: tuple[tuple[str, Callable[[], Figure]], ...] = (
    ("licensing.view_license", _licenses),
    ("licensing.view_license", _ending),
    ("licensing.view_activation", _devices),
    ("licensing.view_code", _codes),
    ("licensing.view_batch", _batches),
    ("core.view_outboxmessage", _failed),
)
