"""The parts of the community, as managers make and arrange them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.community_forms import ForumCategoryForm
from frontdesk.console.views.common import acting
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import categories
from frontdesk.support.forum.models import Category

ARRANGING = "arranging the community"


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """In their order, with how many topics stand in each."""
    counted = Count("topics", filter=Q(topics__merged_into=None))
    rows = Category.objects.select_related("product").annotate(count=counted).order_by("position", "slug")
    return render(request, "console/community/categories.html", {"categories": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Change a category, or make one: its first title makes its address."""
    category = _found(slug) if slug else None
    form = ForumCategoryForm(request.POST or None, category=category)
    if request.method == "POST" and form.is_valid():
        try:
            categories.save(actor=_actor(request), category=category, arranged=form.arranged(category))
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:community_categories")
    context = {"form": form, "category": category, "is_empty": category is not None and not category.topics.exists()}
    return render(request, "console/community/category.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role(Role.MANAGER)
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an empty category away."""
    categories.remove(actor=_actor(request), category=_found(slug))
    messages.success(request, _("The category is gone."))
    return redirect("console:community_categories")


def _found(slug: str) -> Category:
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(acting(request).pk, ARRANGING)
