"""The page behind "this was not me": one button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.services import securing


@require_http_methods(["GET", "HEAD", "POST"])
def secure(request: HttpRequest, token: str) -> HttpResponse:
    """Secure the account that a mail was about; opened again it only says that it is done."""
    try:
        if request.method == "POST":
            securing.use_link(token=token)
            return render(request, "accounts/secured.html")
        link = securing.find(token)
    except LinkExpired:
        return render(request, "accounts/link_expired.html", {"for_securing": True}, status=410)
    return render(request, "accounts/secured.html" if link.used_at else "accounts/secure.html", {"link": link})
