"""What the pages of billing share, here and in `portal`."""

from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from frontdesk.accounts import browsers
from frontdesk.accounts.browsers import places
from frontdesk.accounts.views.common import acting, for_person
from frontdesk.core.errors import NotFound, RequestInvalid

__all__ = ["absolute", "acting", "for_person", "form_key", "leave_for", "network_country", "new_key", "wanted_id"]


def absolute(url_name: str, *args: object) -> str:
    """A page's address with the installation's name, for providers to send people back to."""
    return settings.FRONTDESK_URL + reverse(url_name, args=args)


def leave_for(request: HttpRequest, address: str) -> HttpResponse:
    """On to a provider's page, after a form was sent.

    Browsers hold our policy (`form-action 'self'`) against redirects to another host too, so those go by a small page
    of ours that moves on by itself and has a link for browsers that do not.
    """
    own = settings.FRONTDESK_URL
    if address.startswith(("/", own + "/")):
        return redirect(address.removeprefix(own))
    if not address.startswith("https://"):
        raise ValueError("a provider's page has an https address")
    return render(request, "billing/leave.html", {"address": address})


def new_key() -> str:
    """What a form carries so that sending it twice is one deed."""
    return str(uuid4())


def form_key(request: HttpRequest) -> UUID:
    """The key that a form carried. Raises RequestInvalid."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise RequestInvalid(field="key") from None


def wanted_id(value: str) -> UUID:
    """A number from a form. Raises NotFound for anything else."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def network_country(request: HttpRequest) -> str:
    """The country of the network that the request comes from, by the local table of places; empty without one."""
    return places.country(browsers.address(request))
