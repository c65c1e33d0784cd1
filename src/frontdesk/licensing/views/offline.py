"""Activation without internet: a request file in, an answer file out; a return file frees the seat. No sign-in.

Any browser can carry the files. Unknown codes are counted as everywhere; files that lead nowhere are counted by
network, after they were judged. So whoever guesses is slowed down, and a good file is answered however full it is.
"""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import browsers
from frontdesk.core import throttle
from frontdesk.core.errors import RequestInvalid, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.core.throttle import Limit
from frontdesk.licensing import offline as verbs
from frontdesk.licensing.errors import ActivationUnknown, CodeMalformed
from frontdesk.licensing.forms import FileOrTextForm

FROM_NETWORK = Limit("offline-page", 60, 600)
LEADING_NOWHERE = (RequestInvalid, CodeMalformed, ActivationUnknown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("text")
def request_page(request: HttpRequest) -> HttpResponse:
    """Take the request file, give the answer file as a download."""
    form = _bound(request)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            return _download(_answer(request, form.cleaned_data["content"]))
        except Refusal as refused:
            refusal = _counted(request, refused)
    return _page(request, "licensing/offline.html", form, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def return_page(request: HttpRequest) -> HttpResponse:
    """Take the return file; the seat is free then. Handing it in twice is all right."""
    form = _bound(request)
    refusal, done = None, False
    if request.method == "POST" and form.is_valid():
        try:
            verbs.give_back(document=_parsed(form.cleaned_data["content"]))
            done = True
        except Refusal as refused:
            refusal = _counted(request, refused)
    return _page(request, "licensing/offline_return.html", form, refusal, done=done)


def _bound(request: HttpRequest) -> FileOrTextForm:
    return FileOrTextForm(request.POST, request.FILES) if request.method == "POST" else FileOrTextForm()


def _answer(request: HttpRequest, content: bytes) -> verbs.Answer:
    return verbs.activate(request=_parsed(content), ip_prefix=browsers.prefix(request))


def _counted(request: HttpRequest, refusal: Refusal) -> Refusal:
    """The refusal; over the limit, one that says nothing but to wait. Unknown codes have been counted already."""
    if not isinstance(refusal, LEADING_NOWHERE):
        return refusal
    try:
        throttle.reserve(FROM_NETWORK, browsers.prefix(request))
    except TooManyAttempts as full:
        return full
    return refusal


def _parsed(content: bytes) -> object:
    try:
        parsed: object = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RequestInvalid(field="type") from None
    return parsed


def _download(answer: verbs.Answer) -> HttpResponse:
    text = json.dumps(answer.document, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="frontdesk-answer.json"'
    return response


def _page(
    request: HttpRequest, template: str, form: FileOrTextForm, refusal: Refusal | None, *, done: bool = False
) -> HttpResponse:
    status = refusal.reason.status if refusal else 422 if form.errors else 200
    context = {"form": form, "refusal": refusal, "hint": _hint(refusal), "done": done}
    response = render(request, template, context, status=status)
    retry_after = refusal.members.get("retry_after") if refusal else None
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _hint(refusal: Refusal | None) -> str:
    """What the catalogue's text cannot know: which file this should have been, or where the typo is."""
    if isinstance(refusal, CodeMalformed):
        return _("The code inside the file has a typo. Enter it again in the product, and let it write a new file.")
    if isinstance(refusal, RequestInvalid):
        if refusal.members.get("field") == "type":
            return _("This is not the file we need here. Choose the one that the product wrote for this step.")
        return _("The file is incomplete or was changed. Let the product write it again.")
    return ""
