"""Who is asking, and from where."""

from django.http import HttpRequest

from frontdesk.accounts import browsers
from frontdesk.accounts.models import Person


def signed_in(request: HttpRequest) -> Person | None:
    """The person who is signed in, if anybody is."""
    return request.user if isinstance(request.user, Person) else None


def ip_prefix(request: HttpRequest) -> str:
    """The network the request comes from, as the throttles count it."""
    return browsers.prefix(request)
