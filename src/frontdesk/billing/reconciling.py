"""Comparing providers, ledger and rows. What a provider knows and we do not is settled; what then differs is told.

Other apps add what they know (fulfilment: the licences) with `also`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from frontdesk.billing import books, outside, processing
from frontdesk.billing.books import Difference
from frontdesk.billing.models import Payment
from frontdesk.billing.payments import calling
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.processing import Verdict
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, ProviderError
from frontdesk.core import clock

log = structlog.get_logger(__name__)
Check = Callable[[], Iterable[Difference]]
_checks: list[Check] = []


@dataclass
class Report:
    """What was compared, and what differs."""

    objects: int = 0
    differences: list[Difference] = field(default_factory=list)


def also(check: Check) -> None:
    """Compare this too; called when the apps are ready."""
    if check not in _checks:
        _checks.append(check)


def reconcile(*, since: datetime) -> Report:
    """Compare what changed at the providers since (real time), then all our books. Outside transactions."""
    report = Report()
    for name in registry.known():
        report.differences += _provider(name, since, report)
    for check in (books.differences, *_checks):
        report.differences += check()
    return report


def _provider(name: str, since: datetime, report: Report) -> Iterator[Difference]:
    try:
        provider = registry.get(name)
        changed = outside.call("changed", lambda: provider.changed_since(since))
    except ProviderError as error:
        yield Difference("provider", name, f"cannot be asked: {error}")
        return
    for kind, ref in changed:
        report.objects += 1
        yield from _object(name, kind, ref)
    told = {ref for kind, ref in changed if kind == ObjectKind.PAYMENT}
    yield from _never_arrived(name, since, told)


def _object(name: str, kind: ObjectKind, ref: str) -> Iterator[Difference]:
    try:
        verdict = processing.apply(provider=name, kind=kind, ref=ref)
    except ProviderError as error:
        yield Difference("provider", f"{kind} {ref}", f"cannot be fetched: {error}")
    except Differs as error:
        yield Difference("provider", f"{kind} {ref}", str(error))
    except Exception as error:  # one that cannot be settled must not hide the others
        log.exception("object_not_settled", kind=kind)
        yield Difference("provider", f"{kind} {ref}", f"cannot be settled: {type(error).__name__}")
    else:
        if verdict == Verdict.UNKNOWN:
            yield Difference("provider", f"{kind} {ref}", "is not known here")


def _never_arrived(name: str, since: datetime, told: set[str]) -> Iterator[Difference]:
    """Payments that count as paid here, of which the provider has said nothing: it is asked about each."""
    moment = since + (clock.now() - clock.real_now())
    rows = Payment.objects.filter(
        provider=name, status__in=(Payment.Status.SUCCEEDED, Payment.Status.SURPLUS), settled_at__gte=moment
    )
    for row in rows.exclude(ref__in=told).iterator():
        try:
            snapshot = calling.ask(row)
        except ProviderError as error:
            yield Difference("provider", f"payment {row.pk}", f"cannot be fetched: {error}")
            continue
        if snapshot is None:
            continue
        same = (snapshot.amount_minor, snapshot.currency) == (row.amount_minor, row.currency)
        if snapshot.outcome != Outcome.SUCCEEDED or not same:
            yield Difference("provider", f"payment {row.pk}", f"counts as paid here, {snapshot.outcome} there")
