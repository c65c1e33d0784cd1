"""Decisions about topics as a whole."""

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.core import clock, events
from frontdesk.support.forum import adding, counting, holding, revising, rights, searching, selectors, wording
from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted, Change, PostChanged, TopicArranged
from frontdesk.support.forum.models import Category, Duplicate, Member, Post, Topic
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.order_errors import NotAllowed, TopicsNotMergeable


@transaction.atomic
def lock(*, by: Member, topic: Topic, reason: str, locked: bool = True, seen: str | None = None) -> bool:
    """Let nothing be added to a topic, or open it again; False when it is so already.

    Raises NotAllowed, ReasonMissing, DecidedMeanwhile.
    """
    current, why = _locked(by, "lock", topic, reason, seen)
    if (current.locked_at is not None) == locked:
        return False
    if not locked:
        deciding.require_not_the_teams(by, "topic.locked", current)
    current.locked_at = clock.now() if locked else None
    current.save(update_fields=["locked_at"])
    what = "topic.locked" if locked else "topic.unlocked"
    deciding.decide(by, what, why, About(current), tell=current.author)
    return True


@transaction.atomic
def pin(*, by: Member, topic: Topic, reason: str, pinned: bool = True, seen: str | None = None) -> bool:
    """Let a topic stand before all others of its category, or no longer; False when it is so already."""
    current, why = _locked(by, "pin", topic, reason, seen)
    if (current.pinned_at is not None) == pinned:
        return False
    current.pinned_at = clock.now() if pinned else None
    current.save(update_fields=["pinned_at"])
    deciding.decide(by, "topic.pinned" if pinned else "topic.unpinned", why, About(current))
    return True


@transaction.atomic
def rename(*, by: Member, topic: Topic, title: str, reason: str, seen: str | None = None) -> bool:
    """Give a topic another title; the old one stays in the history of its first post. Raises PostRefused, too."""
    current, why = _locked(by, "rename", topic, reason, seen)
    new = wording.title_of(title)
    if new == current.title:
        return False
    first = Post.objects.filter(topic=current).order_by("number").first()
    is_looked_at = holding.reason_to_wait(by, "", title=new)
    if is_looked_at and by.pk != current.author_id:
        raise NotAllowed(why=_("Only the team gives a topic a title like this one."))
    if first is not None:
        revising.keep(current, first, by, why)
    data = {"from": current.title, "to": new}
    current.title, current.slug = new, wording.slug_of(new)
    current.save(update_fields=["title", "slug"])
    deciding.decide(by, "topic.renamed", why, About(current, data=data), tell=current.author)
    if first is not None:
        searching.enter(first, current)
        events.publish(PostChanged(current.pk, first.pk, Change.EDITED))
        _hold(current, first, is_looked_at)
    return True


def _hold(topic: Topic, first: Post, waits_for: str) -> None:
    """What its author calls a topic is looked at like what they write into its first post."""
    if waits_for and first.state == Post.State.VISIBLE:
        first.waits_for = waits_for[:40]
        adding.set_state(topic, first, Post.State.WAITING)


@transaction.atomic
def move(*, by: Member, topic: Topic, category: Category, reason: str, seen: str | None = None) -> bool:
    """Put a topic into another category, where who moves it may begin topics; False when it is there already.

    Members move only between categories that everybody reads.
    """
    current, why = _locked(by, "move", topic, reason, seen)
    if current.category_id == category.pk:
        return False
    _require_both_open(by, current.category, category)
    data = {"from": current.category.slug, "to": category.slug}
    current.category = category
    current.save(update_fields=["category"])
    counting.settle(current)
    deciding.decide(by, "topic.moved", why, About(current, data=data), tell=current.author)
    announce_again(current)
    events.publish(TopicArranged(current.pk))
    return True


def _require_both_open(by: Member, old: Category, new: Category) -> None:
    reader = selectors.reader_for(by)
    if not reader.may_begin(new):
        raise NotAllowed(why=_("You cannot begin topics in that category."))
    if not rights.is_staff(by) and {old.reads, new.reads} != {Category.Who.EVERYBODY}:
        raise NotAllowed(why=_("Only the team moves topics to or from what not everybody reads."))


def announce_again(topic: Topic) -> None:
    """Whoever keeps something of a solved topic or its first post elsewhere looks at it anew."""
    if topic.accepted_id is not None:
        events.publish(AnswerUnaccepted(topic.pk, topic.accepted_id))
        events.publish(AnswerAccepted(topic.pk, topic.accepted_id))


@transaction.atomic
def mark_duplicate(*, by: Member, topic: Topic, of: Topic, reason: str, seen: str | None = None) -> bool:
    """Say that a topic asks what another one asks; its page leads there. False when it says so already.

    Raises TopicsNotMergeable for a topic of itself, or one whose original would be its own duplicate.
    """
    current, why = _locked(by, "duplicate", topic, reason, seen)
    selectors.require_readable(by, of)
    if of.pk == current.pk or of.merged_into_id is not None or Duplicate.objects.filter(topic=of).exists():
        raise TopicsNotMergeable
    row, made = Duplicate.objects.get_or_create(topic=current, defaults={"of": of, "by": by, "created_at": clock.now()})
    if not made and row.of_id == of.pk:
        return False
    row.of, row.by = of, by
    row.save(update_fields=["of", "by"])
    Duplicate.objects.filter(of=current).update(of=of)
    data = {"of": of.number, "title": of.title}
    deciding.decide(by, "topic.duplicate", why, About(current, data=data), tell=current.author)
    return True


@transaction.atomic
def unmark_duplicate(*, by: Member, topic: Topic, reason: str, seen: str | None = None) -> bool:
    """Say that it asks something else after all; False when nothing said so."""
    current, why = _locked(by, "duplicate", topic, reason, seen)
    deleted, _rows = Duplicate.objects.filter(topic=current).delete()
    if deleted:
        deciding.decide(by, "topic.not_duplicate", why, About(current))
    return bool(deleted)


def _locked(by: Member, what: str, topic: Topic, reason: str, seen: str | None) -> tuple[Topic, str]:
    holding.count_decision(by)
    current = adding.lock(topic)
    selectors.require_readable(by, current)
    why = deciding.require(by, what, current, reason)
    deciding.require_unchanged(current, seen)
    return current, why
