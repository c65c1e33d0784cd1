"""How the vendor wants to chat, and what puts the chat on another site of theirs. For managers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.chat_forms import ChatSettingsForm
from frontdesk.console.views.common import acting
from frontdesk.core.actors import Actor
from frontdesk.support.chat import embedding, settings
from frontdesk.support.chat.errors import SettingsUnfit


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def change(request: HttpRequest) -> HttpResponse:
    """Open or closed, how patient, on which sites."""
    form = ChatSettingsForm.of(settings.current(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, _("Saved."))
        return redirect("console:chat_settings")
    context = {"form": form, "snippet": embedding.snippet(), "policy": embedding.policy()}
    return render(request, "console/chats/settings.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, form: ChatSettingsForm) -> bool:
    """Whether it can be so; else the form says what cannot."""
    try:
        settings.save(actor=Actor.staff(acting(request).pk, "chat settings"), wanted=form.wanted())
    except SettingsUnfit as refusal:
        form.add_error(str(refusal.members["field"]), str(refusal.members["why"]))
        return False
    return True
