"""Pages that belong to the installation itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk.core.errors import NotFound
from frontdesk.project import legal as pages


def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the vendor's legal pages."""
    found = pages.render(settings.LEGAL_FOLDER, slug)
    if found is None:
        raise NotFound
    title, text = found
    return render(request, "project/legal.html", {"title": title, "text": text})
