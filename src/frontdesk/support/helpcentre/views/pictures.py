"""Pictures of articles, for everybody: their names are never guessed, and never mean another picture."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from frontdesk.core.errors import NotFound
from frontdesk.support.helpcentre import pictures

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture."""
    found = pictures.named(name)
    if found is None:
        raise NotFound
    try:
        content = default_storage.open(found.file)
    except FileNotFoundError:
        raise NotFound from None
    response = FileResponse(content, content_type=found.content_type)
    response["Cache-Control"] = FOR_EVER
    return response
