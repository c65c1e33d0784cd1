"""Whether an agent takes new conversations: an open desk keeps them online, this switch lets them pause."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.views.common import acting
from frontdesk.support.tickets.routing import giving


@require_POST
@require_role(Role.AGENT)
def online(request: HttpRequest) -> HttpResponse:
    """Take new conversations, or pause."""
    takes = request.POST.get("takes") == "yes"
    giving.set_takes_new(acting(request), takes=takes)
    messages.success(
        request, _("New conversations come to you.") if takes else _("You get no new ones until you are back.")
    )
    return redirect("console:inbox")
