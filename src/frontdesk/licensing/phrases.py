"""What licensing's actions are called in a customer's history."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

CODES: dict[str, Text] = {
    "license.redeemed": gettext_lazy("An activation code was redeemed"),
    "license.extended": gettext_lazy("An activation code made a licence longer"),
    "license.claimed": gettext_lazy("A licence was added to your account by its code"),
    "code.replaced": gettext_lazy("An activation code was replaced"),
    "code.voided": gettext_lazy("An activation code was blocked"),
}
LICENSES: dict[str, Text] = {
    "license.plan_changed": gettext_lazy("The plan of a licence was changed"),
    "license.suspended": gettext_lazy("A licence was suspended"),
    "license.restored": gettext_lazy("A suspended licence works again"),
    "license.refunded": gettext_lazy("A licence was refunded and ended"),
    "license.sold": gettext_lazy("A licence was made for an order"),
    "license.tolerated": gettext_lazy("The time was changed for which a licence goes on past its end"),
    "license.owner_erased": gettext_lazy("A licence was parted from an account that was deleted"),
    "term.granted": gettext_lazy("A licence was given more time"),
    "term.revoked": gettext_lazy("Time was taken back from a licence"),
}
DEVICES: dict[str, Text] = {
    "device.added": gettext_lazy("A device was activated"),
    "device.removed": gettext_lazy("A device's seat was freed"),
    "device.renamed": gettext_lazy("A device was renamed"),
    "replacement.approved": gettext_lazy("A new device took the seat of another"),
    "replacement.refused": gettext_lazy("A new device was refused the seat of another"),
}
HAND_OVERS: dict[str, Text] = {
    "hand_over.offered": gettext_lazy("A licence was offered to somebody else"),
    "hand_over.given": gettext_lazy("A licence was handed over to somebody else"),
    "hand_over.received": gettext_lazy("A licence was handed over to you"),
    "hand_over.withdrawn": gettext_lazy("The offer to hand a licence over was withdrawn"),
}
BATCHES: dict[str, Text] = {
    "batch.created": gettext_lazy("Activation codes were made"),
    "batch.list_taken": gettext_lazy("A list of activation codes was taken"),
    "batch.voided": gettext_lazy("A batch of activation codes was blocked"),
}
PLATFORMS: dict[str, Text] = {
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "android": "Android",
    "ios": "iOS",
}


def _code(data: Mapping[str, Any], _personal: Mapping[str, str]) -> str:
    return _("code ending in %s") % data["tail"] if data.get("tail") else ""


def _device(data: Mapping[str, Any], _personal: Mapping[str, str]) -> Text:
    return PLATFORMS.get(str(data.get("platform", "")), "")


def _recipient(_data: Mapping[str, Any], personal: Mapping[str, str]) -> str:
    return _("to %s") % personal["to_email"] if personal.get("to_email") else ""


def enter() -> None:
    """Say what they are called."""
    about, entry = Topic.LICENSES, history.describe
    entry(about, "key", CODES, _code)
    entry(about, "shield", LICENSES)
    entry(about, "laptop", DEVICES, _device)
    entry(about, "arrow-left-right", HAND_OVERS, _recipient)
    entry(Topic.OTHER, "key", BATCHES)
    entry(Topic.LOOKS, "eye", {"code.looked_up": gettext_lazy("Your activation code was looked up")})
