"""The bank's pages. Whoever knows a reference may open its page; without the sandbox there are none."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import for_person
from frontdesk.billing.providers.sandbox import adapter, bank, cards, money_back, snapshots
from frontdesk.billing.providers.sandbox.forms import CardForm
from frontdesk.billing.providers.sandbox.models import Dispute, Intent, Refund
from frontdesk.core import clock

SHOWN = 50
Status = Intent.Status
View = Callable[..., HttpResponse]


def only_with_sandbox(view: View) -> View:
    """Answer 404 where payments do not go through the sandbox; and nothing here is kept by caches."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.PAYMENTS != "sandbox":
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@only_with_sandbox
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The page for a card: pay, or leave the card."""
    intent = _intent(ref, has_page=True)
    if _goes_on(intent) is not Status.OPEN:
        return _onward(request, intent)
    form = CardForm(request.POST if request.method == "POST" else None, moment=clock.now(), turn=intent.turn)
    if request.method == "POST" and form.is_valid():
        return _tried(request, intent, form)
    context = {"intent": intent, "form": form, "groups": cards.grouped()}
    if intent.decline and not form.is_bound:
        context["decline"] = snapshots.decline_of(intent)
    return render(request, "sandbox/page.html", context, status=422 if form.is_bound else 200)


def _tried(request: HttpRequest, intent: Intent, form: CardForm) -> HttpResponse:
    script: cards.TestCard = form.cleaned_data["number"]
    month, year = form.cleaned_data["expires"]
    intent = bank.try_card(
        ref=intent.ref, script=script, exp_month=month, exp_year=year, turn=form.cleaned_data["turn"]
    )
    if script.is_slow:
        time.sleep(adapter.SLOW_SECONDS)
    return _onward(request, intent)


@require_POST
@only_with_sandbox
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """Back without paying. What was paid meanwhile stays paid."""
    intent = bank.close(ref=_intent(ref, has_page=True).ref)
    if intent.decline == "abandoned":
        return redirect(_own(intent.cancel_url))
    return _onward(request, intent)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with_sandbox
def confirmation(request: HttpRequest, ref: str) -> HttpResponse:
    """The bank asks whether it was you (3-D Secure)."""
    intent = _intent(ref)
    if request.method == "POST":
        return _onward(request, bank.confirm(ref=ref, agreed=request.POST.get("answer") == "yes"))
    if _goes_on(intent) is not Status.CONFIRMING:
        return _onward(request, intent)
    return render(request, "sandbox/confirmation.html", {"intent": intent})


@require_http_methods(["GET", "HEAD"])
@only_with_sandbox
@for_person
def desk(request: HttpRequest, person: Person) -> HttpResponse:
    """The bank's desk: one's own payments, and the disputes about them."""
    payments = Intent.objects.filter(customer=str(person.pk), kind=Intent.Kind.PAYMENT)
    shown = payments.select_related("card", "dispute").prefetch_related("refunds")[:SHOWN]
    return render(request, "sandbox/desk.html", {"payments": shown})


@require_POST
@only_with_sandbox
@for_person
def dispute(request: HttpRequest, person: Person, ref: str) -> HttpResponse:
    """Go to the bank about one of one's own payments."""
    if not Intent.objects.filter(ref=ref, customer=str(person.pk)).exists():
        raise Http404
    money_back.open_dispute(ref=ref)
    return redirect("sandbox:desk")


@require_POST
@only_with_sandbox
@for_person
def sending_back(request: HttpRequest, person: Person, ref: str) -> HttpResponse:
    """Let one's own bank send a refund back."""
    if not Refund.objects.filter(ref=ref, intent__customer=str(person.pk)).exists():
        raise Http404
    money_back.send_back(ref=ref)
    return redirect("sandbox:desk")


@require_POST
@only_with_sandbox
@for_person
def decision(request: HttpRequest, person: Person, ref: str) -> HttpResponse:
    """Decide a dispute about one of one's own payments, for the vendor or against."""
    if not Dispute.objects.filter(ref=ref, intent__customer=str(person.pk)).exists():
        raise Http404
    money_back.decide(ref=ref, won=request.POST.get("for") == "vendor")
    return redirect("sandbox:desk")


def _intent(ref: str, *, has_page: bool | None = None) -> Intent:
    found = Intent.objects.select_related("card").filter(ref=ref).first()
    if found is None or (has_page is not None and found.has_page != has_page):
        raise Http404
    return found


def _goes_on(intent: Intent) -> Intent.Status:
    """How it stands now; what nobody finished in time has failed."""
    if intent.status in Intent.WAITING and not intent.is_waiting_at(clock.now()):
        return Status.FAILED
    return Status(intent.status)


def _onward(request: HttpRequest, intent: Intent) -> HttpResponse:
    """Where the customer goes next, as the intent stands; also for the back button and a second press."""
    status = _goes_on(intent)
    if status is Status.OPEN:
        return redirect("sandbox:page", intent.ref)
    if status is Status.CONFIRMING:
        return redirect("sandbox:confirmation", intent.ref)
    if status is Status.FAILED and (intent.status != Status.FAILED or intent.decline == "abandoned"):
        back = _own(intent.cancel_url or intent.return_url)
        return render(request, "sandbox/closed.html", {"back": back}, status=410)
    return redirect(_own(snapshots.way_back(intent)))


def _own(address: str) -> str:
    """An address of this installation as a path, so that it is found under whatever name the browser knows."""
    return address.removeprefix(settings.FRONTDESK_URL) or "/"
