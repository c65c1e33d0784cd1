"""What each decision consists of: the right to it, its row in the moderators' log, the audit, the mail about it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import ReasonMissing
from frontdesk.support.forum import holding, rights
from frontdesk.support.forum.models import Decision, Member, Post, Topic
from frontdesk.support.forum.moderating import letters
from frontdesk.support.forum.order_errors import DecidedMeanwhile, NotAllowed
from frontdesk.support.forum.order_phrases import DECISIONS, PROFILE_RULES

LONGEST = 500  # characters of a reason
# What takes back what.
OPENED = {
    "post.hidden": "post.shown",
    "topic.locked": "topic.unlocked",
    "member.silenced": "member.unsilenced",
    "member.cleared": "member.restored",
}
SAID = {"title", "name", "handle", "about"}  # words in a decision's data, which may have to go one day


@dataclass(frozen=True)
class About:
    """What a decision is about, and what else its row remembers."""

    topic: Topic | None = None
    post: Post | None = None
    member: Member | None = None
    data: dict[str, Any] = field(default_factory=dict)


def require(by: Member | None, what: str, on: rights.On, reason: str) -> str:
    """The right to it and a reason for it; returns the reason as it is kept. `by` None is the system.

    Raises NotAllowed and ReasonMissing.
    """
    if by is not None:
        rights.may(by, what, on).require()
    kept = " ".join(reason.replace("\0", "").split())[:LONGEST]
    if not kept:
        raise ReasonMissing
    return kept


def actor_of(by: Member | None, reason: str) -> Actor:
    """The moderator as the audit knows them: one of the team, a leader, or the system."""
    if by is None or by.person_id is None:
        return Actor.system(reason)
    if rights.is_staff(by):
        return Actor.staff(by.person_id, reason)
    return Actor(ActorKind.CUSTOMER, by.person_id, reason)


def decide(by: Member | None, what: str, reason: str, about: About, *, tell: Member | None = None) -> Decision:
    """Write a decision down, in the caller's transaction; `tell` gets a mail with the reason, if they have an account
    and have not decided it themselves. Raises PostingTooFast for members who decide to and fro."""
    if what not in DECISIONS:
        raise ValueError(f"not a decision: {what}")
    made = Decision.objects.create(
        what=what,
        reason=reason,
        by_id=by.person_id if by else None,
        topic=about.topic,
        post=about.post,
        member=about.member or (about.post.author if about.post else None),
        data=about.data,
        created_at=clock.now(),
    )
    subject = about.post or about.topic or about.member
    assert subject is not None  # noqa: S101 - each decision is about something
    audit.record(
        actor=actor_of(by, reason),
        action=what,
        subject_type=type(subject).__name__.lower(),
        subject=subject.pk,
        person=tell.person_id if tell else (about.member.person_id if about.member else None),
        data=_facts(what, about),
    )
    if tell is not None and tell.person_id is not None and (by is None or tell.pk != by.pk):
        if by is not None:
            holding.count_letter(by, subject.pk)
        letters.tell(
            tell, what, reason if by else gettext_lazy(reason), topic=about.topic, post=about.post, until=_until(about),
            rule=PROFILE_RULES.get(about.data.get("rule", ""), ""),
        )  # fmt: skip
    return made


def _facts(what: str, about: About) -> dict[str, Any]:
    """What the audit keeps for good: no words of SAID."""
    words = SAID | {"from", "to"} if what == "topic.renamed" else SAID
    known = {key: value for key, value in about.data.items() if key not in words}
    facts: dict[str, Any] = {key: value for key, value in known.items() if isinstance(value, str | int | bool)}
    if about.topic is not None:
        facts["number"] = about.topic.number
    if about.post is not None:
        facts["post"] = about.post.number
    return facts


def _until(about: About) -> datetime | None:
    return about.member.silenced_until if about.member is not None else None


def latest(about: Topic | Post | Member) -> Decision | None:
    """The last decision about a topic, a post or a member."""
    rows = Decision.objects.select_related("by").order_by("-created_at", "-id")
    if isinstance(about, Post):
        return rows.filter(post=about).first()
    if isinstance(about, Topic):
        return rows.filter(topic=about, post=None).first()
    return rows.filter(member=about, post=None).first()


def mark(about: Topic | Post | Member, last: Decision | None = None) -> str:
    """How things stood when a page was made; who decides later says so with it (`seen`)."""
    last = last or latest(about)
    changed = str(about.edit_count) if isinstance(about, Post) else _profile_of(about)
    return f"{last.pk if last else ''}:{changed}"


def _profile_of(about: Topic | Member) -> str:
    """A digest of what a member says of themselves: nobody takes another name away than the one they saw."""
    if isinstance(about, Topic):
        return ""
    said = repr((about.name, about.handle, about.about))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def require_unchanged(about: Topic | Post | Member, seen: str | None) -> None:
    """Raises DecidedMeanwhile when somebody else decided, or its author edited it, since the page was made."""
    if seen is None:
        return
    last = latest(about)
    if mark(about, last) == seen:
        return
    is_decided = last is not None and str(last.pk) != seen.partition(":")[0]
    if is_decided and last is not None:
        raise meanwhile(last)
    is_profile = isinstance(about, Member)
    raise DecidedMeanwhile(by="", what=_("The profile was changed") if is_profile else _("Its author has edited it"))


def meanwhile(last: Decision) -> DecidedMeanwhile:
    """Says who decided it and what, by the name that the community knows them by."""
    by = Member.objects.filter(person=last.by_id).exclude(agreed_at=None).first() if last.by_id else None
    return DecidedMeanwhile(by=by.shown_name if by else "", what=str(DECISIONS.get(last.what, last.what)))


def require_not_the_teams(by: Member | None, what: str, about: Topic | Post | Member) -> None:
    """Leaders take back only what leaders decided. Raises NotAllowed. `what`: the decision to be taken back, a key of
    OPENED; all of its kind count since the last opposite one, so that a leader's own on top of the team's opens
    nothing."""
    if by is None or rights.is_staff(by):
        return
    rows = Decision.objects.filter(**{type(about).__name__.lower(): about}).order_by("-created_at")
    opened = rows.filter(what=OPENED[what]).values_list("created_at", flat=True).first()
    closed = rows.filter(what=what, created_at__gt=opened) if opened else rows.filter(what=what)
    deciders = set(closed.values_list("by", flat=True))
    members = Member.objects.select_related("person").filter(person__in=deciders - {None})
    if deciders - {each.person_id for each in members if rights.is_leader(each)}:
        raise NotAllowed(why=_("The team has decided this; only the team takes it back."))
