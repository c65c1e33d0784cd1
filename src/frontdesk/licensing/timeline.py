"""A licence's time, piece by piece, each explained in a plain sentence."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontdesk.core import clock
from frontdesk.licensing.models import BatchKind, License, Term, TermKind

DAY = 86_400
CODE_ORIGINS = {
    BatchKind.RETAIL: gettext_lazy("card …%(tail)s"),
    BatchKind.GIFT: gettext_lazy("gift code …%(tail)s"),
    BatchKind.RESELLER: gettext_lazy("reseller's code …%(tail)s"),
    BatchKind.REPLACEMENT: gettext_lazy("replacement code …%(tail)s"),
    BatchKind.ORDER: gettext_lazy("code of an order …%(tail)s"),
}
OTHER_ORIGINS = {
    TermKind.CODE: gettext_lazy("code of %(date)s"),
    TermKind.GIFT: gettext_lazy("gift of %(date)s"),
    TermKind.ORDER: gettext_lazy("order of %(date)s"),
    TermKind.TRIAL: gettext_lazy("trial of %(date)s"),
    TermKind.ADJUSTMENT: gettext_lazy("adjustment of %(date)s"),
}


class State(StrEnum):
    """Where a piece lies, seen from now."""

    USED = "used"
    RUNNING = "running"
    AHEAD = "ahead"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Piece:
    """One term of a licence. `days_left` counts begun days of a running or coming piece; `sentence` explains it.

    `never_ran`: revoked before it began, so it is shown struck out and takes no time.
    """

    term: Term
    start: datetime
    end: datetime
    kind: str
    origin: str
    state: State
    days_left: int
    never_ran: bool
    sentence: str


def timeline(license: License, moment: datetime | None = None, terms: Iterable[Term] | None = None) -> list[Piece]:
    """The pieces of a licence in the order in which they run, as seen at a moment of business time (now).

    `terms`: the licence's terms from `explained_terms`, where the caller has read those of many licences at once.
    """
    moment = moment or clock.now()
    every = explained_terms().filter(license=license) if terms is None else terms
    pieces = [_piece(term, license, moment) for term in every]
    return sorted(pieces, key=lambda piece: (piece.start, piece.end))


def explained_terms() -> QuerySet[Term]:
    """Terms with what explaining them takes."""
    return Term.objects.select_related("code__batch", "plan_version__plan").order_by("granted_at", "grant_ref")


def _piece(term: Term, license: License, moment: datetime) -> Piece:
    state = _state(term, moment)
    left = max(timedelta(), term.ends_at - max(term.starts_at, moment))
    days_left = math.ceil(left.total_seconds() / DAY) if state in {State.RUNNING, State.AHEAD} else 0
    origin = _origin(term)
    return Piece(
        term=term,
        start=term.starts_at,
        end=term.ends_at,
        kind=str(term.get_kind_display()),
        origin=origin,
        state=state,
        days_left=days_left,
        never_ran=state == State.REVOKED and term.ends_at == term.starts_at,
        sentence=_sentence(term, license, state, origin, days_left),
    )


def _state(term: Term, moment: datetime) -> State:
    if term.revoked_at:
        return State.REVOKED
    if term.ends_at <= moment:
        return State.USED
    return State.RUNNING if term.starts_at <= moment else State.AHEAD


def _origin(term: Term) -> str:
    if term.code:
        return str(CODE_ORIGINS[BatchKind(term.code.batch.kind)]) % {"tail": term.code.tail}
    return str(OTHER_ORIGINS[TermKind(term.kind)]) % {"date": day(term.granted_at)}


def _sentence(term: Term, license: License, state: State, origin: str, days_left: int) -> str:
    facts = {"origin": origin, "length": _length(term), "start": day(term.starts_at), "end": day(term.ends_at)}
    if state == State.REVOKED:
        return _revoked(term, facts)
    text = {
        State.USED: _("%(length)s from the %(origin)s, used from %(start)s to %(end)s."),
        State.RUNNING: _("%(length)s from the %(origin)s, running since %(start)s and until %(end)s."),
        State.AHEAD: _("%(length)s from the %(origin)s, to begin on %(start)s when what stands before it is used."),
    }[state] % facts
    return text + _converted(term, license)


def _revoked(term: Term, facts: dict[str, str]) -> str:
    facts["date"] = day(term.revoked_at or term.ends_at)
    if term.ends_at == term.starts_at:
        return _("%(length)s from the %(origin)s, taken back on %(date)s before it began.") % facts
    return _("%(length)s from the %(origin)s, begun on %(start)s and taken back on %(date)s.") % facts


def _converted(term: Term, license: License) -> str:
    if term.seconds is None or term.code is None or term.seconds == term.plan_version.code_days * DAY:
        return ""
    facts = {
        "sold": days(term.plan_version.code_days * DAY),
        "sold_plan": term.plan_version.plan.name,
        "counted": days(term.seconds),
        "plan": license.plan_version.plan.name,
    }
    return " " + _("It was sold as %(sold)s of %(sold_plan)s, which are worth %(counted)s of %(plan)s.") % facts


def _length(term: Term) -> str:
    if term.months:
        return ngettext("%(count)d month", "%(count)d months", term.months) % {"count": term.months}
    return days(term.seconds or 0)


def days(seconds: int) -> str:
    """A length of time in whole days, or in days and hours when it is not whole."""
    whole, rest = divmod(seconds, DAY)
    text = ngettext("%(count)d day", "%(count)d days", whole) % {"count": whole}
    hours = rest // 3600
    if not hours:
        return text
    extra = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return _("%(days)s and %(hours)s") % {"days": text, "hours": extra} if whole else extra


def day(moment: datetime) -> str:
    """A date in the active language and time zone."""
    return date_format(timezone.localtime(moment), _("j F Y"))
