"""Reasons that a product finds on its own device, without asking us.

The SDK links to `/help/r/<code>` for these too, so they stand in the catalogue like the others. Their status is never
sent; 409 says that the device's state is the matter.
"""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Text, declare

ACTIVATE_AGAIN = _("Enter your activation code again. Your device keeps its seat.")

_FOUND_ON_DEVICES: dict[str, tuple[Text, Text, Text]] = {
    "no_connection": (
        _("The licence server cannot be reached"),
        _("Your device could not connect. A firewall, a proxy or a missing network are the usual causes."),
        _("Check the connection and try again. A device that stays without a network can be activated offline."),
    ),
    "not_activated": (
        _("This product is not activated on this device"),
        _("There is no activation on this device, or its device was freed from another place."),
        _("Enter your activation code in the product."),
    ),
    "lease_expired": (
        _("Your licence has not been confirmed for too long"),
        _("The product runs for some days without a connection, and these have passed."),
        _("Connect to the internet and start the product again. Nothing is lost: your device keeps its seat."),
    ),
    "lease_invalid": (
        _("The stored confirmation is not genuine"),
        _("What the product keeps about its licence was changed or damaged."),
        ACTIVATE_AGAIN,
    ),
    "lease_for_other_device": (
        _("The stored licence belongs to another device"),
        _("This happens when a disk was copied or moved to another computer."),
        ACTIVATE_AGAIN,
    ),
    "lease_for_other_product": (
        _("The stored licence belongs to another product"),
        _("What the product keeps about its licence was made for another product."),
        ACTIVATE_AGAIN,
    ),
    "clock_wrong": (
        _("The clock of this device is wrong"),
        _("Its date or time is behind what it has already seen from us."),
        _("Set date, time and time zone right (best: automatically), then start the product again."),
    ),
    "keys_invalid": (
        _("The server's keys are not genuine"),
        _("They are not signed by the vendor that the product trusts."),
        _("Check the server's address in the product. If it is right, tell us."),
    ),
    "keys_rolled_back": (
        _("The server's keys are older than ones already seen"),
        _("Somebody between the device and us may be replaying an old answer."),
        _("Try another network. If it happens again, tell us."),
    ),
    "server_answer_invalid": (
        _("The answer did not come from us"),
        _("Something between the device and us answered instead, such as the sign-in page of a guest network."),
        _("Open a browser, sign in to the network you are in, and try again."),
    ),
    "offline_answer_invalid": (
        _("This answer file does not fit"),
        _("It was made for another device, or for an older request than the newest one."),
        _("Use the answer to the newest request made on this device, or make a new request."),
    ),
    "download_damaged": (
        _("The downloaded file is not what we signed"),
        _("It was damaged or changed on its way."),
        _("Download it again. If it happens again, tell us, and do not install it."),
    ),
    "store_unusable": (
        _("The activation cannot be saved on this device"),
        _("The product may not write to the folder where it keeps its licence, or the disk is full."),
        _("Check that the disk has room and that the folder may be written to, then activate again."),
    ),
    "configuration_invalid": (
        _("The product's settings cannot be used"),
        _("The address of the server or the trust root in the product is wrong."),
        _("Install the product again. If you set these values yourself, correct the one that is named."),
    ),
    "replacement_pending": (
        _("The owner has not answered yet"),
        _("We mailed the owner of the licence that this device asks for a seat."),
        _("Ask them to open the mail. The request stays open for 24 hours."),
    ),
    "replacement_refused": (
        _("The owner declined"),
        _("The owner of the licence did not give this device a seat."),
        _("Talk to them, or use a code of your own."),
    ),
    "replacement_expired": (
        _("Nobody answered in time"),
        _("The request for a seat was open for 24 hours."),
        _("Ask again from the product."),
    ),
}


def enter() -> None:
    """Enter them in the catalogue; called once, when the apps are ready."""
    for code, (title, detail, remedy) in _FOUND_ON_DEVICES.items():
        declare(code=code, status=409, title=title, detail=detail, remedy=remedy)
