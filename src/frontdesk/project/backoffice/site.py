"""The site at /backoffice/: who enters, what is registered, and what its pages may load."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from csp.decorators import csp
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.core.errors import NotFound, PermissionMissing
from frontdesk.project.backoffice import dashboard

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as UnfoldSite
else:
    from unfold.sites import UnfoldAdminSite as UnfoldSite

# unfold's pages carry style attributes and evaluate expressions (Alpine); still nothing from another host, and no
# script that stands in a page.
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


class BackOffice(UnfoldSite):
    """Staff only, with a second factor (accounts' middleware sees to that); only our own models, in our own way."""

    index_title = _("Overview")
    index_template = "backoffice/index.html"
    enable_nav_sidebar = True

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """Take in our own models; what other packages bring along would bypass the verbs."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model.__module__.startswith("frontdesk.")]
        if ours:
            super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this is staff."""
        return request.user.is_active and request.user.has_perm("backoffice.view_dashboard")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the site, under the site's own content policy."""
        return csp(POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one page to sign in, for customers and staff alike."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionMissing
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """And one to sign out."""
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """And one to change the password."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No form completes names: it would show customers without anybody noticing."""
        raise NotFound

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard: a few figures, then where to go."""
        seen = {"sections": dashboard.sections(request.user), "ways": dashboard.ways(request.user)}
        return super().index(request, {**(extra_context or {}), **seen})
