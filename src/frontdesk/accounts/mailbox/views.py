"""The pages of the demo's mailbox."""

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from frontdesk.accounts.mailbox import reading

FRAMED = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "sandbox": ["allow-top-navigation-by-user-activation", "allow-popups"],
    "frame-ancestors": ["'self'"],
}


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    _only_in_demo()
    return render(request, "accounts/mailbox/list.html", {"mails": reading.newest()})


@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # its stub knows only views without arguments
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as its recipient sees it."""
    return render(request, "accounts/mailbox/mail.html", {"mail": _found(name)})


@require_safe
@xframe_options_sameorigin
@csp_replace(FRAMED)  # type: ignore[arg-type] # as above
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's own HTML, in a sandbox; its links open in the whole window."""
    return HttpResponse(_found(name).html.replace("<head>", '<head><base target="_top">', 1))


def _found(name: str) -> reading.Mail:
    _only_in_demo()
    found = reading.find(name)
    if found is None:
        raise Http404
    return found


def _only_in_demo() -> None:
    if not settings.FRONTDESK_DEMO:
        raise Http404
