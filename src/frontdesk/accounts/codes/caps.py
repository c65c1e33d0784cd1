"""How many codes are sent, and to whom: the guard's caps for each standing apart, and the budgets of SMS."""

from django.http import HttpRequest

from frontdesk.accounts import guard, sms
from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers.known import Standing
from frontdesk.accounts.models import Channel, Person, Purpose


def reserve(request: HttpRequest, *, person: Person | None, purpose: Purpose, channel: Channel, address: str) -> None:
    """Count a code that is about to be sent. Raises TooManyAttempts, SmsNotSent or GuessesUncounted.

    A number to be confirmed is anyone's: it is counted apart, so that nobody uses up its owner's codes by typing it.
    """
    if purpose == Purpose.PHONE:
        assert person is not None  # noqa: S101 - a number belongs to an account
        guard.reserve_send("sms to new numbers", str(person.pk), standing=Standing.KNOWN_BROWSER)
        guard.reserve_send("sms to new numbers", address, standing=Standing.STRANGER)
    else:
        name = "sms" if channel == Channel.SMS else "code mail"
        guard.reserve_send(name, address, standing=known_browsers.standing(request, person))
    if channel == Channel.SMS:
        sms.reserve(to=address, confirmed=purpose != Purpose.PHONE)
