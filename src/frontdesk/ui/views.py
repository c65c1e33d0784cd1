"""The brand's stylesheet and mark, and the page that shows every component."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from frontdesk.core import clock
from frontdesk.core.numbers import whole
from frontdesk.ui.brand import current_brand
from frontdesk.ui.showcase import showcase_context


@require_safe
@cache_control(public=True, max_age=3600)
def brand_css(request: HttpRequest) -> HttpResponse:
    """The vendor's three values as custom properties."""
    css = render_to_string("ui/brand.css", {"brand": current_brand()})
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def mark(request: HttpRequest) -> HttpResponse:
    """A mark for vendors without a logo: their initial on their colour."""
    svg = render_to_string("ui/mark.svg", {"brand": current_brand()})
    return HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")


@require_safe
def showcase(request: HttpRequest) -> HttpResponse:
    """Every component with its states; for staff, and for everyone in the demo."""
    user = getattr(request, "user", None)
    if not getattr(settings, "FRONTDESK_DEMO", False) and not (user is not None and user.is_staff):
        raise Http404
    page = request.GET.get("page", "1")
    return render(request, "ui/showcase.html", showcase_context(clock.now(), whole(page, most=10**6) or 1))
