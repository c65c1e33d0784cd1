"""Was this helpful? One press, without a script; afterwards words may follow."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from frontdesk.accounts.browsers import prefix
from frontdesk.accounts.models import Person
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.support.helpcentre import feedback
from frontdesk.support.helpcentre.models import ArticleFeedback, Translation
from frontdesk.support.helpcentre.views.common import is_of_team

A_YEAR = 365 * 86400


class VoteForm(forms.Form):
    """Yes or no, for the language that was read; words when they are given."""

    language = forms.CharField(max_length=10)
    is_helpful = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    words = forms.CharField(required=False, max_length=feedback.LONGEST_WORDS, strip=True)


def vote_of(request: HttpRequest, shown: Translation) -> ArticleFeedback | None:
    """What this reader said before; those who never voted cost no question."""
    person, token = _reader(request)
    if not person and not token:
        return None
    return feedback.given(shown, feedback.reader_hash(person=person.pk if person else None, token=token))


@require_POST
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the vote and lead back to where it was given."""
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise RequestInvalid(field=next(iter(form.errors)))
    data = form.cleaned_data
    rows = Translation.objects.filter(article__slug=slug, language=data["language"]).exclude(published=None)
    shown = rows.select_related("article").first()
    if shown is None or (shown.article.is_internal and not is_of_team(request)):
        raise NotFound
    person, token = _reader(request)
    fresh = "" if person or token else secrets.token_urlsafe(24)
    feedback.give(
        translation=shown,
        reader=feedback.reader_hash(person=person.pk if person else None, token=token or fresh),
        is_helpful=data["is_helpful"] == "yes",
        words=data["words"] if "words" in request.POST else None,
        person=person.pk if person else None,
        network=prefix(request),
    )
    path = reverse("helpcentre:article", args=[slug])
    response = HttpResponseRedirect(f"{path}?language={shown.language}#helpful")
    if fresh:
        response.set_cookie(
            settings.READER_COOKIE_NAME, fresh, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    return response


def _reader(request: HttpRequest) -> tuple[Person | None, str]:
    person: Any = request.user
    return (
        (person, "")
        if isinstance(person, Person)
        else (None, request.COOKIES.get(settings.READER_COOKIE_NAME, "")[:100])
    )
