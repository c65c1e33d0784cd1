"""Lists of what waits: failed payments, disputes, webhooks."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import declines, inbox
from frontdesk.billing.models import Dispute, Payment, ProviderEvent, Subscription
from frontdesk.console.troubles import all_of_them
from frontdesk.console.views.common import looked
from frontdesk.console.words import views_of
from frontdesk.core import clock
from frontdesk.core.errors import NotFound

A_PAGE = 25
LATELY = timedelta(days=30)


@require_safe
@require_role(Role.BILLING_AGENT)
def failed_payments(request: HttpRequest) -> HttpResponse:
    """Renewals that are past due with what happens next, what nobody can settle, and what banks declined lately."""
    past_due = Subscription.objects.filter(ended_at=None, failed_at__isnull=False).select_related(
        "person", "method", "plan_version__plan__product", "next_plan_version__plan__product"
    )
    page = Paginator(past_due.order_by("failed_at"), A_PAGE).get_page(request.GET.get("page"))
    views = views_of(list(page.object_list))
    troubles = all_of_them()
    declined = Payment.objects.filter(status=Payment.Status.FAILED, settled_at__gt=clock.now() - LATELY).select_related(
        "person"
    )
    late = list(declined.order_by("-settled_at")[:A_PAGE])
    people = [view.subscription.person_id for view in views] + [payment.person_id for payment in late]
    looked(request, "payment list", [*people, *troubles.people()])
    context = {
        "page": page,
        "past_due": views,
        "troubles": troubles,
        "declined": [(payment, declines.of(payment.decline)) for payment in late],
    }
    return render(request, "console/failed_payments.html", context)


@require_safe
@require_role(Role.BILLING_AGENT)
def disputes(request: HttpRequest) -> HttpResponse:
    """Open ones first."""
    rows = Dispute.objects.select_related("payment__person", "payment__invoice").order_by("closed_at", "-opened_at")
    page = Paginator(rows.order_by("-status", "-opened_at"), A_PAGE).get_page(request.GET.get("page"))
    looked(request, "payment list", [dispute.payment.person_id for dispute in page])
    tones = {Dispute.Status.OPEN: "warn", Dispute.Status.WON: "good", Dispute.Status.LOST: "bad"}
    context = {"page": page, "rows": [(dispute, tones[Dispute.Status(dispute.status)]) for dispute in page]}
    return render(request, "console/disputes.html", context)


@require_safe
@require_role(Role.BILLING_AGENT)
def webhooks(request: HttpRequest) -> HttpResponse:
    """What providers told us and we could not settle, and what came in lately."""
    failed = ProviderEvent.objects.filter(processed_at=None, attempts__gt=0).order_by("-id")
    page = Paginator(failed, A_PAGE).get_page(request.GET.get("page"))
    latest = ProviderEvent.objects.exclude(processed_at=None).order_by("-id")[:A_PAGE]
    return render(request, "console/webhooks.html", {"page": page, "latest": latest, "real_now": clock.real_now()})


@require_POST
@require_role(Role.BILLING_AGENT)
def replay(request: HttpRequest, event_id: int) -> HttpResponse:
    """Look at the object once more; harmless, since only how it stands now counts."""
    event = ProviderEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    if inbox.replay(event_id=event.event_id):
        messages.success(request, _("We asked the provider again."))
    else:
        messages.warning(request, _("The provider could not be asked. It is tried again by itself."))
    return redirect("console:webhooks")
