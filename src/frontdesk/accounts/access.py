"""Who may see a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from frontdesk.accounts.roles import Role
from frontdesk.core.errors import PermissionMissing

P = ParamSpec("P")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the page that signs in and leads back here. A part that an open page asks for would show that page inside of
    itself (somebody signed out elsewhere): there the whole page goes."""
    asked = getattr(request, "htmx", None)
    if not asked:
        return redirect_to_login(request.get_full_path())
    return HttpResponseClientRedirect(redirect_to_login(asked.current_url_abs_path or "/").url)


def require_role(
    least: Role,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]
]:
    """A view only for staff with at least this role: strangers sign in first, others get PermissionMissing."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not request.user.has_role(least):
                raise PermissionMissing
            return view(request, *args, **kwargs)

        return guarded

    return decorate
