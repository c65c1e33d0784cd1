"""The mails of licensing. Each is written in the caller's transaction and sent by the worker."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.outbox import Delivery
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, HandOver, License, Replacement

DEVICE_ADDED = "licensing.device_added"


def code_replaced(person: Person, license: License, code: ParsedCode) -> None:
    """The new code in place of a lost one; the kept message shows its last group only."""
    hint = _("code ending in %(tail)s") % {"tail": code.tail}
    _send(person, "code_replaced", license, {"action_url": _page(license)}, secret=code.text, hint=hint)


def order_code(person: Person, license: License, code: ParsedCode) -> None:
    """The code of a licence that was bought or is tried; the kept message shows its last group only."""
    hint = _("code ending in %(tail)s") % {"tail": code.tail}
    _send(person, "order_code", license, {"action_url": _page(license)}, secret=code.text, hint=hint)


def hand_over_offered(offer: HandOver, license: License, token: str) -> None:
    """The link that opens the offer, to whoever shall get the licence."""
    link = f"{settings.FRONTDESK_URL}/hand-over/{token}/"
    context = {"giver": offer.offered_by.shown_name, "expires_at": offer.expires_at}
    _send(offer.to_email, "hand_over_offered", license, context, secret=link, hint=_("link in the mail"))


def hand_over_done(offer: HandOver, license: License, new_owner: Person) -> None:
    """Both learn that the licence has changed hands."""
    context = {"to_email": offer.to_email, "giver": offer.offered_by.shown_name}
    _send(offer.offered_by, "hand_over_given", license, context)
    _send(new_owner, "hand_over_received", license, {**context, "action_url": _page(license)})


def replacement_asked(request: Replacement, license: License, owner: Person, token: str) -> None:
    """The link to the page where the owner swaps a device for a new one, or refuses."""
    link = f"{settings.FRONTDESK_URL}/replacements/{token}/"
    context = {"device": request.name, "expires_at": request.expires_at}
    _send(owner, "replacement_asked", license, context, secret=link, hint=_("link in the mail"))


def devices_freed(owner: Person, license: License, freed: Sequence[Activation]) -> None:
    """Which devices had to go because the plan now allows fewer."""
    _send(owner, "devices_freed", license, {"devices": [each.name for each in freed], "action_url": _page(license)})


def device_added(delivery: Delivery) -> None:
    """The outbox's handler: a device took a seat of somebody's licence. Safe to repeat: one mail too many at worst."""
    activation = (
        Activation.objects.select_related("license__owner", "license__product", "license__plan_version__plan")
        .filter(pk=delivery.payload["activation_id"], removed_at=None)
        .first()
    )
    if activation is None or activation.license.owner is None:
        return
    license = activation.license
    context = {
        "device": activation.name,
        "platform": activation.get_platform_display(),
        "also_on": _also_on(activation),
        "action_url": _page(license),
    }
    _send(activation.license.owner, "device_added", license, context)


def _also_on(activation: Activation) -> str:
    """The plan of the owner's other usable licence of the product on which the device has a seat; empty for none."""
    license = activation.license
    seats = Activation.objects.filter(
        fingerprint=activation.fingerprint,
        removed_at=None,
        license__owner=license.owner,
        license__product=license.product_id,
    ).exclude(license=license.pk)
    others = (seat.license for seat in seats.select_related("license__plan_version__plan"))
    return next((other.plan_version.plan.name for other in others if other.is_usable_at(clock.now())), "")


def _page(license: License) -> str:
    return f"{settings.FRONTDESK_URL}/licenses/{license.id}/"


def _send(
    to: Person | str, name: str, license: License, context: dict[str, Any], *, secret: str = "", hint: str = ""
) -> None:
    facts = {"license": license, "product": license.product.name, "plan": license.plan_version.plan.name}
    send_mail(to=to, template=f"licensing/{name}", context=facts | context, secret=secret, secret_hint=hint)
