"""Writing what agents have ready: canned replies and macros. Each change stands in the audit with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import actions, variables
from frontdesk.support.tickets.models import CannedReply, Macro, Team


@dataclass(frozen=True)
class ReplyWriting:
    """A canned reply as its writer wants it: a text for each language that it has one in."""

    title: str
    shortcut: str
    texts: Mapping[str, str]
    team: Team | None = None


@transaction.atomic
def save_reply(*, actor: Actor, writing: ReplyWriting, reply: CannedReply | None = None) -> CannedReply:
    """Write a canned reply, or a new one. Raises ValueError for names in {{ }} that nobody knows, or no text at all."""
    texts = {language: text.strip() for language, text in writing.texts.items() if text.strip()}
    unknown = unknown_names(texts)
    if unknown or not texts:
        raise ValueError(", ".join(unknown) or "no text")
    row = reply or CannedReply()
    row.title, row.shortcut, row.texts, row.team = writing.title, writing.shortcut, texts, writing.team
    row.save()
    _note(actor, "canned_reply.saved", "canned_reply", row, {"shortcut": row.shortcut})
    return row


def unknown_names(texts: Mapping[str, str]) -> list[str]:
    """The names in {{ }} that nothing stands for."""
    return sorted({name for text in texts.values() for name in variables.unknown_names(text)})


@transaction.atomic
def delete_reply(*, actor: Actor, reply: CannedReply) -> None:
    """Take a canned reply away. What was said with it stays said."""
    _note(actor, "canned_reply.deleted", "canned_reply", reply, {"shortcut": reply.shortcut})
    reply.delete()


@transaction.atomic
def save_macro(
    *, actor: Actor, title: str, steps: Sequence[dict[str, Any]], position: int = 0, macro: Macro | None = None
) -> Macro:
    """Write a macro, or a new one. Raises ValueError with what is wrong with its steps."""
    wrong = actions.check(steps, by_rule=False)
    if wrong:
        raise ValueError(" ".join(wrong))
    row = macro or Macro()
    row.title, row.actions, row.position = title, list(steps), position
    row.save()
    _note(actor, "macro.saved", "macro", row, {"title": row.title})
    return row


@transaction.atomic
def delete_macro(*, actor: Actor, macro: Macro) -> None:
    """Take a macro away."""
    _note(actor, "macro.deleted", "macro", macro, {"title": macro.title})
    macro.delete()


def _note(actor: Actor, action: str, kind: str, row: CannedReply | Macro, data: dict[str, str]) -> None:
    audit.record(actor=actor, action=action, subject_type=kind, subject=row.pk, data=data)
