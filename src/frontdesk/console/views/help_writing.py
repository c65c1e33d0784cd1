"""Writing an article: with a preview as readers will see it, beside another language, and never over a colleague."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.help_forms import NewArticleForm, PictureForm, WritingForm
from frontdesk.console.views.common import acting
from frontdesk.console.views.help_articles import PICTURES, writable_article, writer
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.reasons import Refusal
from frontdesk.support.helpcentre import articles, comparing, editing, rendering
from frontdesk.support.helpcentre.errors import RevisionOutdated
from frontdesk.support.helpcentre.models import Article, Revision, Translation
from frontdesk.support.helpcentre.views.common import name_of
from frontdesk.support.helpcentre.writing import LONGEST_BODY, language_code, written_in

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@require_role(Role.MANAGER)
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    begun = {"language": settings.LANGUAGE_CODE, "kind": Article.Kind.ARTICLE, "after": 0}
    form = NewArticleForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        data = form.cleaned_data
        try:
            made = articles.create(
                actor=writer(request, data["note"]),
                slug=data["slug"] or data["title"],
                language=data["language"],
                writing=form.writing(),
                category=data["category"],
                kind=data["kind"],
                is_internal=data["is_internal"],
            )
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            translation = made.translations.get()
            return _saved(request, translation, translation.revisions.get())
    context = {"form": form, "preview": _preview_of(request), "kind": request.POST.get("kind", ""), "is_editor": True}
    return render(request, "console/help/new.html", context, status=_status(request, form))


@require_http_methods(PAGE)
@require_role(Role.AGENT)
def write(request: HttpRequest, article_id: UUID, language: str) -> HttpResponse:
    """Go on with an article in one language; agents with a draft of theirs, which managers publish."""
    article, code = writable_article(request, article_id), _language(language)
    translation = editing.translation_of(article, code)
    newest = translation.revisions.select_related("author").first() if translation else None
    form = WritingForm(request.POST) if request.method == "POST" else WritingForm.of(newest)
    context: dict[str, Any] = {}
    status = _status(request, form)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            saved = articles.write(
                actor=writer(request, form.cleaned_data["note"]),
                article=article,
                language=code,
                writing=form.writing(),
                after=form.cleaned_data["after"] or 0,
            )
            return _saved(request, saved.translation, saved)
        except RevisionOutdated:
            status, context = 409, _conflict(article, code, form)
            form = context["form"]
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
            status = 422
    context = _about(request, article, code, translation, newest) | {"form": form} | context
    return render(request, "console/help/write.html", context, status=status)


@require_POST
@require_role(Role.AGENT)
def preview(request: HttpRequest) -> HttpResponse:
    """What is typed, as readers will see it; for the script."""
    return render(request, "console/help/preview.html", {"preview": _rendered(request)})


def _about(
    request: HttpRequest, article: Article, code: str, translation: Translation | None, newest: Revision | None
) -> dict[str, Any]:
    held = {each.language: each for each in article.translations.select_related("published")}
    codes = list(dict.fromkeys([*(code for code, _name in settings.LANGUAGES), *sorted(held)]))
    return {
        "article": article,
        "language": code,
        "language_name": name_of(code),
        "translation": translation,
        "newest": newest,
        "languages": [(each, name_of(each), each in held) for each in codes],
        "beside": _beside(request, held, code),
        "preview": _rendered(request) if request.method == "POST" else rendering.render(newest.body if newest else ""),
        "pictures": article.images.order_by("-created_at")[:PICTURES],
        "picture_form": PictureForm(),
        "kind": article.kind,
        "is_editor": _is_editor(request),
    }


def _beside(request: HttpRequest, held: dict[str, Translation], code: str) -> Revision | None:
    """The newest in another language: the one that was asked for; for a first draft, the one there is."""
    asked = request.GET.get("beside", "")
    others = [each for language, each in sorted(held.items()) if language != code]
    chosen = [each for each in others if each.language == asked]
    if not chosen and code not in held:
        chosen = sorted(others, key=lambda each: each.language != settings.LANGUAGE_CODE)
    return chosen[0].revisions.select_related("translation").first() if chosen else None


def _conflict(article: Article, code: str, form: WritingForm) -> dict[str, Any]:
    """What the newest revision says that the form does not; the next press saves on top of it."""
    translation = editing.translation_of(article, code)
    newest = translation.revisions.select_related("author").first() if translation else None
    if newest is None:
        raise NotFound
    again = WritingForm({**{name: form[name].value() for name in form.fields}, "after": newest.number})
    again.is_valid()
    said = form.writing()
    return {
        "form": again,
        "newest": newest,
        "conflict": newest,
        "lines": comparing.compare(written_in(newest), said),
    }


def _saved(request: HttpRequest, translation: Translation, revision: Revision) -> HttpResponse:
    if request.POST.get("do") == "publish":
        articles.publish(actor=writer(request), revision=revision)
        messages.success(request, _("It is published."))
    else:
        messages.success(
            request,
            _("Your draft is saved. Readers do not see it until you publish it.")
            if _is_editor(request)
            else _("Your draft is saved. Readers do not see it until a manager publishes it."),
        )
    return redirect("console:article_write", article_id=translation.article_id, language=translation.language)


def _is_editor(request: HttpRequest) -> bool:
    """Whether they may publish."""
    return acting(request).has_role(Role.MANAGER)


def _status(request: HttpRequest, form: WritingForm) -> int:
    return 422 if request.method == "POST" and request.POST.get("do") != "preview" and not form.is_valid() else 200


def _preview_of(request: HttpRequest) -> rendering.Rendered | None:
    return _rendered(request) if request.POST.get("do") == "preview" else None


def _rendered(request: HttpRequest) -> rendering.Rendered:
    return rendering.render(request.POST.get("body", "").replace("\r\n", "\n").replace("\0", "")[:LONGEST_BODY])


def _language(text: str) -> str:
    try:
        return language_code(text)
    except RequestInvalid:
        raise NotFound from None
