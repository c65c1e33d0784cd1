"""The security history: everything about this person that stands in the audit, in words."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.history import lines as history_lines
from frontdesk.accounts.views.common import person_of
from frontdesk.core import audit

PER_PAGE = 25


@require_safe
@login_required
def history(request: HttpRequest) -> HttpResponse:
    """A page of it, newest first, of one kind if asked."""
    person, show = person_of(request), request.GET.get("show", "")
    entries = history_lines.entries_of(person, show)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    sealed = audit.sealed_up_to()
    context = {"page": page, "lines": history_lines.lines(person, list(page), sealed), "show": show}
    return render(request, "accounts/history.html", context | {"filters": history_lines.filters(show)})
