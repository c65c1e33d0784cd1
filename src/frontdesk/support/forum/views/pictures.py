"""Pictures of posts: shown to whoever reads the post, taken in from whoever writes one."""

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.access import to_sign_in
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import pictures
from frontdesk.support.forum.views.common import member_of, reader_of, words_for

AN_HOUR = 3600


class PictureForm(forms.Form):
    """One file."""

    picture = forms.FileField(label=_("Picture"))


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture, only as long as its post is shown: nobody keeps it for long."""
    found = pictures.shown(reader_of(request), name)
    try:
        content = default_storage.open(found.file)  # the response closes it
    except FileNotFoundError:
        raise NotFound from None
    response = FileResponse(content, content_type=found.content_type)
    is_public = found.post is not None and pictures.is_for_all(found.post)
    response["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={AN_HOUR}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Take one in; the answer is what shows it in a text."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": str(form.errors["picture"][0])}, status=422)
    try:
        kept = pictures.add(member=member_of(request), source=form.cleaned_data["picture"])
    except Refusal as refusal:
        return JsonResponse({"error": words_for(refusal)}, status=refusal.reason.status)
    return JsonResponse({"markdown": kept.markdown})
