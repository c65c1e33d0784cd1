"""Reports for managers: figures by month, and the ledger for the bookkeeper."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import accounting, reports
from frontdesk.billing.models import Account, EndReason
from frontdesk.billing.reports import Month, Revenue
from frontdesk.core import clock
from frontdesk.core.money import Money
from frontdesk.core.numbers import whole
from frontdesk.ui.parts import Bar

SPANS = (6, 12, 24)
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class RevenueView:
    """One currency's recurring revenue: the newest total, the bars, and each plan's row at the end."""

    currency: str
    now: Money
    bars: Sequence[Bar]
    plans: Sequence[Revenue]


def _span(request: HttpRequest) -> int:
    asked = whole(request.GET.get("months", ""), most=max(SPANS))
    return asked if asked in SPANS else 12


@require_safe
@require_role(Role.MANAGER)
def figures(request: HttpRequest) -> HttpResponse:
    """Recurring revenue, churn, recovered payments, refunds and disputes, as bars and tables."""
    span = _span(request)
    chosen = reports.months(clock.now(), span)
    moved = reports.movements(chosen)
    context = {
        "span": span,
        "spans": SPANS,
        "revenue": _revenue(reports.recurring_revenue(chosen), chosen),
        "movements": moved[::-1],
        "reasons": _reasons(moved),
        "movement_bars": [Bar(_short(each.month), each.new, str(each.new)) for each in moved],
        "recoveries": [(each, _money(each.failed_minor, each), _money(each.recovered_minor, each))
                       for each in reports.recoveries(chosen)[::-1]],
        "refunds": [(each, _money(each.minor, each)) for each in reports.refunds(chosen)[::-1]],
        "disputes": [(each, _money(each.minor, each), _money(each.lost_minor, each))
                     for each in reports.disputes(chosen)[::-1]],
    }  # fmt: skip
    return render(request, "console/reports.html", context)


def _money(minor: int, row: object) -> Money:
    return Money(minor, getattr(row, "currency"))  # noqa: B009 - rows of several kinds


def _revenue(rows: Sequence[Revenue], chosen: Sequence[Month]) -> list[RevenueView]:
    by_currency: dict[str, list[Revenue]] = defaultdict(list)
    for row in rows:
        by_currency[row.currency].append(row)
    views = []
    for currency, mine in sorted(by_currency.items()):
        sums = [Money(sum(row.minor for row in mine if row.month == month), currency) for month in chosen]
        bars = [Bar(_short(month), total.minor, str(total)) for month, total in zip(chosen, sums, strict=True)]
        last = sorted((row for row in mine if row.month == chosen[-1]), key=lambda row: -row.minor)
        views.append(RevenueView(currency, sums[-1], bars, last))
    return views


def _short(month: Month) -> str:
    return date_format(month.start, "M")


def _reasons(moved: Sequence[reports.Movement]) -> list[tuple[str, int]]:
    """Why subscriptions ended, over all months shown, the most frequent first."""
    names = dict(EndReason.choices)
    total: dict[str, int] = defaultdict(int)
    for each in moved:
        for reason, number in each.reasons.items():
            total[reason] += number
    return [(str(names.get(reason, reason)), number) for reason, number in sorted(total.items(), key=lambda at: -at[1])]


@require_safe
@require_role(Role.MANAGER)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet."""
    chosen = reports.months(clock.now(), _span(request))
    return _download(accounting.figures_csv(chosen), f"figures-{chosen[0]}-{chosen[-1]}.csv")


class SpanForm(forms.Form):
    """From which day to which, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, date]:
        """In order, and not longer than ten years."""
        data: dict[str, date] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not first <= last <= first + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("The second day comes after the first, and ten years at most."))
        return data


def _span_form(request: HttpRequest) -> SpanForm:
    today = clock.now().date()
    last_month = today.replace(day=1) - timedelta(days=1)
    start = {"first": last_month.replace(day=1).isoformat(), "last": last_month.isoformat()}
    return SpanForm(request.GET or start)


@require_safe
@require_role(Role.MANAGER)
def accounting_page(request: HttpRequest) -> HttpResponse:
    """The ledger by day, account and rate of tax; last month at first."""
    form = _span_form(request)
    rows = []
    if form.is_valid():
        rows = accounting.by_day(form.cleaned_data["first"], form.cleaned_data["last"])
    names = dict(Account.choices)
    shown = [
        (row, names[row.account], Money(row.debit_minor, row.currency), Money(row.credit_minor, row.currency))
        for row in rows
    ]
    context = {"form": form, "rows": shown, "sums": _sums(rows), "query": request.GET.urlencode()}
    return render(request, "console/accounting.html", context, status=200 if form.is_valid() else 422)


def _sums(rows: Sequence[accounting.DayTotal]) -> list[tuple[Money, Money]]:
    """Debits and credits of each currency, which must be equal."""
    currencies = sorted({row.currency for row in rows})
    return [
        (
            Money(sum(row.debit_minor for row in rows if row.currency == currency), currency),
            Money(sum(row.credit_minor for row in rows if row.currency == currency), currency),
        )
        for currency in currencies
    ]


@require_safe
@require_role(Role.MANAGER)
def accounting_csv(request: HttpRequest) -> HttpResponse:
    """The same for the bookkeeper's program."""
    form = _span_form(request)
    if not form.is_valid():
        return accounting_page(request)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    return _download(accounting.ledger_csv(first, last), f"ledger-{first}-{last}.csv")


def _download(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
