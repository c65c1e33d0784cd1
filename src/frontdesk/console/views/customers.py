"""Finding a customer, and everything about one on a page."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import finding
from frontdesk.console import desk
from frontdesk.console.forms import FindForm
from frontdesk.console.views.common import acting, found_person, looked
from frontdesk.core.backoffice.search import as_uuid
from frontdesk.licensing.models import License

MOST = 30
LEAST_LETTERS = 2
Hit = tuple[Person, str, str]  # whose, why, where it leads


@require_safe
@require_role(Role.AGENT)
def find(request: HttpRequest) -> HttpResponse:
    """One field for whatever somebody tells of themselves; what fits exactly opens at once."""
    form = FindForm(request.GET if request.GET.get("q", "").strip() else None)
    text = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    exact = _exact(acting(request), text) if text else []
    if len(exact) == 1:
        return redirect(exact[0][2])
    hits = exact or (_by_name(text) if len(text) >= LEAST_LETTERS else [])
    looked(request, "person list", [person.pk for person, _why, _url in hits])
    context = {"form": form, "text": text, "hits": hits[:MOST], "is_cut": len(hits) > MOST}
    return render(request, "console/find.html", context)


def _exact(staff: Person, text: str) -> list[Hit]:
    """By address, licence, order, invoice, or the line of a bank statement."""
    person = Person.objects.filter(email=text.lower()).first()
    if person:
        return [(person, _("E-mail address"), _customer_url(person.pk))]
    identifier = as_uuid(text)
    if identifier:
        return _by_number(identifier)
    if not staff.has_role(Role.BILLING_AGENT):
        return []
    found = finding.find(text)
    people = Person.objects.in_bulk({each.person for each in found})
    return [
        (people[each.person], each.why, _payment_url(each.payment) if each.payment else _customer_url(each.person))
        for each in found
        if each.person in people
    ]


def _by_number(identifier: UUID) -> list[Hit]:
    held = License.objects.filter(pk=identifier, owner__isnull=False).select_related("owner").first()
    if held and held.owner:
        return [(held.owner, _("Licence"), _customer_url(held.owner.pk))]
    person = Person.objects.filter(pk=identifier).first()
    return [(person, _("Customer"), _customer_url(person.pk))] if person else []


def _by_name(text: str) -> list[Hit]:
    rows = Person.objects.filter(Q(name__icontains=text) | Q(email__icontains=text.lower())).order_by("email")
    return [(person, person.email, _customer_url(person.pk)) for person in rows[: MOST + 1]]


def _customer_url(person: UUID) -> str:
    return reverse("console:customer", args=[person])


def _payment_url(payment: UUID) -> str:
    return reverse("console:payment", args=[payment])


@require_safe
@require_role(Role.AGENT)
def customer(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Identity and licences for every agent; money for billing agents."""
    person = found_person(person_id)
    looked(request, "customer", [person.pk])
    context = {"person": person, **desk.about(person)}
    if acting(request).has_role(Role.BILLING_AGENT):
        context |= {"sees_money": True, **desk.money_of(person)}
    return render(request, "console/customer.html", context)
