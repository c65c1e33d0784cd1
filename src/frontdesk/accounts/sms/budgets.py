"""What SMS may cost: so many a day to one number, so many a day in all.

Messages to numbers that nobody has confirmed yet may use half of both, so that whoever pumps messages to numbers of
their choosing leaves enough for the second step of the numbers' owners.
"""

from django.conf import settings

from frontdesk.accounts.errors import SmsNotSent
from frontdesk.accounts.sms.adapters import offered
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit

DAY = 86_400
ALL = "all"


def reserve(*, to: str, confirmed: bool) -> None:
    """Count an SMS about to be sent, in the caller's transaction.

    Raises SmsNotSent when a budget is spent, or where no SMS are sent at all.
    """
    if not offered():
        raise SmsNotSent
    number, day = settings.SMS_PER_NUMBER, settings.SMS_PER_DAY
    try:
        if not confirmed:
            throttle.reserve(Limit("sms unconfirmed number day", max(1, number // 2), DAY), to)
            throttle.reserve(Limit("sms unconfirmed day", max(1, day // 2), DAY), ALL)
        throttle.reserve(Limit("sms number day", number, DAY), to)
        throttle.reserve(Limit("sms day", day, DAY), ALL)
    except TooManyAttempts as error:
        raise SmsNotSent(**error.members) from None
