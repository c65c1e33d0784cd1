"""After solving: how it was, and whether it still works. Both are reached from a mail, without signing in."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontdesk.core.actors import Actor
from frontdesk.portal.talks import State
from frontdesk.support.tickets import following, links
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Conversation, Participant

SCORES = ((3, gettext_lazy("Good")), (2, gettext_lazy("So-so")), (1, gettext_lazy("Bad")))


class SurveyForm(forms.Form):
    """One of three, and words if they like."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("How was our help?"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What should we know?"),
        required=False,
        max_length=following.MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """How it was. The mail's link chooses the answer, and a press of the button sends it: programs that look through
    mails open links and run what scripts they find there, and must not answer."""
    asked = following.find(token)
    form = SurveyForm(
        request.POST or None, initial={"score": request.GET.get("score") or asked.score, "words": asked.words}
    )
    form.label_suffix = ""
    if request.method == "POST" and form.is_valid():
        following.answer(token=token, score=form.cleaned_data["score"], words=form.cleaned_data["words"])
        messages.success(request, _("Thank you. You can change it for a week."))
        return redirect("conversations:survey", token)
    context = {"asked": asked, "form": form}
    return _closed_to_others(render(request, "conversations/survey.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def follow_up(request: HttpRequest, conversation_id: UUID, secret: str) -> HttpResponse:
    """Whether it still works. "No" opens it again and leads to the conversation."""
    conversation = links.by_follow_up(conversation_id, secret)
    state, answer = State(conversation), request.POST.get("answer", "")
    if request.method == "POST" and answer == "no" and not state.is_closed:
        requester = conversation.participants.get(role=Participant.Role.REQUESTER)
        changing.still_fails(actor=_actor(conversation), conversation=conversation, by=requester)
        messages.success(request, _("It is open again, and our team sees it. Tell us below what still goes wrong."))
        return _closed_to_others(redirect(links.to_conversation(requester).path + "#reply"))
    context = {"conversation": conversation, "state": state, "answer": answer}
    return _closed_to_others(render(request, "conversations/follow_up.html", context))


def _actor(conversation: Conversation) -> Actor:
    return Actor.customer(conversation.person_id) if conversation.person_id else Actor.system("guest")


def _closed_to_others(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
