"""Who is known for good answers, in all and by category and product."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.support.forum import experts, selectors
from frontdesk.support.forum.models import Category
from frontdesk.support.forum.order_views.common import member_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The experts of the categories that the reader may read, or of one category or product."""
    reader = selectors.reader_of(request.user)
    readable = selectors.categories(reader)
    chosen = request.GET.get("in", "")
    products = {each.product.slug: each.product for each in readable if each.product is not None}
    narrowed = [each for each in readable if chosen in _names(each)]
    context = {
        "experts": experts.listed(narrowed if chosen and narrowed else readable),
        "categories": readable,
        "products": list(products.values()),
        "chosen": chosen if narrowed else "",
        "member": reader.member,
        "is_team": reader.is_team,
    }
    return render(request, "forum/order/experts.html", context)


def _names(category: Category) -> set[str]:
    """By what the address may ask for a category: itself, or its product."""
    return {category.slug, *([f"product:{category.product.slug}"] if category.product else [])}


@require_POST
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Choose whether to stand among them."""
    shown = request.POST.get("shown") == "yes"
    experts.choose(member=member_of(request), shown=shown)
    text = _("You may stand among the experts now.") if shown else _("You no longer stand among the experts.")
    messages.success(request, text)
    return redirect("forum:experts")
