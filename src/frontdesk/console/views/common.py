"""What the desk's pages share: who acts, who was looked at, and the page that asks before something is done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from frontdesk.accounts.models import Person
from frontdesk.console.forms import ReasonForm
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import looks
from frontdesk.core.backoffice.base import explain, staff_actor
from frontdesk.core.errors import NotFound, PermissionMissing
from frontdesk.core.reasons import Refusal

Text = str | Promise


@dataclass(frozen=True)
class Question:
    """What is asked before a deed: its name, what will happen, the button, and the way back."""

    title: Text
    consequences: Sequence[Text]
    label: Text
    back: str
    tone: str = ""


@dataclass(frozen=True)
class Already:
    """What a deed answers where somebody had done it before: nobody shall take that for their own."""

    text: str


Answer = Text | Already


def acting(request: HttpRequest) -> Person:
    """The member of staff. Raises PermissionMissing for anybody else."""
    if not isinstance(request.user, Person):
        raise PermissionMissing
    return request.user


def found_person(person_id: UUID) -> Person:
    """The customer. Raises NotFound."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def looked(request: HttpRequest, page: str, people: Iterable[UUID | None]) -> None:
    """Write that these customers' matters were seen; they read it in their own history."""
    looks.record(staff_actor(request, looks.UNASKED), request, page=page, people=people)


def seen_in(request: HttpRequest) -> int:
    """The last sequence that somebody had read when they pressed a button; 0 where the page did not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def uuids_in(texts: Iterable[str]) -> list[UUID]:
    """The numbers among what a form posted; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def ask(
    request: HttpRequest,
    *,
    question: Question,
    form: ReasonForm,
    deed: Callable[[Actor, dict[str, Any]], Answer],
    context: dict[str, Any] | None = None,
    anew: tuple[type[Refusal], ...] | type[Refusal] = (),
) -> HttpResponse:
    """Ask for the reason (and what else the form wants), then do it and go back; a refusal stands in the form.

    `deed(actor, data)` calls the verb and says what happened. `anew`: refusals after which the page is asked for again,
    since what it said is not so any more.
    """
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            done = deed(staff_actor(request, data.pop("reason")), data)
        except anew as refusal:
            messages.error(request, explain(refusal))
            return redirect(request.path)
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            _tell(request, done)
            return redirect(question.back)
    status = 422 if form.is_bound else 200
    values = {"question": question, "form": form, **(context or {})}
    return render(request, "console/deed.html", values, status=status)


def _tell(request: HttpRequest, done: Answer) -> None:
    if isinstance(done, Already):
        messages.warning(request, done.text)
    else:
        messages.success(request, str(done))
