"""The reports of chats: how many, how long they waited, what became of them; as a page and as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.views.support_reports import DAYS, as_csv, asked_for, duration
from frontdesk.support.chat import reports
from frontdesk.support.chat.reports import ChatFigures
from frontdesk.support.tickets.models import Area

BY: dict[str, str | Promise] = {
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "area": gettext_lazy("Area"),
    "product": gettext_lazy("Product"),
    "plan": gettext_lazy("Plan"),
    "site": gettext_lazy("Website"),
}
COLUMNS = (
    "group",
    "begun",
    "answered",
    "wait_median_s",
    "wait_p90_s",
    "missed",
    "ended_by_customer",
    "ended_by_agent",
    "ended_by_silence",
    "went_on_by_mail",
    "talk_median_s",
)


@require_safe
@require_role(Role.MANAGER)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures in a table, with what each of them means."""
    asked = asked_for(request, BY)
    total, groups = reports.figures(asked.since, asked.until, by=asked.by)
    names = {area.slug: area.title for area in Area.objects.all()} if asked.by == "area" else {}
    context = {
        "asked": asked,
        "days": DAYS,
        "by": BY.items(),
        "by_name": BY[asked.by],
        "total": total,
        "wait": _wait(total.wait_median),
        "ends": _ends(total),
        "rows": [_row(_name(each, asked.by, names), each) for each in groups] + [_row(_("All"), total)],
    }
    return render(request, "console/chat_reports.html", context)


def _row(name: str, each: ChatFigures) -> tuple[str, ChatFigures, str, str, str]:
    return name, each, _wait(each.wait_median), _wait(each.wait_p90), _wait(each.talk_median)


def _wait(seconds: float | None) -> str:
    """In chats, seconds count."""
    return _("%(n)s s") % {"n": round(seconds)} if seconds is not None and seconds < 90 else duration(seconds)


def _name(group: ChatFigures, by: str, names: dict[str, str]) -> str:
    nothing = _("These pages") if by == "site" else _("None")
    return names.get(group.name or "", group.name or "") or nothing


def _ends(total: ChatFigures) -> list[tuple[str, int]]:
    return [
        (_("The customer ended it"), total.by_customer),
        (_("An agent ended it"), total.by_agent),
        (_("Nobody wrote any more"), total.by_silence),
        (_("It went on by mail"), total.tickets),
    ]


@require_safe
@require_role(Role.MANAGER)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet; times in seconds, the first row is of all."""
    asked = asked_for(request, BY)
    total, groups = reports.figures(asked.since, asked.until, by=asked.by)
    return as_csv("chats", asked, COLUMNS, [total, *groups])
