"""Looking something up for a customer: everything that is written, what is for the team among it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.helpcentre.search import finding

SHOWN = 20
LONGEST = 200  # characters of a question


@require_safe
@require_role(Role.AGENT)
def search(request: HttpRequest) -> HttpResponse:
    """What answers a question, with a mark on what customers cannot read."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST]
    hits = finding.find(query, limit=SHOWN, with_private=True) if query else []
    subjects = [hit.subject for hit in hits]
    internal = set(Article.objects.filter(pk__in=subjects, is_internal=True).values_list("pk", flat=True))
    context = {"query": query, "hits": [(hit, hit.subject in internal) for hit in hits]}
    return render(request, "console/help/search.html", context)
