"""The reports of customer service: figures of a span, split by what the reader chooses; as a page and as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.core import clock, reasons
from frontdesk.support.chat.reports import ChatFigures
from frontdesk.support.tickets import reports
from frontdesk.support.tickets.models import Area, Channel
from frontdesk.support.tickets.reports import Figures, Volume
from frontdesk.ui.parts import Bar

DAYS = (7, 30, 90, 365)
DATED = 6  # dates under the bars
BY: dict[str, str | Promise] = {
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "area": gettext_lazy("Area"),
    "reason": gettext_lazy("Reason"),
    "product": gettext_lazy("Product"),
    "plan": gettext_lazy("Plan"),
    "channel": gettext_lazy("Channel"),
    "level": gettext_lazy("Service level"),
}
COLUMNS = (
    "group",
    "opened",
    "answered",
    "first_response_median_s",
    "first_response_p90_s",
    "solved",
    "resolution_median_s",
    "resolution_p90_s",
    "judged",
    "kept",
    "rated",
    "good",
    "ever_solved",
    "reopened",
)
FORMULAS = "=+-@\t\r"


@dataclass(frozen=True)
class Asked:
    """What the reader chose: the last so many days until now, today among them, and by what to split. `until` is in the
    reader's zone."""

    days: int
    by: str
    until: datetime

    @property
    def since(self) -> datetime:
        """Where the span begins: at the reader's midnight, so that a day's bar is a day."""
        midnight = self.until.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - (self.days - 1) * reports.A_DAY


def asked_for(request: HttpRequest, ways: Mapping[str, object] = BY) -> Asked:
    """What the address asks for; what it asks wrongly is as if it did not. `ways`: by what can be split."""
    chosen, by = request.GET.get("days", ""), request.GET.get("by", "")
    days = next((each for each in DAYS if str(each) == chosen), 30)
    return Asked(days, by if by in ways else "team", localtime(clock.now()))


@require_safe
@require_role(Role.MANAGER)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures, as bars and tables, with what each of them means."""
    asked = asked_for(request)
    total, groups = reports.figures(asked.since, asked.until, by=asked.by)
    drawn = reports.volumes(reports.pieces(asked.since, asked.until), asked.until)
    names = _names(asked.by)
    context = {
        "asked": asked,
        "days": DAYS,
        "by": BY.items(),
        "by_name": BY[asked.by],
        "total": total,
        "rows": [_row(_name(each, names), each) for each in groups] + [_row(_("All"), total)],
        "volumes": drawn,
        "opened_bars": _bars([(each, each.opened) for each in drawn]),
        "solved_bars": _bars([(each, each.solved) for each in drawn]),
        "times": _times(total),
    }
    return render(request, "console/support_reports.html", context)


def _row(name: str, each: Figures) -> tuple[str, Figures, str, str, str]:
    return name, each, duration(each.first_median), duration(each.first_p90), duration(each.solve_median)


def _bars(values: Sequence[tuple[Volume, int]]) -> list[Bar]:
    """Bars, of which as many are dated as have room on a phone; the table names all."""
    every = max(1, -(-len(values) // DATED))
    return [
        Bar(date_format(localtime(piece.start), "j M") if place % every == 0 else "", number, str(number))
        for place, (piece, number) in enumerate(values)
    ]


def _times(total: Figures) -> list[tuple[str, str, str]]:
    return [
        (_("First response"), duration(total.first_median), duration(total.first_p90)),
        (_("Solution"), duration(total.solve_median), duration(total.solve_p90)),
    ]


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units; – for none."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        first = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return first if not hours else f"{first} {_('%(n)s h') % {'n': hours}}"
    if hours:
        first = _("%(n)s h") % {"n": hours}
        return first if not left else f"{first} {_('%(n)s min') % {'n': left}}"
    return _("%(n)s min") % {"n": left}


def _names(by: str) -> dict[str, str]:
    """How groups are called where the figures only know a short name."""
    if by == "channel":
        return {str(value): str(label) for value, label in Channel.choices}
    if by == "area":
        return {area.slug: area.title for area in Area.objects.all()}
    if by == "reason":
        return {reason.code: str(reason.title) for reason in reasons.every()}
    return {}


def _name(group: Figures, names: dict[str, str]) -> str:
    return names.get(group.name or "", group.name or "") or _("None")


@require_safe
@require_role(Role.MANAGER)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet; times in seconds, the first row is of all."""
    asked = asked_for(request)
    total, groups = reports.figures(asked.since, asked.until, by=asked.by)
    return as_csv("support", asked, COLUMNS, [total, *groups])


def as_csv(what: str, asked: Asked, columns: Sequence[str], rows: Sequence[Figures | ChatFigures]) -> HttpResponse:
    """Rows of figures as a file; the one without a name is of all."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        values = list(astuple(row))
        values[0] = "*" if row.name is None else harmless(row.name)
        writer.writerow(round(value) if isinstance(value, float) else value for value in values)
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{what}-{asked.by}-{asked.since:%Y-%m-%d}-{asked.until:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(text: str) -> str:
    """No name begins what a spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULAS and text else text
