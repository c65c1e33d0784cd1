"""A page of the inbox: rows by a key, so that the hundredth page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.inbox.filters import Filter
from frontdesk.support.tickets.inbox.selecting import select
from frontdesk.support.tickets.models import Conversation, Message, Participant

A_PAGE = 30
PREVIEW = 160
Rows = QuerySet[Conversation]


@dataclass(frozen=True)
class Listed:
    """A conversation in the list: whose it is and how it last went on."""

    conversation: Conversation
    who: str
    preview: str


@dataclass(frozen=True)
class Listing:
    """A page, and the key of the next one ("" when this is the last)."""

    rows: Sequence[Listed]
    next: str = ""


@dataclass(frozen=True)
class Key:
    """Where a page begins: after this row."""

    moment: datetime | None
    id: UUID

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """From an address; None for what is none, which is the first page."""
        moment, _sign, identifier = text.partition("~")
        try:
            at = datetime.fromisoformat(moment) if moment != "-" else None
            key = cls(at, UUID(identifier))
        except ValueError:
            return None
        return key if at is None or at.tzinfo else None

    def __str__(self) -> str:
        return f"{self.moment.isoformat() if self.moment else '-'}~{self.id}"


def listing(wanted: Filter, *, agent: Person, now: datetime, after: str = "", size: int = A_PAGE) -> Listing:
    """A page of what the filter means; one query."""
    rows = _ordered(select(wanted, agent=agent, now=now), wanted.order, Key.read(after))
    found = list(_described(rows)[: size + 1])
    shown = [_listed(each) for each in found[:size]]
    more = len(found) > size and bool(shown)
    return Listing(shown, str(_key(shown[-1].conversation, wanted.order)) if more else "")


def listed(conversations: Rows) -> list[Listed]:
    """Some conversations as rows, in their own order."""
    return [_listed(each) for each in _described(conversations)]


def _key(last: Conversation, order: str) -> Key:
    moment = {"last": last.last_message_at, "created": last.created_at, "due": last.due_at}[order]
    return Key(moment, last.pk)


def _ordered(rows: Rows, order: str, key: Key | None) -> Rows:
    if order == "due":
        return _after_due(rows, key).order_by(F("due_at").asc(nulls_last=True), "id")
    column = {"last": "last_message_at", "created": "created_at"}[order]
    if key and key.moment:
        rows = rows.filter(**{f"{column}__lte": key.moment}).exclude(**{column: key.moment, "id__gte": key.id})
    return rows.order_by(f"-{column}", "-id")


def _after_due(rows: Rows, key: Key | None) -> Rows:
    if key is None:
        return rows
    if key.moment is None:
        return rows.filter(due_at=None, id__gt=key.id)
    later = rows.filter(due_at__gte=key.moment).exclude(due_at=key.moment, id__lte=key.id)
    return later | rows.filter(due_at=None)


def _described(rows: Rows) -> Rows:
    requester = Participant.objects.filter(conversation=OuterRef("pk"), role=Participant.Role.REQUESTER)
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.EVENT).order_by("-sequence")
    return rows.select_related("area", "assignee", "person", "team").annotate(
        requester_name=Subquery(requester.values("name")[:1]),
        requester_address=Subquery(requester.values("address")[:1]),
        last_said=Coalesce(
            Subquery(said.values(start=Substr("text", 1, PREVIEW))[:1]), "subject", output_field=CharField()
        ),
    )


def _listed(row: Conversation) -> Listed:
    annotated = vars(row)
    known = row.person.name if row.person else ""
    who = known or annotated["requester_name"] or annotated["requester_address"] or (row.person and row.person.email)
    return Listed(row, str(who or ""), " ".join(str(annotated["last_said"]).split()))
