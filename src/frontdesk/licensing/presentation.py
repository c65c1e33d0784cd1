"""A licence, its pieces and its devices in words, for every page that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontdesk.licensing import selectors
from frontdesk.licensing.models import Activation, BatchKind, Code, License, Term
from frontdesk.licensing.timeline import CODE_ORIGINS, Piece, State, day, explained_terms, timeline
from frontdesk.ui.parts import TimelinePiece

DAY = 86_400
SOON_DAYS = 30
_Status = License.Status

_STATUS: dict[License.Status, tuple[Promise, str]] = {
    _Status.ACTIVE: (gettext_lazy("Active"), "good"),
    _Status.GRACE: (gettext_lazy("Ended, still working"), "warn"),
    _Status.EXPIRED: (gettext_lazy("Expired"), "bad"),
    _Status.SUSPENDED: (gettext_lazy("Suspended"), "bad"),
    _Status.REFUNDED: (gettext_lazy("Refunded"), ""),
}


@dataclass(frozen=True)
class LicenseView:
    """A licence at a moment of business time."""

    license: License
    now: datetime
    terms: Sequence[Term] | None = None

    @property
    def name(self) -> str:
        """The product with the plan's name, said once."""
        product, plan = self.license.product.name, self.license.plan_version.plan.name
        return plan if plan.startswith(product) else f"{product} {plan}"

    @property
    def status(self) -> License.Status:
        """The licence's status at that moment."""
        return self.license.status_at(self.now)

    @property
    def status_name(self) -> str:
        """The status in words."""
        return str(_STATUS[self.status][0])

    @property
    def tone(self) -> str:
        """How the status is coloured."""
        return _STATUS[self.status][1]

    @property
    def days_left(self) -> int:
        """Whole days until the end, rounded up; 0 when it is over."""
        return max(0, -(-int((self.license.expires_at - self.now).total_seconds()) // DAY))

    @property
    def summary(self) -> str:
        """Devices and end, in a few words."""
        devices = ngettext("%(count)s device", "%(count)s devices", self.license.device_limit)
        return devices % {"count": self.license.device_limit} + ", " + self.until

    @property
    def until(self) -> str:
        """When it ends, or ended."""
        over = self.status in {_Status.GRACE, _Status.EXPIRED}
        return (_("ended on %s") if over else _("until %s")) % day(self.license.expires_at)

    @property
    def is_full(self) -> bool:
        """Whether every seat is taken."""
        return self.license.seats_used >= self.license.device_limit

    @property
    def pieces(self) -> list[TimelinePiece]:
        """The licence's time for the drawn bar, each piece explained."""
        return [_drawn(piece) for piece in timeline(self.license, self.now, self.terms)]


def views_of(licenses: Sequence[License], now: datetime) -> list[LicenseView]:
    """Several licences with their terms, read at once."""
    prefetch_related_objects(licenses, Prefetch("terms", explained_terms(), to_attr="explained"))
    return [LicenseView(license, now, getattr(license, "explained", None)) for license in licenses]


@dataclass(frozen=True)
class DeviceView:
    """A device that holds a seat, at a moment of business time."""

    activation: Activation
    license: License
    now: datetime

    @property
    def note(self) -> str:
        """Platform and version."""
        version = _("version %s") % self.activation.app_version if self.activation.app_version else ""
        return " · ".join(part for part in (str(self.activation.get_platform_display()), version) if part)

    @property
    def stops_by(self) -> datetime:
        """Until when a lease that it may hold lets it go on after its seat is freed."""
        return min(selectors.stops_by(self.activation, self.now), self.license.grace_until)

    @property
    def consequence(self) -> str:
        """What freeing its seat does, in a sentence."""
        if self.stops_by <= self.now:
            return _("%s has not been in touch for so long that the product there no longer works.") % self.name
        values = {"name": self.name, "day": day(self.stops_by)}
        if self.activation.offline_until:
            return _("%(name)s is activated without internet, so the product there stops at the latest on %(day)s.") % (
                values
            )
        return _("The product on %(name)s stops within a day if it is online, at the latest on %(day)s.") % values

    @property
    def name(self) -> str:
        """What the owner calls it."""
        return self.activation.name


def code_origin(code: Code) -> str:
    """Where a code came from, with its last group. Wants `batch`."""
    return capfirst(str(CODE_ORIGINS[BatchKind(code.batch.kind)]) % {"tail": code.tail})


def code_state(code: Code) -> tuple[str, str, str]:
    """A code for a list: where it came from, its state, and the state's tone."""
    if code.replaced_by_id:
        return code_origin(code), _("Replaced"), ""
    if code.voided_at:
        return code_origin(code), _("Blocked"), "bad"
    return code_origin(code), _("In use"), "good"


def _drawn(piece: Piece) -> TimelinePiece:
    revoked = piece.state == State.REVOKED
    return TimelinePiece(piece.start, piece.end, capfirst(piece.origin), piece.sentence, revoked=revoked)
