"""The shelves of the help centre."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.help_forms import CategoryForm
from frontdesk.console.views.help_articles import writer
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.helpcentre import categories
from frontdesk.support.helpcentre.models import Category


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """In their order, with how many articles stand in each."""
    rows = Category.objects.annotate(count=Count("articles")).order_by("position", "slug")
    return render(request, "console/help/categories.html", {"categories": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Change a category, or make one: the first title makes its address."""
    category = Category.objects.filter(slug=slug).first() if slug else None
    if slug and category is None:
        raise NotFound
    form = CategoryForm(request.POST or None, category=category)
    if request.method == "POST" and form.is_valid():
        shelving = form.shelving(category)
        try:
            name = slug or categories.unused_slug(next(text for text in shelving.titles.values() if text))
            categories.save(actor=writer(request), slug=name, shelving=shelving)
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:help_categories")
    status = 422 if form.is_bound else 200
    return render(request, "console/help/category.html", {"form": form, "category": category}, status=status)
