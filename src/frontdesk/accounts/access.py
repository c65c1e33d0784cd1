"""Who may see a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from frontdesk.accounts.roles import Role
from frontdesk.core.errors import PermissionMissing

P = ParamSpec("P")


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
                return redirect_to_login(request.get_full_path())
            if not request.user.has_role(least):
                raise PermissionMissing
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def step_up(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Whatever the view changes takes a proof (password or second factor) of the last five minutes; looking does not.

    Stands inside login_required. What was posted goes on by itself after the proof.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            raise_if_reauthentication_required(request, app="account")
        return view(request, *args, **kwargs)

    return guarded
