"""Signing in and out."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk.accounts import hints
from frontdesk.accounts.factors import passkeys
from frontdesk.accounts.forms import ReauthenticateForm, SignInForm
from frontdesk.accounts.views.common import telling_locks


class SignIn(LoginView):
    """E-mail and password; the second step follows where there is one."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        """Ours."""
        return self.form_class

    def get_initial(self) -> dict[str, Any]:
        """An address may come along from the page before."""
        initial: dict[str, Any] = super().get_initial()
        return initial | {"login": self.request.GET.get("email", "")[:254]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether passkeys work here, too."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"passkey_obstacle": passkeys.obstacle(self.request)}

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Say what may help; after too many attempts say how long to wait."""
        typed = str(form.data.get("login", "")), str(form.data.get("password", ""))
        wrong = form.has_error("__all__") and not form.is_locked
        context = self.get_context_data(form=form, hints=hints.hints_for(*typed) if wrong else [])
        return telling_locks(self.render_to_response(context), form)


class SignOut(LogoutView):
    """A page with one button; the button posts."""

    template_name = "accounts/sign_out.html"


class Reauthenticate(ReauthenticateView):
    """The password again, before something that matters."""

    form_class = ReauthenticateForm
    template_name = "accounts/reauthenticate.html"

    def get_form_class(self) -> type[ReauthenticateForm]:
        """Ours."""
        return self.form_class


def inactive(request: HttpRequest) -> HttpResponse:
    """The account was closed."""
    return render(request, "accounts/inactive.html", status=403)
