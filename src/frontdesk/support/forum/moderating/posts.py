"""Decisions about posts."""

from django.db import transaction

from frontdesk.core import clock, events
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, came, quotations, rights, searching
from frontdesk.support.forum.events import Change, PostChanged
from frontdesk.support.forum.models import Decision, EditLock, Member, Post, Topic
from frontdesk.support.forum.moderating import blacking, deciding, reports
from frontdesk.support.forum.moderating.deciding import About

State = Post.State


@transaction.atomic
def approve(*, by: Member, post: Post, reason: str, seen: str | None = None) -> bool:
    """Let a post that waits be seen by everybody; False when nothing waited.

    Raises NotAllowed, ReasonMissing, and DecidedMeanwhile when it is not as `seen` (`deciding.mark`) says.
    """
    topic, current, why = _locked(by, "moderate", post, reason, seen)
    if current.state != State.WAITING:
        return False
    adding.set_state(topic, current, State.VISIBLE)
    reports.close(current, was_right=None, why=why)
    deciding.decide(by, "post.approved", why, About(topic, current), tell=current.author)
    return True


@transaction.atomic
def keep(*, by: Member, post: Post, reason: str, flags_wrong: bool, seen: str | None = None) -> bool:
    """Decide that reports change nothing; a post that they had hidden is shown again. False when none was open.

    `flags_wrong`: the reports were not made in good faith, and count against those who made them. Not for what is
    deleted or hidden, which does not stay (`close_reports`).
    """
    topic, current, why = _locked(by, "moderate", post, reason, seen)
    if current.state in {State.DELETED, State.HIDDEN}:
        return False
    closed = reports.close(current, was_right=False if flags_wrong else None, why=why)
    if not closed:
        return False
    was_held = current.state == State.WAITING and current.waits_for == "flags"
    if was_held:
        adding.set_state(topic, current, State.VISIBLE)
    tell = current.author if was_held else None
    deciding.decide(by, "post.shown" if was_held else "post.kept", why, About(topic, current), tell=tell)
    return True


@transaction.atomic
def close_reports(*, by: Member, post: Post, reason: str, were_right: bool, seen: str | None = None) -> bool:
    """Close the reports of a post that is deleted or hidden already; False when it is shown, or none is open.

    `were_right`: they count for those who made them, and against its author.
    """
    topic, current, why = _locked(by, "moderate", post, reason, seen)
    if current.state not in {State.DELETED, State.HIDDEN}:
        return False
    right = True if were_right else None
    if not reports.close(current, was_right=right, why=why, answer="" if were_right else reports.GONE):
        return False
    deciding.decide(by, "post.reports_closed", why, About(topic, current, data={"were_right": were_right}))
    return True


@transaction.atomic
def hide(*, by: Member, post: Post, reason: str, seen: str | None = None) -> bool:
    """Hide a post from all but its author and moderators; reports of it were right. False when it was hidden before.

    Its author may change it and ask once for another look; hidden a second time, it stays as it is.
    """
    topic, current, why = _locked(by, "hide", post, reason, seen)
    is_second = current.waits_for == "asked_again"
    if current.state in {State.HIDDEN, State.DELETED}:
        return False
    adding.set_state(topic, current, State.HIDDEN)
    closed = reports.close(current, was_right=True, why=why)
    data = {
        "is_final": is_second,
        "closed_edits": is_second and _close_edits(current, by),
        "flags": [str(each.pk) for each in closed],
    }
    deciding.decide(by, "post.hidden", why, About(topic, current, data=data), tell=current.author)
    return True


@transaction.atomic
def show(*, by: Member, post: Post, reason: str, seen: str | None = None) -> bool:
    """Show a hidden post again; False when it is not hidden. Leaders take back only what leaders did.

    What hiding it brought about is taken back with it: that reports were right, and that its author edits it no more.
    """
    topic, current, why = _locked(by, "hide", post, reason, seen)
    if current.state != State.HIDDEN or not current.text:
        return False
    deciding.require_not_the_teams(by, "post.hidden", current)
    adding.set_state(topic, current, State.VISIBLE)
    _take_back_hiding(current)
    deciding.decide(by, "post.shown", why, About(topic, current), tell=current.author)
    return True


def _take_back_hiding(post: Post) -> None:
    hidden = Decision.objects.filter(post=post, what="post.hidden").order_by("-created_at").first()
    if hidden is None:
        return
    reports.take_back(hidden.data.get("flags", []))
    if hidden.data.get("closed_edits"):
        EditLock.objects.filter(post=post).delete()


@transaction.atomic
def black_out(*, by: Member, post: Post, reason: str, seen: str | None = None) -> bool:
    """Delete the words of a post for good, with every copy that we hold (`blacking`); of a topic's first post the
    title, too.

    That there was a post stays. What has left by mail cannot be called back. False when it was done before.
    """
    quotations.let_go_of(post.pk)
    came.hold(blacking.topics_of(post))
    topic, current, why = _locked(by, "black_out", post, reason, seen)
    if not current.text:
        return False
    blacking.forget_copies(topic, current, deciding.actor_of(by, why))
    current.text, current.html, current.mentions = "", "", []
    current.save(update_fields=["text", "html", "mentions"])
    searching.enter(current, topic)
    if not adding.set_state(topic, current, State.DELETED):
        events.publish(PostChanged(topic.pk, current.pk, Change.DELETED))
    reports.close(current, was_right=True, why=why)
    deciding.decide(by, "post.blacked_out", why, About(topic, current), tell=current.author)
    return True


@transaction.atomic
def mark_official(*, by: Member, post: Post, reason: str, is_official: bool = True, seen: str | None = None) -> bool:
    """Mark a post as the team's answer, or no longer; False when it is so already."""
    topic, current, why = _locked(by, "official", post, reason, seen)
    if current.is_official == is_official:
        return False
    current.is_official = is_official
    current.save(update_fields=["is_official"])
    what = "post.official" if is_official else "post.not_official"
    deciding.decide(by, what, why, About(topic, current))
    return True


@transaction.atomic
def close_edits(*, by: Member | None, post: Post, reason: str, closed: bool = True, seen: str | None = None) -> bool:
    """Let only moderators edit a post, or its author again; False when it is so already. `by` None: an edit war."""
    topic, current, why = _locked(by, "moderate", post, reason, seen)
    is_closed = EditLock.objects.filter(post=current).exists()
    if is_closed == closed:
        return False
    if closed:
        _close_edits(current, by)
    else:
        EditLock.objects.filter(post=current).delete()
    what = "post.edits_closed" if closed else "post.edits_opened"
    deciding.decide(by, what, why, About(topic, current), tell=current.author)
    return True


def _close_edits(post: Post, by: Member | None) -> bool:
    """Whether it was open."""
    defaults = {"since": clock.now(), "by_id": by.person_id if by else None}
    return EditLock.objects.get_or_create(post=post, defaults=defaults)[1]


def _locked(by: Member | None, what: str, post: Post, reason: str, seen: str | None) -> tuple[Topic, Post, str]:
    topic, current = adding.lock_at(post)
    why = deciding.require(by, what, current, reason)
    if by is not None and not rights.is_staff(by) and _is_private(current):
        raise NotFound
    deciding.require_unchanged(current, seen)
    return topic, current, why


def _is_private(post: Post) -> bool:
    """What leaders must not see: hidden for showing what is private."""
    return post.state != State.VISIBLE and post.flags.filter(kind="private").exists()
