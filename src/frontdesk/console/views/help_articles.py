"""The articles as those see them who write them: the list, one article's languages and place, its revisions."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.help_forms import PictureForm, PlaceForm
from frontdesk.console.views.common import acting
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice.base import staff_actor
from frontdesk.core.errors import NotFound, PermissionMissing
from frontdesk.core.numbers import whole
from frontdesk.core.reasons import Refusal
from frontdesk.support.helpcentre import arranging, articles, comparing, editing, pictures
from frontdesk.support.helpcentre.arranging import Place
from frontdesk.support.helpcentre.editing import Wanted
from frontdesk.support.helpcentre.models import Article, Category, Revision, Translation
from frontdesk.support.helpcentre.views.common import name_of
from frontdesk.support.helpcentre.writing import written_in

A_PAGE = 30
PICTURES = 30
WHY = "Writing articles"  # the reason in the audit where an editor says nothing of what changed


def writer(request: HttpRequest, note: str = "") -> Actor:
    """Who writes; what changed is the reason."""
    return staff_actor(request, note.strip() or WHY)


def found_article(article_id: UUID) -> Article:
    """The article. Raises NotFound."""
    article = Article.objects.select_related("category", "product").filter(pk=article_id).first()
    if article is None:
        raise NotFound
    return article


def writable_article(request: HttpRequest, article_id: UUID) -> Article:
    """The article, for whoever may write it: managers each, agents a draft that was made of a conversation, until
    a manager publishes it. Raises NotFound, PermissionMissing."""
    article = found_article(article_id)
    if acting(request).has_role(Role.MANAGER):
        return article
    is_draft = article.drafted_from is not None and not article.translations.filter(published__isnull=False).exists()
    if not is_draft or request.POST.get("do") == "publish":
        raise PermissionMissing
    return article


def found_translation(article_id: UUID, language: str) -> Translation:
    """The article in a language. Raises NotFound."""
    translation = editing.translation_of(found_article(article_id), language)
    if translation is None:
        raise NotFound
    return translation


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """All articles, by state, language that is missing, category, words, votes."""
    asked, languages = request.GET, dict(settings.LANGUAGES)
    missing = asked.get("missing", "") if asked.get("missing") in languages else ""
    shelves = list(Category.objects.all())
    wanted = Wanted(
        state=asked.get("state", ""),
        missing=missing,
        category=next((each for each in shelves if each.slug == asked.get("category")), None),
        text=asked.get("q", "").replace("\0", "").strip()[:100],
        by_votes=asked.get("order") == "votes",
    )
    page = Paginator(editing.articles(wanted), A_PAGE).get_page(asked.get("page"))
    context = {
        "page": page,
        "rows": editing.rows_of(page),
        "wanted": wanted,
        "shelves": shelves,
        "languages": languages,
    }
    return render(request, "console/help/articles.html", context)


@require_safe
@require_role(Role.MANAGER)
def article(request: HttpRequest, article_id: UUID) -> HttpResponse:
    """One article: its languages, where it stands, what readers say."""
    return _page(request, found_article(article_id))


def _page(request: HttpRequest, found: Article, form: PlaceForm | None = None) -> HttpResponse:
    (row,) = editing.rows_of([found])
    held = {line.translation.language for line in row.lines}
    context = {
        "article": found,
        "row": row,
        "lines": [(line, name_of(line.translation.language)) for line in row.lines],
        "missing": [(code, name_of(code)) for code, _name in settings.LANGUAGES if code not in held],
        "form": form or PlaceForm.of(found),
        "words": editing.words_about(found),
    }
    return render(request, "console/help/article.html", context, status=422 if form else 200)


@require_POST
@require_role(Role.MANAGER)
def place(request: HttpRequest, article_id: UUID) -> HttpResponse:
    """Put it in its place, and behind its reasons."""
    found = found_article(article_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    data, actor = form.cleaned_data, writer(request)
    names = ("kind", "category", "product", "position", "is_internal", "related")
    wanted = Place(**{name: data[name] for name in names})
    arranging.arrange(actor=actor, article=found, place=wanted)
    articles.stand_behind(actor=actor, article=found, codes=data["reasons"])
    messages.success(request, _("Saved."))
    return redirect("console:article", article_id=found.pk)


@require_POST
@require_role(Role.AGENT)
def add_picture(request: HttpRequest, article_id: UUID) -> HttpResponse:
    """Take a picture in; the answer shows its Markdown, as a part of the page for the script."""
    found = writable_article(request, article_id)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pictures.add(actor=writer(request), article=found, source=form.cleaned_data["picture"])
            form = PictureForm()
        except Refusal as refusal:
            form.add_error("picture", f"{refusal.reason.detail} {refusal.reason.remedy}")
    context: dict[str, Any] = {
        "article": found,
        "picture_form": form,
        "pictures": found.images.order_by("-created_at")[:PICTURES],
        "is_editor": acting(request).has_role(Role.MANAGER),
    }
    status = 422 if form.is_bound else 200
    name = "pictures" if getattr(request, "htmx", False) else "pictures_page"
    return render(request, f"console/help/{name}.html", context, status=status)


@require_safe
@require_role(Role.MANAGER)
def revisions(request: HttpRequest, article_id: UUID, language: str) -> HttpResponse:
    """Every revision, and what changed between two of them: the last two, where none are named."""
    translation = found_translation(article_id, language)
    every = list(translation.revisions.select_related("author").defer("body"))
    numbers = {revision.number for revision in every}
    new = _number(request, "to", numbers, every[0].number)
    old = _number(request, "from", numbers, max((number for number in numbers if number < new), default=new))
    both = {each.number: each for each in translation.revisions.filter(number__in=(old, new))}
    context = {
        "article": translation.article,
        "translation": translation,
        "language_name": name_of(language),
        "revisions": every,
        "old": both[old],
        "new": both[new],
        "lines": comparing.compare(written_in(both[old]), written_in(both[new])),
    }
    return render(request, "console/help/revisions.html", context)


def _number(request: HttpRequest, name: str, known: set[int], default: int) -> int:
    number = whole(request.GET.get(name, ""), most=10**9)
    return number if number in known else default


@require_POST
@require_role(Role.MANAGER)
def publish(request: HttpRequest, article_id: UUID, language: str) -> HttpResponse:
    """Show a revision to readers: the one that is named, else the newest."""
    translation = found_translation(article_id, language)
    articles.publish(actor=writer(request), revision=_revision(request, translation))
    messages.success(request, _("It is published."))
    return redirect("console:article", article_id=article_id)


@require_POST
@require_role(Role.MANAGER)
def unpublish(request: HttpRequest, article_id: UUID, language: str) -> HttpResponse:
    """Take it back."""
    articles.unpublish(actor=writer(request), translation=found_translation(article_id, language))
    messages.success(request, _("Readers do not see it any more. Its revisions are kept."))
    return redirect("console:article", article_id=article_id)


@require_http_methods(["POST"])
@require_role(Role.MANAGER)
def restore(request: HttpRequest, article_id: UUID, language: str) -> HttpResponse:
    """Make an old revision the newest draft."""
    translation = found_translation(article_id, language)
    articles.restore(actor=writer(request), revision=_revision(request, translation))
    messages.success(request, _("It says the old text again, as a draft. Publish it when it is right."))
    return redirect("console:article_write", article_id=article_id, language=language)


def _revision(request: HttpRequest, translation: Translation) -> Revision:
    number = whole(request.POST.get("number", ""), most=10**9)
    rows = translation.revisions.select_related("translation__article")
    found = rows.first() if number is None else rows.filter(number=number).first()
    if found is None:
        raise NotFound
    return found
