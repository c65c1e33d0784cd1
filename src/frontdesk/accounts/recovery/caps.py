"""How often a recovery may be asked for: never counted per account, or a stranger could use up the owner's way."""

from django.http import HttpRequest

from frontdesk.accounts.browsers import prefix
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit

NETWORK = Limit("recovery network", 10, 86_400)
REACH = Limit("recovery reach address", 3, 86_400)


def ask(request: HttpRequest) -> None:
    """Count a request from this network. Raises TooManyAttempts."""
    throttle.reserve(NETWORK, prefix(request))


def may_mail(reach_at: str) -> bool:
    """Whether another mail may go to an address that somebody typed. The page answers the same either way."""
    try:
        throttle.reserve(REACH, reach_at)
    except TooManyAttempts:
        return False
    return True
