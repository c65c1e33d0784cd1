"""What happened, a line an event: "2027-11-02  Ada Brook  Halcyon Shield Plus: notice sent, 39.95 € on 30 Nov"."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import translation

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import declines
from frontdesk.billing.models import Dispute, EndReason, Invoice, Order, Payment, Refund, Subscription
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import history
from frontdesk.core.history import Topic
from frontdesk.core.models import AuditEntry
from frontdesk.core.money import Money
from frontdesk.licensing.models import License

Data = Mapping[str, Any]
Words = Callable[[Data], str]
TOLD = {Topic.PAYMENTS, Topic.LICENSES}
# Said by another line already.
SILENT = {"subscription.charge_failed", "term.granted", "license.plan_changed", "license.tolerated", "staff.looked"}
REMINDERS = {
    "billing/charge_reminder": "reminder of the charge sent",
    "billing/ending_reminder": "reminder sent: it ends soon",
    "billing/last_warning": "last warning sent: it ends without payment",
    "billing/confirmation_needed": "asked to confirm the charge with the bank",
    "billing/card_expiring": "told that the card expires before the charge",
}
PLAN_OF: dict[str, tuple[type[Model], str]] = {
    "subscription": (Subscription, "plan_version"),
    "order": (Order, "plan_version"),
    "invoice": (Invoice, "plan_version"),
    "payment": (Payment, "invoice__plan_version"),
    "refund": (Refund, "payment__invoice__plan_version"),
    "dispute": (Dispute, "payment__invoice__plan_version"),
    "license": (License, "plan_version"),
}


def _money(data: Data) -> str:
    minor = data.get("minor", data.get("amount", data.get("amount_minor")))
    return str(Money(minor, data["currency"])) if isinstance(minor, int) and data.get("currency") else ""


def _day(text: object) -> str:
    moment = datetime.fromisoformat(str(text))
    return f"{moment.day} {moment:%b %Y}"


WORDS: dict[str, Words] = {
    "order.placed": lambda data: f"order placed ({data.get('purpose', '')})",
    "subscription.noticed": lambda data: f"notice sent, {_money(data)} on {_day(data['charge_at'])}",
    "subscription.charge_moved": lambda data: f"charge moved to {_day(data['charge_at'])}",
    "subscription.moved": lambda data: f"next renewal moved to {_day(data['to'])}, with the licence",
    "subscription.held": lambda data: "charges wait: the licence is suspended",
    "subscription.goes_on": lambda data: "charges go on: the licence works again",
    "subscription.handed_over": lambda data: "the licence was handed over",
    "subscription.came_back": lambda data: "the licence came back",
    "subscription.plan_changed": lambda data: "changed to this plan",
    "subscription.renewed": lambda data: "renewed for another term",
    "subscription.ended": lambda data: f"ended: {_reason(data)}",
    "subscription.renewal_off": lambda data: "automatic renewal switched off",
    "subscription.renewal_on": lambda data: "automatic renewal switched on",
    "invoice.voided": lambda data: "its invoice is given up",
    "payment.succeeded": lambda data: f"{_money(data)} paid",
    "payment.failed": lambda data: f"charge of {_money(data)} failed: {declines.of(str(data.get('decline'))).text}",
    "trial.started": lambda data: "trial started",
}


def _reason(data: Data) -> str:
    return str(dict(EndReason.choices).get(str(data.get("reason")), data.get("reason", "")))


def newest() -> int:
    """The audit's last entry: what comes after it is news."""
    return AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


class Teller:
    """Tells what is new since it was asked last."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._after = newest()
        self._letters = set(self._reminders())

    def tell(self) -> None:
        """Say everything that happened meanwhile, in its order."""
        entries = list(AuditEntry.objects.filter(id__gt=self._after).order_by("id"))
        letters = [letter for letter in self._reminders() if letter not in self._letters]
        if not entries and not letters:
            return
        self._after = entries[-1].pk if entries else self._after
        self._letters |= set(letters)
        with translation.override("en"):
            lines = [*_of_entries(entries), *_of_letters(letters)]
        for _at, line in sorted(lines, key=lambda each: each[0]):
            self._say(line)

    @staticmethod
    def _reminders() -> list[UUID]:
        rows = Message.objects.filter(template__in=REMINDERS).order_by("created_at")
        return list(rows.values_list("pk", flat=True))


def _of_entries(entries: Iterable[AuditEntry]) -> Iterator[tuple[datetime, str]]:
    told = [entry for entry in entries if entry.action not in SILENT and _is_told(entry.action)]
    names = _names({entry.person for entry in told if entry.person})
    plans = _plans(told)
    for entry in told:
        what = WORDS[entry.action](entry.data) if entry.action in WORDS else _phrase(entry.action)
        yield entry.at, _line(entry.at, names.get(entry.person, ""), plans.get(entry.subject, ""), what)


def _is_told(action: str) -> bool:
    return action in WORDS or (history.is_described(action) and history.phrase_of(action).topic in TOLD)


def _phrase(action: str) -> str:
    text = str(history.phrase_of(action).text)
    return text[:1].lower() + text[1:]


def _of_letters(letters: Iterable[UUID]) -> Iterator[tuple[datetime, str]]:
    for letter in Message.objects.filter(pk__in=letters).select_related("person"):
        yield letter.created_at, _line(letter.created_at, str(letter.person or ""), "", REMINDERS[letter.template])


def _line(at: datetime, who: str, plan: str, what: str) -> str:
    return f"{at:%Y-%m-%d}  {who or '–':18}  {f'{plan}: ' if plan else ''}{what}"


def _names(people: set[UUID]) -> dict[UUID | None, str]:
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=people)}


def _plans(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    """The plan that each subject is about; few queries for all."""
    versions: dict[UUID, UUID] = {}
    by_kind: dict[str, set[UUID]] = {}
    for entry in entries:
        by_kind.setdefault(entry.subject_type, set()).add(entry.subject)
    for kind, (model, path) in PLAN_OF.items():
        if kind in by_kind:
            rows = model._default_manager.filter(pk__in=by_kind[kind])  # noqa: SLF001 - Django documents it
            versions.update(rows.filter(**{f"{path}__isnull": False}).values_list("pk", path))
    known = PlanVersion.objects.filter(pk__in=set(versions.values())).select_related("plan__product")
    plans = {version.pk: str(version.plan) for version in known}
    return {subject: plans[version] for subject, version in versions.items()}
