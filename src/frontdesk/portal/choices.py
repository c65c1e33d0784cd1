"""What a person may choose between when a code is new: a licence of its own, or more time on one they have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.core.errors import NotFound
from frontdesk.licensing.conversion import Conversion, convert
from frontdesk.licensing.errors import PlansNotComparable
from frontdesk.licensing.models import License
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.redemption import Effect, Preview
from frontdesk.licensing.selectors import access_license
from frontdesk.licensing.timeline import days

NEW = "new"
MOST = 4

SAID = {
    Effect.NEW: _("The licence is on your account."),
    Effect.STACK: _("The time was added to your licence."),
    Effect.CLAIM: _("The licence is on your account now."),
    Effect.ALREADY_YOURS: _("This code is on your account already. Nothing was changed."),
}


@dataclass(frozen=True)
class Way:
    """One licence that the code could extend: until when it would then run, and how the time counts there."""

    view: LicenseView
    ends_at: datetime
    conversion: Conversion

    @property
    def sold(self) -> str:
        """The time the code was sold with."""
        return days(self.conversion.sold_seconds)

    @property
    def counted(self) -> str:
        """What it counts for on this licence."""
        return days(self.conversion.seconds)


def ways_to_stack(preview: Preview, now: datetime) -> list[Way]:
    """The licences the previewed code could extend, at most MOST, the longest first."""
    return [way for license in preview.onto[:MOST] if (way := _way(preview, license, now))]


def chosen_license(person: Person, chosen: str) -> License:
    """The licence named in the form. Raises NotFound."""
    try:
        return access_license(person, UUID(chosen))
    except ValueError:
        raise NotFound from None


def _way(preview: Preview, license: License, now: datetime) -> Way | None:
    try:
        conversion = convert(preview.plan_version, license.plan_version, license.added_devices)
    except PlansNotComparable:
        return None
    ends_at = max(now, license.expires_at) + timedelta(seconds=conversion.seconds)
    return Way(LicenseView(license, now), ends_at, conversion)
