"""What these pages share: who reads, and the page that asks before a decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import members, moderating, rights, selectors
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.moderating.letters import address_of
from frontdesk.support.forum.order_deeds import Deed, Subject, deeds_of
from frontdesk.support.forum.selectors import Reader
from frontdesk.support.forum.views.common import words_for


def member_of(request: HttpRequest) -> Member:
    """Who is signed in, as a member. Pages that use it ask for signing in first."""
    assert isinstance(request.user, Person)  # noqa: S101 - login_required
    return members.of(request.user)


def readable_post(reader: Reader, pk: UUID) -> Post:
    """A post that is there for this reader. Raises NotFound."""
    return selectors.post(reader, pk)


def readable_topic(reader: Reader, number: int) -> Topic:
    """A topic that is there for this reader. Raises NotFound."""
    return selectors.topic(reader, number)


def shown_member(handle: str) -> Member:
    """A member who is shown to others. Raises NotFound."""
    found = members.by_handle(handle)
    if found is None:
        raise NotFound
    return found


def deed_of(member: Member, subject: Subject, name: str) -> Deed:
    """The decision of this name, if the member may take it. Raises NotFound and NotAllowed."""
    deed = deeds_of(subject).get(name)
    if deed is None:
        raise NotFound
    rights.may(member, deed.right, subject).require()
    return deed


def decide(
    request: HttpRequest, *, member: Member, subject: Subject, name: str, back: str, template: str, **context: Any
) -> HttpResponse:
    """Ask for the reason and what else the decision wants, then take it; a refusal stands in the form."""
    deed = deed_of(member, subject, name)
    initial = {"seen": moderating.mark(subject), "reason": request.GET.get("reason", "")[:500]}
    form = deed.form(request.POST or None, reader=selectors.reader_for(member), subject=subject, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = deed.run(member, subject, data["reason"], data["seen"], form.values())
        except Refusal as refusal:
            form.add_error(None, words_for(refusal))
        else:
            _tell(request, deed, is_done=bool(changed))
            return redirect(back)
    values = {"deed": deed, "form": form, "subject": subject, "back": back, **context}
    return render(request, template, values, status=422 if form.is_bound else 200)


def _tell(request: HttpRequest, deed: Deed, *, is_done: bool) -> None:
    """What came of it: verbs answer False where there was nothing to do."""
    if is_done:
        messages.success(request, str(deed.done))
    else:
        messages.info(request, _("Nothing was changed: it is so already, or does not apply any more."))


def back_to(subject: Subject) -> str:
    """Where a decision about it leads back to."""
    if isinstance(subject, Post):
        return address_of(subject.topic, subject)
    if isinstance(subject, Topic):
        return address_of(subject)
    return ""
