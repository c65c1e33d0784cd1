"""What staff may do with a licence, each as a page that asks for the reason and calls the verb of the customers' pages.

Roles: seats and codes are for agents, time and money for billing agents, stopping a licence for managers.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import Deed, ReasonForm
from frontdesk.licensing import devices, hand_overs, licenses, lost_codes, selectors, terms
from frontdesk.licensing.models import Activation, License, Term, TermKind

Data = Mapping[str, Any]
SEAT = "licensing.seat_license"
CODE = "licensing.code_license"
ADJUST = "licensing.adjust_license"
REFUND = "licensing.refund_license"
SUSPEND = "licensing.suspend_license"


def _device_choices(held: License) -> list[tuple[str, str]]:
    return [
        (str(device.pk), f"{device.name} · {device.get_platform_display()} · {date_format(device.last_seen_at)}")
        for device in selectors.devices_of(held)
    ]


def _current_versions(held: License) -> list[PlanVersion]:
    newest = PlanVersion.objects.filter(plan__product_id=held.product_id).order_by("plan_id", "-number")
    return list(newest.distinct("plan_id").select_related("plan__product"))


class DaysForm(ReasonForm):
    """How many days. `once` makes a second press of the button harmless."""

    days = forms.IntegerField(label=_("Days to add"), min_value=1, max_value=3650)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """A new adjustment for each page that is opened."""
        self.fields["once"].initial = uuid4


class HandOverForm(ReasonForm):
    """To whom, and which devices go."""

    to_email = forms.EmailField(label=_("E-mail address of the new owner"), max_length=254)
    devices_to_free = forms.MultipleChoiceField(
        label=_("Devices that are freed when the offer is accepted"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        """The devices in use."""
        self.offer("devices_to_free", _device_choices(self.subject))


class DeviceForm(ReasonForm):
    """Which device."""

    device = forms.ChoiceField(label=_("Device"))

    def prepare(self) -> None:
        """The devices in use."""
        self.offer("device", _device_choices(self.subject))


class TermForm(ReasonForm):
    """Which piece of time."""

    term = forms.ChoiceField(label=_("Term"))

    def prepare(self) -> None:
        """Those that were not taken back yet."""
        rows = self.subject.terms.filter(revoked_at=None).order_by("starts_at")
        names = [
            (str(term.pk), f"{term.get_kind_display()}: {date_format(term.starts_at)} – {date_format(term.ends_at)}")
            for term in rows
        ]
        self.offer("term", names)


class PlanForm(ReasonForm):
    """To which plan, and which devices stay if it allows fewer."""

    plan_version = forms.ChoiceField(label=_("Plan"))
    keep = forms.MultipleChoiceField(
        label=_("Devices that stay"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If the plan allows fewer devices and none is chosen, those seen least recently go."),
    )

    def prepare(self) -> None:
        """What is sold now, and the devices in use."""
        self.offer("plan_version", [(str(version.pk), str(version)) for version in _current_versions(self.subject)])
        self.offer("keep", _device_choices(self.subject))


def _suspend(actor: Actor, held: License, data: Data) -> None:
    licenses.suspend(actor=actor, license=held, reason=actor.reason)


def _restore(actor: Actor, held: License, data: Data) -> None:
    licenses.restore(actor=actor, license=held, reason=actor.reason)


def _refund(actor: Actor, held: License, data: Data) -> str:
    freed = licenses.refund(actor=actor, license=held, reason=actor.reason)
    return ngettext(
        "The licence is refunded; %(count)d device was freed.",
        "The licence is refunded; %(count)d devices were freed.",
        freed,
    ) % {"count": freed}


def _adjust(actor: Actor, held: License, data: Data) -> str:
    terms.grant(
        actor=actor,
        license=held,
        kind=TermKind.ADJUSTMENT,
        plan_version=held.plan_version,
        grant_ref=f"adjustment:{data['once']}",
        days=data["days"],
    )
    held.refresh_from_db()
    return gettext("The licence now ends on %(date)s.") % {"date": date_format(held.expires_at)}


def _revoke(actor: Actor, held: License, data: Data) -> None:
    term = Term.objects.get(pk=data["term"], license=held)
    terms.revoke(actor=actor, term=term, reason=actor.reason)


def _change_plan(actor: Actor, held: License, data: Data) -> None:
    version = PlanVersion.objects.get(pk=data["plan_version"])
    keep = [UUID(device) for device in data["keep"]]
    licenses.change_plan_version(actor=actor, license=held, plan_version=version, keep=keep, reason=actor.reason)


def _replace_code(actor: Actor, held: License, data: Data) -> str:
    code = lost_codes.replace_lost(actor=actor, license=held)
    return gettext("The new code ends with %(tail)s and is on its way to the owner by mail.") % {"tail": code.tail}


def _hand_over(actor: Actor, held: License, data: Data) -> None:
    freed = [UUID(device) for device in data["devices_to_free"]]
    hand_overs.offer(actor=actor, license=held, to_email=data["to_email"], devices_to_free=freed)


def _withdraw_offer(actor: Actor, held: License, data: Data) -> None:
    offer = hand_overs.open_offer(held)
    if offer is not None:
        hand_overs.withdraw(actor=actor, hand_over=offer)


def free_device(actor: Actor, device: Activation) -> str:
    """Free a seat; says until when the device may go on."""
    until = selectors.stops_by(device)
    devices.free(actor=actor, activation=device)
    return gettext("%(device)s is freed. It stops within a day if it is online, at the latest on %(date)s.") % {
        "device": device.name,
        "date": date_format(until),
    }


def _free(actor: Actor, held: License, data: Data) -> str:
    return free_device(actor, Activation.objects.get(pk=data["device"], license=held))


def _is_running(held: License) -> bool:
    return held.suspended_at is None and held.refunded_at is None


SEATS_AND_CODES = (
    Deed(
        name="free-device",
        label=_("Free a device"),
        permission=SEAT,
        run=_free,
        done=_("The device is freed."),
        warning=_("It stops within a day if it is online, and at the latest when its last lease ends."),
        form=DeviceForm,
        icon="devices_off",
        applies=lambda held: held.seats_used > 0,
    ),
    Deed(
        name="replace-code",
        label=_("Replace the code"),
        permission=CODE,
        run=_replace_code,
        done=_("The new code is on its way."),
        warning=_("The old code stops, and the owner gets the new one by mail. Nobody else sees it. Devices go on."),
        icon="key",
        applies=lambda held: held.owner_id is not None and _is_running(held) and bool(selectors.live_codes(held)),
    ),
    Deed(
        name="hand-over",
        label=_("Hand over"),
        permission=CODE,
        run=_hand_over,
        done=_("The offer is on its way. The licence changes hands when it is accepted."),
        warning=_("Whoever reads this address may accept within seven days, by signing in. The owner is told."),
        form=HandOverForm,
        icon="swap_horiz",
        applies=lambda held: held.owner_id is not None and _is_running(held) and hand_overs.open_offer(held) is None,
    ),
    Deed(
        name="withdraw-offer",
        label=_("Withdraw the offer"),
        permission=CODE,
        run=_withdraw_offer,
        done=_("The offer is withdrawn."),
        warning=_("The link that was mailed stops working."),
        icon="cancel_schedule_send",
        applies=lambda held: hand_overs.open_offer(held) is not None,
    ),
)
TIME_AND_MONEY = (
    Deed(
        name="adjust",
        label=_("Add days"),
        permission=ADJUST,
        run=_adjust,
        done=_("The days are added."),
        warning=_("The days are added at the end of the licence, as a piece of their own on its timeline."),
        form=DaysForm,
        icon="more_time",
        applies=lambda held: held.refunded_at is None,
    ),
    Deed(
        name="change-plan",
        label=_("Change the plan"),
        permission=ADJUST,
        run=_change_plan,
        done=_("The licence has the new plan."),
        warning=_("The licence gets today's version of the plan. Its time stays as it is."),
        form=PlanForm,
        icon="sell",
        applies=lambda held: held.refunded_at is None,
    ),
    Deed(
        name="revoke-term",
        label=_("Take a term back"),
        permission=REFUND,
        run=_revoke,
        done=_("The term is taken back."),
        warning=_("What has begun ends now, what has not begun vanishes, and what follows moves forward."),
        form=TermForm,
        icon="history_toggle_off",
        applies=lambda held: held.terms.filter(revoked_at=None, ends_at__gt=clock.now()).exists(),
    ),
    Deed(
        name="refund",
        label=_("Refund"),
        permission=REFUND,
        run=_refund,
        done=_("The licence is refunded."),
        warning=_("The licence ends for good and all its devices are freed. The money is sent back elsewhere."),
        icon="money_off",
        applies=lambda held: held.refunded_at is None,
    ),
)
STOPPING = (
    Deed(
        name="suspend",
        label=_("Suspend"),
        permission=SUSPEND,
        run=_suspend,
        done=_("The licence is suspended."),
        warning=_("No device is activated and no lease renewed until it is restored. Its time goes on."),
        icon="pause_circle",
        applies=_is_running,
    ),
    Deed(
        name="restore",
        label=_("Restore"),
        permission=SUSPEND,
        run=_restore,
        done=_("The licence works again."),
        icon="play_circle",
        applies=lambda held: held.suspended_at is not None and held.refunded_at is None,
    ),
)
