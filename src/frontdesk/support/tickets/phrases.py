"""What happens to conversations, in words: in the customer's history, and as lines within the conversation."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import formats
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Topic
from frontdesk.support.tickets.models import Area, Conversation, Message

# Lines within a conversation, for staff. `who` did it; the other names are of the line's data.
EVENTS: dict[str, str | Promise] = {
    "solved": _("%(who)s solved this"),
    "reopened": _("%(who)s reopened this"),
    "closed": _("%(who)s closed this"),
    "waiting": _("%(who)s set this to waiting for the customer"),
    "resumed": _("%(who)s took this back from waiting"),
    "snoozed": _("%(who)s put this off until %(until)s"),
    "unsnoozed": _("This is back: it had been put off until now"),
    "assigned": _("%(who)s gave this to %(to)s"),
    "assigned_why": _("%(who)s gave this to %(to)s: %(why)s"),
    "took": _("%(who)s took this"),
    "left": _("%(to)s is no longer on the team, so nobody has this"),
    "unassigned": _("%(who)s gave this to nobody"),
    "passed_over": _("%(to)s did not answer in time: the chat goes to the next one"),
    "left_chat": _("The chat goes on by mail: %(why)s"),
    "transcript": _("%(who)s asked for what was said by mail"),
    "chat_ended": _("%(who)s ended the chat"),
    "team": _("%(who)s moved this to %(to)s"),
    "area": _("%(who)s said that this is about %(to)s"),
    "language": _("%(who)s said that the customer's language is %(to)s"),
    "priority": _("%(who)s set the priority to %(to)s"),
    "tags": _("%(who)s changed the tags: %(tags)s"),
    "spam": _("%(who)s marked this as spam"),
    "not_spam": _("%(who)s said that this is no spam"),
    "blocked": _("%(who)s blocked mails of %(address)s"),
    "unblocked": _("%(who)s let mails of %(address)s in again"),
    "merged": _("%(who)s merged this into %(reference)s"),
    "merged_in": _("%(who)s merged %(reference)s into this"),
    "split": _("%(who)s split %(reference)s off"),
    "split_from": _("%(who)s split this off from %(reference)s"),
    "copied": _("%(who)s added %(address)s, who gets copies from now on"),
    "copy_removed": _("%(who)s took %(address)s out: no more copies"),
    "bounced": _("Mail to %(address)s came back: %(why)s"),
    "followed_up": _("%(who)s asked whether it still works"),
    "rated": _("The customer was asked how it was, and says: %(score)s"),
    "macro": _("%(who)s ran the macro “%(title)s”"),
    "drafted": _("%(who)s drafted an article from this"),
    "overdue": _("%(what)s was promised until %(until)s, and has not come"),
    "escalated": _("%(who)s asked the managers of %(to)s to look at this"),
    "level": _("%(who)s set the service level to %(to)s"),
    "forum_answer": _("%(who)s answered in the community"),
    "forum_solved": _("%(who)s accepted an answer in the community: this is solved there"),
    "erased": _("Somebody who took part deleted their account; their words are gone"),
}
GONE = "…"  # stands where an erased person's name, or whatever else of an event, was
SCORES: dict[int, str | Promise] = {1: _("bad"), 2: _("so-so"), 3: _("good")}

TARGETS: dict[str, str | Promise] = {
    "first": _("The first response"),
    "next": _("An answer"),
    "solve": _("The solution"),
}

ACTIONS: dict[str, str | Promise] = {
    "conversation.opened": _("You began a conversation with us"),
    "conversation.continued": _("You wrote in a conversation"),
    "conversation.answered": _("We answered you"),
    "conversation.answered_by_rule": _("You got an automatic answer"),
    "conversation.solved": _("A conversation was solved"),
    "conversation.reopened": _("A conversation was reopened"),
    "conversation.closed": _("A conversation was closed"),
    "conversation.merged": _("Two of your conversations became one"),
    "conversation.split": _("A second matter got a conversation of its own"),
    "conversation.rated": _("You said how our help was"),
    "conversation.level_set": _("The time in which we answer you was set"),
    "conversation.copied": _("Somebody else gets copies of a conversation"),
    "conversation.copy_removed": _("Somebody gets no more copies of a conversation"),
    "conversation.redacted": _("A message was blacked out"),
}
# The desk's own matters: they stand in the audit, not in the customer's history.
INTERNAL: dict[str, str | Promise] = {
    "conversation.noted": _("A note was written"),
    "conversation.assigned": _("A conversation was given to somebody"),
    "conversation.team": _("A conversation was moved to another team"),
    "conversation.area": _("It was said what a conversation is about"),
    "conversation.priority": _("A priority was set"),
    "conversation.language": _("It was said which language a customer speaks"),
    "conversation.tags": _("Tags were changed"),
    "conversation.snoozed": _("A conversation was put off"),
    "conversation.waiting": _("A conversation waits for the customer"),
    "conversation.resumed": _("A conversation waits for us again"),
    "conversation.spam": _("A conversation was marked as spam"),
    "conversation.automatic_mail": _("An automatic mail came in"),
    "conversation.bounced": _("A mail came back"),
    "conversation.level_set": _("A service level was set"),
    "conversation.drafted": _("An article was drafted from a conversation"),
}
# How the desk is set up: nothing of it concerns one customer.
DESK: dict[str, str | Promise] = {
    "agent.set": _("An agent's work was set: teams, skills, how much at once"),
    "team.saved": _("A team was changed"),
    "team.deleted": _("A team was deleted"),
    "skill.saved": _("A skill was changed"),
    "skill.deleted": _("A skill was deleted"),
    "area.saved": _("What an area leads to was changed"),
    "area.deleted": _("An area was deleted"),
    "calendar.created": _("A calendar was made"),
    "calendar.hours_set": _("Opening hours were set"),
    "level.saved": _("A service level was changed"),
    "level.promised": _("A service level promises other times"),
    "canned_reply.saved": _("A ready reply was changed"),
    "canned_reply.deleted": _("A ready reply was deleted"),
    "macro.saved": _("A macro was changed"),
    "macro.deleted": _("A macro was deleted"),
    "rule.saved": _("A rule was changed"),
    "rule.deleted": _("A rule was deleted"),
    "rule.switched_on": _("A rule was switched on"),
    "rule.switched_off": _("A rule was switched off"),
    "mail.accepted": _("A mail that waited for review was taken"),
    "mail.posted": _("A mail that waited for review was posted in the community"),
    "mail.dismissed": _("A mail that waited for review was put aside"),
    "mail.blocked": _("A sender was blocked"),
    "mail.unblocked": _("A sender was let in again"),
}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "headset", DESK)
    history.describe(Topic.OTHER, "message-circle", ACTIONS, _reference)
    history.describe(Topic.OTHER, "message-circle", INTERNAL, _reference)


def _reference(data: Mapping[str, Any], _personal: Mapping[str, str]) -> str:
    return str(data.get("reference", ""))


class Told(dict[str, Any]):
    """An event's data, of which an erasure keeps little: what is gone reads as "…"."""

    def __missing__(self, name: str) -> str:
        return GONE


def event_lines(messages: Iterable[Message]) -> dict[UUID, str]:
    """The events among these messages, by their keys, in the reader's language; the areas are read once for all."""
    events = [each for each in messages if each.kind == Message.Kind.EVENT]
    areas = _areas_in(events)
    return {each.pk: event_line(each, areas) for each in events}


def _areas_in(events: Iterable[Message]) -> dict[str, str]:
    slugs = {str(each.data.get("to", "")) for each in events if each.data.get("what") == "area"}
    return {area.slug: area.title for area in Area.objects.filter(slug__in=slugs)} if slugs else {}


def event_line(message: Message, areas: Mapping[str, str] | None = None) -> str:
    """An event in the reader's language; `areas`: the titles by slug, where they were read already."""
    data = Told(message.data)
    what = str(data.get("what", ""))
    if what == "assigned" and data.get("why"):
        what = "assigned_why"
    elif what == "assigned" and data.get("person") and data["person"] == str(message.author_id):
        what = "took"
    values = Told({name: str(value) for name, value in data.items()} | _shown(data))
    if what == "area":
        titles = _areas_in([message]) if areas is None else areas
        values["to"] = titles.get(values["to"]) or values["to"] or gettext("nothing in particular")
    values["who"] = message.author_name or message.author_address or _nobody(data)
    return str(EVENTS[what]) % values if what in EVENTS else what


def _nobody(data: Told) -> str:
    """Who does what nobody does: a rule by its title, or the vendor."""
    rule = data.get("rule")
    return gettext("The rule “%(title)s”") % {"title": rule} if rule else str(settings.FRONTDESK_BRAND["name"])


def _shown(data: Told) -> dict[str, str]:
    """Values of an event as people read them."""
    show = SHOWN.get(str(data.get("what")))
    return show(data) if show else {}


def _until(data: Told, name: str = "until") -> dict[str, str]:
    moment = parse_datetime(str(data[name]))
    return {"until": formats.date_format(localtime(moment), "DATETIME_FORMAT") if moment else GONE}


def _tags(data: Told) -> dict[str, str]:
    changed = [f"{sign}{tag}" for sign, name in (("+", "added"), ("−", "removed")) for tag in data.get(name, ())]
    return {"tags": " ".join(changed) or GONE}


def _why(data: Told) -> dict[str, str]:
    why = str(data["why"])
    return {"why": gettext(why)}


def _priority(data: Told) -> dict[str, str]:
    return {"to": str(dict(Conversation.Priority.choices).get(data["to"], GONE))}


SHOWN: dict[str, Callable[[Told], dict[str, str]]] = {
    "language": lambda data: {"to": str(dict(settings.LANGUAGES).get(data["to"], GONE))},
    "priority": _priority,
    "team": lambda data: {"to": data["to"] or gettext("no team")},
    "snoozed": _until,
    "tags": _tags,
    "overdue": lambda data: {"what": str(TARGETS.get(data["target"], GONE)), **_until(data, "due_at")},
    "left_chat": _why,
    "rated": lambda data: {"score": str(SCORES.get(data["score"], GONE))},
}
