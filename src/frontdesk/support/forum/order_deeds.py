"""Each decision as pages offer it: what it is called, what will happen, when it applies, which verb it calls.

The community's pages (for leaders and the team) and the desk (for the team) share this table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from frontdesk.core import clock
from frontdesk.core.reasons import Text
from frontdesk.support.forum import cleared, escalating, moderating, order_forms, rights
from frontdesk.support.forum.models import EditLock, Member, Post, Topic
from frontdesk.support.forum.order_forms import DecisionForm

State = Post.State
Subject = Topic | Post | Member


@dataclass(frozen=True)
class Deed:
    """A decision on offer. `right` is a key of `rights.RIGHTS`, `verb` one of `moderating`."""

    name: str
    label: Text
    right: str
    verb: Callable[..., Any]
    done: Text
    consequences: Sequence[Text] = ()
    form: type[DecisionForm] = DecisionForm
    applies: Callable[[Any], bool] = lambda subject: True
    icon: str = "shield-check"
    tone: str = ""

    def is_offered(self, member: Member | None, subject: Any) -> bool:
        """Whether this member may do it now."""
        return self.applies(subject) and bool(rights.may(member, self.right, subject))

    def run(self, by: Member, subject: Subject, reason: str, seen: str, values: dict[str, Any]) -> Any:
        """Call the verb; returns what it returns."""
        name = type(subject).__name__.lower()
        return self.verb(by=by, reason=reason, seen=seen or None, **{name: subject}, **values)


def _is_silenced(member: Member) -> bool:
    return member.silenced_until is not None and member.silenced_until > clock.now()


def _is_closed(post: Post) -> bool:
    """Whether only moderators edit it; a topic's page has asked for all of its posts at once (`threads`)."""
    known = getattr(post, "is_closed", None)
    return EditLock.objects.filter(post=post).exists() if known is None else bool(known)


def _has_reports(post: Post) -> bool:
    """Whether reports are open of what is deleted or hidden already; pages of many posts have asked for all of them."""
    if post.state not in {State.DELETED, State.HIDDEN}:
        return False
    known = getattr(post, "has_reports", None)
    return post.flags.filter(decided_at=None).exists() if known is None else bool(known)


def _has_profile(member: Member) -> bool:
    return bool(member.name or member.about) and not _is_team(member)


def _is_cleared(member: Member) -> bool:
    return cleared.last_of(member) is not None


def _is_reported(member: Member) -> bool:
    """Whether reports of the profile are open; the queue has asked for all of them at once."""
    known = getattr(member, "has_reports", None)
    return member.reports.filter(decided_at=None).exists() if known is None else bool(known)


def _is_team(member: Member) -> bool:
    return rights.is_staff(member)


POST_DEEDS: dict[str, Deed] = {deed.name: deed for deed in (
    Deed("approve", _("Approve"), "moderate", moderating.approve, _("The post is shown now."),
         (_("Everybody can read the post, and those who follow the topic are told."),),
         applies=lambda it: it.state == State.WAITING and it.waits_for != "flags", icon="check"),
    Deed("keep", _("Keep it, thank for the reports"), "moderate", partial(moderating.keep, flags_wrong=False),
         _("The post stays."), (_("The post stays or is shown again. Those who reported it are thanked."),),
         icon="check", applies=lambda it: it.state in {State.WAITING, State.VISIBLE}),
    Deed("dismiss", _("Keep it, the reports were wrong"), "moderate", partial(moderating.keep, flags_wrong=True),
         _("The post stays."), (_("The post stays or is shown again. Wrong reports weigh against who made them."),),
         icon="flag-off", applies=lambda it: it.state in {State.WAITING, State.VISIBLE}),
    Deed("reports_right", _("The reports were right"), "moderate", partial(moderating.close_reports, were_right=True),
         _("The reports are closed."), (_("The post is already not shown. Right reports count for those who made them, "
                                          "and against its author."),),
         applies=_has_reports, icon="flag"),
    Deed("reports_closed", _("Close the reports"), "moderate", partial(moderating.close_reports, were_right=False),
         _("The reports are closed."), (_("The post is already not shown. Those who reported it are told so."),),
         applies=_has_reports, icon="flag-off"),
    Deed("hide", _("Hide"), "hide", moderating.hide, _("The post is hidden."),
         (_("Only its author and moderators see it. Its author reads your reason, and may change the post and ask once "
            "for another look."), _("Open reports of it count as right.")), order_forms.HideForm,
         applies=lambda it: it.state in {State.WAITING, State.VISIBLE}, icon="eye-off", tone="danger"),
    Deed("show", _("Show again"), "hide", moderating.show, _("The post is shown again."),
         (_("Everybody can read it again."),), applies=lambda it: it.state == State.HIDDEN and bool(it.text),
         icon="eye"),
    Deed("black_out", _("Delete for good"), "black_out", moderating.black_out, _("Its words are deleted."),
         (_("Its words, what it said before, its pictures, what others quoted of it and our mails that hold it are "
            "deleted for good. Nobody can take this back."),
          _("That there was a post stays. Of the first post of a topic the title goes, too.")),
         applies=lambda it: bool(it.text), icon="trash-2", tone="danger"),
    Deed("official", _("Mark as the team's answer"), "official", moderating.mark_official,
         _("It is marked as the team's answer."), (_("It stands out as an answer that the team vouches for."),),
         applies=lambda it: not it.is_official and it.state == State.VISIBLE, icon="badge-check"),
    Deed("not_official", _("No longer the team's answer"), "official",
         partial(moderating.mark_official, is_official=False), _("It is no longer marked."),
         applies=lambda it: it.is_official, icon="badge-x"),
    Deed("close_edits", _("Close editing"), "moderate", moderating.close_edits, _("Only moderators edit it now."),
         (_("Only moderators edit the post from now on. Its author reads your reason in a mail."),),
         applies=lambda it: not _is_closed(it), icon="pencil-off"),
    Deed("open_edits", _("Open editing"), "moderate", partial(moderating.close_edits, closed=False),
         _("Its author edits it again."), applies=_is_closed, icon="pencil"),
)}  # fmt: skip

TOPIC_DEEDS: dict[str, Deed] = {deed.name: deed for deed in (
    Deed("lock", _("Lock"), "lock", moderating.lock, _("The topic is locked."),
         (_("Nothing can be added or changed, but by moderators."),), applies=lambda it: it.locked_at is None,
         icon="lock"),
    Deed("unlock", _("Open again"), "lock", partial(moderating.lock, locked=False), _("The topic is open again."),
         applies=lambda it: it.locked_at is not None, icon="lock-open"),
    Deed("pin", _("Pin"), "pin", moderating.pin, _("The topic is pinned."),
         (_("It stands before all others of its category."),), applies=lambda it: it.pinned_at is None, icon="pin"),
    Deed("unpin", _("Unpin"), "pin", partial(moderating.pin, pinned=False), _("The topic is no longer pinned."),
         applies=lambda it: it.pinned_at is not None, icon="pin-off"),
    Deed("rename", _("Rename"), "rename", moderating.rename, _("The topic has another title."),
         (_("The old title stays in the history of the first post."),), order_forms.RenameForm, icon="pencil"),
    Deed("move", _("Move"), "move", moderating.move, _("The topic is moved."),
         (_("Its address stays as it is."),), order_forms.MoveForm, icon="folder-input"),
    Deed("duplicate", _("Mark as duplicate"), "duplicate", moderating.mark_duplicate, _("It is marked as a duplicate."),
         (_("The topic's page leads to the other one, where the answer is."),), order_forms.DuplicateForm,
         icon="copy"),
    Deed("not_duplicate", _("No duplicate"), "duplicate", moderating.unmark_duplicate, _("It is no longer marked."),
         applies=lambda it: hasattr(it, "duplicate"), icon="copy-x"),
    Deed("merge", _("Merge"), "merge", moderating.merge, _("The topics are merged."),
         (_("Its posts come after those of the other topic, with new numbers; old addresses lead to them."),
          _("Who followed either follows the one that is left. This cannot be undone with one press.")),
         order_forms.MergeForm, icon="merge", tone="danger"),
    Deed("escalate", _("Hand to the team"), "escalate", escalating.ask_team, _("The team has it."),
         (_("It becomes a conversation at the desk. Its author is told, and gets the answer by mail."),),
         applies=lambda it: it.conversation is None and it.author.person_id is not None, icon="life-buoy"),
    Deed("split", _("Split posts off"), "split", moderating.split, _("The posts are a topic of their own."),
         (_("The chosen posts become a topic in the same category; old addresses lead to them."),),
         order_forms.SplitForm, applies=lambda it: it.post_count > 1, icon="split"),
)}  # fmt: skip

MEMBER_DEEDS: dict[str, Deed] = {deed.name: deed for deed in (
    Deed("silence", _("Silence"), "silence", moderating.silence, _("The member is silenced."),
         (_("They read, and ask the team; they cannot write in the community."),), order_forms.SilenceForm,
         applies=lambda it: not _is_silenced(it) and not _is_team(it), icon="volume-x", tone="danger"),
    Deed("unsilence", _("Let write again"), "silence", moderating.unsilence, _("The member may write again."),
         applies=_is_silenced, icon="volume-2"),
    Deed("ban", _("Ban"), "ban", moderating.ban, _("The member is banned from writing."),
         (_("They never write in the community again. Their account, licences and conversations with the team stay."),),
         applies=lambda it: it.banned_at is None and not _is_team(it), icon="ban", tone="danger"),
    Deed("unban", _("Lift the ban"), "ban", partial(moderating.ban, banned=False), _("The ban is lifted."),
         applies=lambda it: it.banned_at is not None, icon="undo-2"),
    Deed("reports_right", _("The reports were right"), "moderate",
         partial(moderating.close_profile_reports, were_right=True), _("The reports are closed."),
         (_("Right reports count for those who made them. The profile stays as it is: clear it, or silence the member, "
            "by the other decisions."),), applies=_is_reported, icon="flag"),
    Deed("reports_keep", _("Keep it, thank for the reports"), "moderate",
         partial(moderating.close_profile_reports, were_right=None), _("The profile stays."),
         (_("The profile stays. Those who reported it are thanked."),), applies=_is_reported, icon="check"),
    Deed("reports_dismiss", _("Keep it, the reports were wrong"), "moderate",
         partial(moderating.close_profile_reports, were_right=False), _("The profile stays."),
         (_("The profile stays. Wrong reports weigh against who made them."),), applies=_is_reported, icon="flag-off"),
    Deed("clear", _("Clear name and About"), "clear", moderating.clear_profile, _("It is taken away."),
         (_("Another name or handle takes the place. The member reads the rule and your reason, and may choose another "
            "one, only not the same again. Open reports of the profile count as right."),
          _("Old addresses of the profile still lead to it. What they wrote stays.")),
         order_forms.ClearForm, applies=_has_profile, icon="eraser", tone="danger"),
    Deed("restore", _("Give name and About back"), "clear", moderating.restore_profile, _("It is given back."),
         (_("What the last clearing took stands there again, unless the member has chosen something else since."),),
         applies=_is_cleared, icon="undo-2"),
    Deed("level", _("Set the level"), "set_level", moderating.set_level, _("The level is set."),
         (_("The level says what somebody may do."),), order_forms.LevelForm, applies=lambda it: not _is_team(it),
         icon="signal"),
)}  # fmt: skip


def deeds_of(subject: Subject) -> dict[str, Deed]:
    """All decisions about a thing of this kind."""
    return POST_DEEDS if isinstance(subject, Post) else TOPIC_DEEDS if isinstance(subject, Topic) else MEMBER_DEEDS


def offered(member: Member | None, subject: Subject) -> list[Deed]:
    """The decisions that this member may take about it now."""
    return [deed for deed in deeds_of(subject).values() if deed.is_offered(member, subject)]
