"""What a customer should look at first, the most pressing on top."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.licensing.doubles import DoubleSeat
from frontdesk.licensing.models import License, Replacement
from frontdesk.licensing.presentation import SOON_DAYS, LicenseView
from frontdesk.licensing.timeline import day
from frontdesk.support.tickets.models import Conversation

FULL, DOUBLE = 4, 5
MOST_ANSWERS = 3
NONE: Mapping[UUID, str] = MappingProxyType({})


@dataclass(frozen=True)
class Attention:
    """One thing to look at: how pressing (0 first), its tone, what happened, what to do, and where."""

    rank: int
    tone: str
    title: str
    text: str
    url: str
    action: str


def of_licenses(
    views: Iterable[LicenseView],
    waiting: Iterable[Replacement],
    double: Iterable[DoubleSeat] = (),
    *,
    cared_for: Collection[UUID] = (),
    renewable: Mapping[UUID, str] = NONE,
) -> list[Attention]:
    """All there is about these licences, the devices that wait for a seat, and those that hold two.

    `cared_for`: the licences whose end is taken care of; `renewable`: where others are renewed, instead of by a code.
    """
    views, waiting = list(views), list(waiting)
    by_license = {view.license.pk: view for view in views}
    found = [_waiting(each, by_license[each.license_id].name) for each in waiting if each.license_id in by_license]
    asked_for = {each.license_id for each in waiting}
    # Where a device waits for a seat, that the seats are full has been said.
    found += [
        item
        for view in views
        if (item := _of_license(view, view.license.pk in cared_for, renewable.get(view.license.pk, "")))
        and (item.rank < FULL or view.license.pk not in asked_for)
    ]
    found += [_double(each, by_license) for each in double]
    return sorted(found, key=lambda item: item.rank)


def of_conversations(answered: Iterable[Conversation]) -> list[Attention]:
    """Answers of ours that were not read yet; of many only that there are many."""
    unread = list(answered)
    if len(unread) > MOST_ANSWERS:
        text = _("We have answered in several of your conversations.")
        title = ngettext("%(count)s new answer", "%(count)s new answers", len(unread)) % {"count": len(unread)}
        return [Attention(2, "info", title, text, reverse("conversations:list"), _("Read them"))]
    return [
        Attention(
            2,
            "info",
            _("We have answered you: %s") % each.subject,
            _("It is your turn, if you like.") if each.status == each.Status.WAITING else "",
            reverse("conversations:conversation", args=[each.pk]),
            _("Read the answer"),
        )
        for each in unread
    ]


def _double(device: DoubleSeat, by_license: dict[UUID, LicenseView]) -> Attention:
    first, second = (by_license[seat.license_id] for seat in device.seats[:2])
    values = {"first": first.name, "first_until": first.until, "second": second.name, "second_until": second.until}
    text = _(
        "It is active on %(first)s (%(first_until)s) and on %(second)s (%(second_until)s). "
        "One licence is enough for a device: free the seat that you need less."
    )
    url = reverse("licensing:license", args=[second.license.pk])
    return Attention(DOUBLE, "info", _("%s holds two seats") % device.name, text % values, url, _("See the devices"))


def _waiting(replacement: Replacement, name: str) -> Attention:
    return Attention(
        0,
        "warn",
        _("%s waits for a seat") % replacement.name,
        _(
            "Somebody entered your code for %s there, and all seats are in use. "
            "Choose which device makes room, or refuse."
        )
        % name,
        reverse("licensing:waiting_device", args=[replacement.license_id, replacement.pk]),
        _("Answer"),
    )


def _of_license(view: LicenseView, is_cared_for: bool, renew_url: str) -> Attention | None:
    url = reverse("licensing:license", args=[view.license.pk])
    match view.status:
        case License.Status.SUSPENDED:
            text = _("Devices cannot renew it at the moment. Write to us if you do not know why.")
            return Attention(1, "bad", _("%s is suspended") % view.name, text, url, _("See the licence"))
        case License.Status.EXPIRED if not is_cared_for:
            return _expired(view, renew_url)
        case License.Status.GRACE if not is_cared_for:
            return _grace(view, renew_url)
        case License.Status.ACTIVE if view.days_left <= SOON_DAYS and not is_cared_for:
            return _ending(view, renew_url)
        case License.Status.ACTIVE if view.is_full:
            text = _("Before you activate another device, free one that you no longer use.")
            return Attention(
                FULL, "info", _("All devices of %s are in use") % view.name, text, url, _("See the devices")
            )
    return None


def _expired(view: LicenseView, renew_url: str) -> Attention:
    title, stopped = _("%s has expired") % view.name, day(view.license.grace_until)
    if renew_url:
        text = _("It ended on %s, and your devices stopped. A further term brings them back at once.") % stopped
        return Attention(1, "bad", title, text, renew_url, _("Renew it now"))
    text = _("It ended on %s, and your devices stopped. A new code brings them back.") % stopped
    return Attention(1, "bad", title, text, reverse("portal:activate"), _("Enter a code"))


def _grace(view: LicenseView, renew_url: str) -> Attention:
    values = {"ended": day(view.license.expires_at), "until": day(view.license.grace_until)}
    title = _("%s has ended") % view.name
    if renew_url:
        text = _("It ended on %(ended)s. Your devices go on working until %(until)s; renew it to keep them.") % values
        return Attention(1, "warn", title, text, renew_url, _("Renew it now"))
    text = _("It ended on %(ended)s. Your devices go on working until %(until)s; a new code extends it.") % values
    return Attention(1, "warn", title, text, reverse("portal:activate"), _("Enter a code"))


def _ending(view: LicenseView, renew_url: str) -> Attention:
    title = ngettext("%(name)s ends in %(count)s day", "%(name)s ends in %(count)s days", view.days_left)
    title = title % {"name": view.name, "count": view.days_left}
    last = day(view.license.expires_at)
    if renew_url:
        text = _("The last day is %s. A further term is added behind it, so nothing is lost.") % last
        return Attention(3, "warn", title, text, renew_url, _("Renew it now"))
    text = _("The last day is %s. A further code is added behind it, so nothing is lost.") % last
    return Attention(3, "warn", title, text, reverse("portal:activate"), _("Enter a code"))
