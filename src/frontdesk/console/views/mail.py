"""The mail that came in: what waits for somebody to look at it, what could not be read, and everything by verdict."""

from collections.abc import Iterable
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.mail_forms import AcceptForm, BlockForm
from frontdesk.console.mail_words import Shown, tone_of
from frontdesk.console.views.common import acting, looked
from frontdesk.console.views.lists import A_PAGE
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.mail.incoming import processing, reviewing, storing
from frontdesk.support.tickets.mail.incoming.details import in_words
from frontdesk.support.tickets.models import BlockedSender, IncomingMail, RawMail, Verdict

REVIEW = "mail review"


@require_safe
@require_role(Role.AGENT)
def index(request: HttpRequest) -> HttpResponse:
    """What waits; or with `show` what failed, or all of a verdict."""
    show = request.GET.get("show", "")
    rows = _chosen(show).select_related("conversation")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    looked(request, "mail list", _people(page))
    context = {
        "page": page,
        "rows": [(mail, tone_of(mail)) for mail in page],
        "show": show,
        "counts": _counts(),
        "waiting": reviewing.waiting().count(),
        "failed": reviewing.failed().count(),
        "now": clock.now(),
    }
    return render(request, "console/mail/list.html", context)


def _chosen(show: str) -> QuerySet[IncomingMail]:
    if show == "failed":
        return reviewing.failed()
    if show == "all":
        return IncomingMail.objects.order_by("-received_at")
    if show in Verdict.values:
        return IncomingMail.objects.filter(verdict=show).order_by("-received_at")
    return reviewing.waiting()


def _counts() -> list[tuple[str, str, int]]:
    """Each verdict that occurs: its name, what it is called, how often."""
    found = dict(IncomingMail.objects.values_list("verdict").annotate(Count("pk")).order_by())
    return [(verdict.value, str(verdict.label), found[verdict.value]) for verdict in Verdict if verdict.value in found]


def _people(rows: Iterable[IncomingMail]) -> list[UUID]:
    """The customers whose mails these seem to be."""
    addresses = {mail.from_address for mail in rows if mail.from_address}
    return list(EmailAddress.objects.filter(email__in=addresses, verified=True).values_list("user", flat=True))


@require_safe
@require_role(Role.AGENT)
def show(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """One mail: what it says, why it is here, and what can be done with it."""
    return _page(request, _found(mail_id), AcceptForm())


def _page(request: HttpRequest, mail: IncomingMail, form: AcceptForm, status: int = 200) -> HttpResponse:
    looked(request, "mail", _people([mail]))
    if not form.is_bound and mail.conversation is not None and mail.message_id is None:
        form.initial = {"reference": mail.conversation.reference}
    context = {
        "mail": mail,
        "shown": Shown.of(mail),
        "tone": tone_of(mail),
        "namesake": reviewing.namesake(mail),
        "form": form,
        "now": clock.now(),
        "may_download": acting(request).has_role(Role.MANAGER),
        "may_post": reviewing.may_post(mail),
        "is_open": mail.message_id is None and bool(mail.verdict),
    }
    return render(request, "console/mail/mail.html", context, status=status)


def _found(mail_id: UUID) -> IncomingMail:
    mail = IncomingMail.objects.select_related("conversation", "message").filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    return mail


@require_safe
@require_role(Role.MANAGER)
def original(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """The bytes as they came, to be saved: never shown by the browser."""
    mail = _found(mail_id)
    looked(request, "mail", _people([mail]))
    raw = RawMail.objects.filter(mail=mail).values_list("raw", flat=True).first()
    if raw is None:
        raise NotFound
    response = HttpResponse(bytes(raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{mail.pk}.eml"'
    return response


@require_POST
@require_role(Role.AGENT)
def accept(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Take it: into a new conversation, or into the one that is named."""
    mail = _found(mail_id)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _page(request, mail, form, 422)
    try:
        conversation = reviewing.accept(actor=_actor(request), mail=mail, conversation=form.cleaned_data["reference"])
    except Refusal as refusal:
        form.add_error(None, explain(refusal))
        return _page(request, mail, form, 409)
    messages.success(request, _("The mail stands in conversation %s now.") % conversation.reference)
    return redirect("console:conversation", conversation.pk)


@require_POST
@require_role(Role.AGENT)
def post(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Let it become its sender's post in the community."""
    mail = reviewing.post(actor=_actor(request), mail=_found(mail_id))
    tell = messages.success if mail.verdict == Verdict.POSTED else messages.warning
    tell(request, in_words(mail.detail))
    return redirect("console:mail_one", mail.pk)


@require_POST
@require_role(Role.AGENT)
def dismiss(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Put it aside; with `block` its sender's mails too, from now on."""
    mail, block = _found(mail_id), bool(request.POST.get("block"))
    reviewing.dismiss(actor=_actor(request), mail=mail, block=block)
    done = _("It is put aside, and the sender is blocked.") if block else _("It is put aside.")
    messages.success(request, done)
    return redirect("console:mail")


@require_POST
@require_role(Role.AGENT)
def replay(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Judge it again, as if it had just come."""
    mail = _found(mail_id)
    storing.replay(mail.pk)
    judged = processing.process(mail.pk)
    if judged.verdict:
        messages.success(request, _("It was judged again: %s.") % judged.get_verdict_display())
    else:
        messages.warning(request, _("It could not be entered. It is tried again by itself."))
    return redirect("console:mail_one", mail.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def blocked(request: HttpRequest) -> HttpResponse:
    """Whose mail is kept out of sight; more can be added."""
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = Actor.staff(acting(request).pk, form.cleaned_data["reason"])
        blocking.block(actor=actor, pattern=form.cleaned_data["pattern"], reason=form.cleaned_data["reason"])
        messages.success(request, _("Mail of %s is kept out of sight from now on.") % form.cleaned_data["pattern"])
        return redirect("console:mail_blocked")
    page = Paginator(BlockedSender.objects.order_by("-created_at"), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "now": clock.now()}
    return render(request, "console/mail/blocked.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role(Role.MANAGER)
def unblock(request: HttpRequest) -> HttpResponse:
    """Let a sender in again."""
    pattern = request.POST.get("pattern", "")
    if blocking.unblock(actor=_actor(request), pattern=pattern):
        messages.success(request, _("Mail of %s is let in again.") % pattern)
    return redirect("console:mail_blocked")


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(acting(request).pk, REVIEW)
