"""Unknown codes entered on pages count with those of devices: by network and overall. A good code never waits."""

from typing import NoReturn

from frontdesk.core import throttle
from frontdesk.licensing import seats
from frontdesk.licensing.errors import CodeUnknown


def refuse(ip_prefix: str) -> NoReturn:
    """Count an unknown code. Raises CodeUnknown, or TooManyAttempts over a limit.

    Called outside the caller's transaction, so that the count stays although the request is refused.
    """
    throttle.reserve(seats.UNKNOWN_FROM_PREFIX, ip_prefix)
    throttle.reserve(seats.UNKNOWN_OVERALL, "")
    raise CodeUnknown
