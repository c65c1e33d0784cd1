"""How many codes are sent, and to whom: one thin call of the guard, and the budgets of SMS."""

from django.http import HttpRequest

from frontdesk.accounts import sms
from frontdesk.accounts.models import Channel, Person, Purpose
from frontdesk.core import throttle
from frontdesk.core.throttle import Limit

CAPS = {
    "stranger": (
        Limit("codes strangers 5m", 5, 300),
        Limit("codes strangers hour", 20, 3600),
        Limit("codes strangers day", 50, 86400),
    ),
    "gave password": (
        Limit("codes password 5m", 5, 300),
        Limit("codes password hour", 20, 3600),
        Limit("codes password day", 50, 86400),
    ),
}


def reserve(request: HttpRequest, *, person: Person | None, purpose: Purpose, channel: Channel, address: str) -> None:
    """Count a code that is about to be sent. Raises TooManyAttempts or SmsNotSent."""
    standing = "stranger" if purpose == Purpose.SIGN_IN else "gave password"
    for limit in CAPS[standing]:
        throttle.reserve(limit, f"{channel} {address.lower()}")
    if channel == Channel.SMS:
        sms.reserve(to=address, confirmed=purpose != Purpose.PHONE)
