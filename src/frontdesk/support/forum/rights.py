"""What each member may do: one table, which the verbs ask and the page about levels shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role, includes
from frontdesk.core import clock
from frontdesk.core.reasons import Text
from frontdesk.support.forum.models import Category, EditLock, Member, Post, Topic
from frontdesk.support.forum.order_errors import NotAllowed

Level = Member.Level
On = Category | Topic | Post | Member | None


@dataclass(frozen=True)
class Right:
    """What a right is called, and from which level or role on one has it. `level` None: the team only."""

    text: Text
    level: Level | None
    role: Role = Role.AGENT


RIGHTS: dict[str, Right] = {
    "begin": Right(_("Begin topics"), Level.NEW),
    "reply": Right(_("Answer in topics"), Level.NEW),
    "edit": Right(_("Edit what you wrote; what it said before stays visible"), Level.NEW),
    "delete": Right(_("Delete what you wrote"), Level.NEW),
    "accept": Right(_("Accept an answer to your question"), Level.NEW),
    "like": Right(_("Like posts"), Level.NEW),
    "flag": Right(_("Report posts and profiles to the moderators"), Level.NEW),
    "link": Right(_("Post links, pictures, e-mail addresses and phone numbers without a look at them"), Level.BASIC),
    "weigh": Right(_("Reports weigh more"), Level.MEMBER),
    "rename": Right(_("Give topics a better title"), Level.REGULAR),
    "move": Right(_("Move topics to the category where they belong"), Level.REGULAR),
    "duplicate": Right(_("Mark topics as duplicates of others"), Level.REGULAR),
    "hide": Right(_("Hide posts until a moderator looks, and show them again"), Level.LEADER),
    "lock": Right(_("Lock topics and open them again"), Level.LEADER),
    "merge": Right(_("Merge topics"), Level.LEADER),
    "silence": Right(_("Silence somebody for a day"), Level.LEADER),
    "clear": Right(_("Take away names and profiles that nobody should see"), Level.LEADER),
    "moderate": Right(_("See what waits and decide about it"), None),
    "pin": Right(_("Pin topics"), None),
    "split": Right(_("Split posts off to a new topic"), None),
    "black_out": Right(_("Delete posts for good"), None),
    "official": Right(_("Mark an answer as the team's"), None),
    "set_level": Right(_("Set somebody's level"), None),
    "escalate": Right(_("Hand a topic to the team"), None),
    "ban": Right(_("Ban somebody from writing"), None, Role.MANAGER),
    "arrange": Right(_("Change categories and rules"), None, Role.MANAGER),
}
KEEPING = {"hide", "lock", "merge", "silence", "clear"}  # what leaders may, within their limits
CHANGES = {"edit", "rename", "move", "duplicate"}
SPEAKING = {"begin", "reply", "edit", "flag", "like", "accept", "rename", "move", "duplicate"} | KEEPING


@dataclass(frozen=True)
class Verdict:
    """Whether something may be done, and why not."""

    is_allowed: bool
    why: Text = ""

    def __bool__(self) -> bool:
        return self.is_allowed

    def require(self) -> None:
        """Raises NotAllowed unless it may be done."""
        if not self.is_allowed:
            raise NotAllowed(why=str(self.why))


YES = Verdict(is_allowed=True)


def no(why: Text) -> Verdict:
    """A refusal with its reason."""
    return Verdict(is_allowed=False, why=why)


def may(member: Member | None, what: str, on: On = None) -> Verdict:
    """Whether a member may do `what` (a key of RIGHTS) to a category, topic, post or another member.

    Whether they may read it is for the selectors to say, before. `what` is one of RIGHTS.
    """
    if member is None:
        return no(_("Sign in to take part."))
    if is_staff(member):
        return _for_team(member, what, on)
    for refused in (_stopped(member, what), _below(member, what, on), _for_members(member, what, on)):
        if refused is not None:
            return refused
    return _for_all(member, what, on)


def _below(member: Member, what: str, on: Any) -> Verdict | None:
    right = RIGHTS[what]
    if right.level is None:
        return no(_("Only the team does this."))
    if member.level < right.level and not (what == "rename" and _is_of(member, on)):
        return no(_("Your level does not include this yet."))
    return None


def _for_team(member: Member, what: str, on: Any) -> Verdict:
    if not is_staff(member, RIGHTS[what].role):
        return no(_("Your role does not include this."))
    return _for_all(member, what, on)


def is_staff(member: Member | None, least: Role = Role.AGENT) -> bool:
    """Whether somebody is a moderator by their role on the staff."""
    person = member.person if member else None
    return person is not None and person.has_role(least)


def may_moderate(person: Person, least: Role = Role.AGENT) -> bool:
    """The same for a person, whether or not they take part."""
    return person.is_active and person.is_staff and includes(person.role, least)


def is_leader(member: Member | None) -> bool:
    """Whether somebody keeps order without being on the team."""
    return member is not None and not is_staff(member) and member.level >= Level.LEADER


def _stopped(member: Member, what: str) -> Verdict | None:
    """Banned and silenced members read, and ask the team; they may take back what they wrote."""
    if what not in SPEAKING:
        return None
    if member.banned_at is not None:
        return no(_("You cannot write in the community any more. You can still read it, and ask the team for help."))
    if member.silenced_until is not None and member.silenced_until > clock.now():
        return no(_("You cannot write in the community for the time being. You can still read it, and ask the team."))
    return None


def _for_all(member: Member, what: str, on: Any) -> Verdict:
    """What binds the team, too: nothing happens in a merged topic, nobody likes or flags themselves."""
    topic = _topic_of(on)
    if topic is not None and topic.merged_into_id is not None and what != "escalate":
        return no(_("This topic was merged into another one; go on there."))
    if what == "flag" and isinstance(on, Member) and on.pk == member.pk:
        return no(_("This profile is your own."))
    if what in {"like", "flag"} and isinstance(on, Post):
        if on.author_id == member.pk:
            return no(_("This post is your own."))
        if on.state != Post.State.VISIBLE:
            return no(_("This post is not shown."))
    return YES


def _for_members(member: Member, what: str, on: Any) -> Verdict | None:
    """What binds everybody but the team; None when nothing speaks against it."""
    rule = _RULES.get(what)
    if what in KEEPING:
        return _leading(member, on)
    return rule(member, on) if rule else None


def _begin(member: Member, on: Any) -> Verdict | None:
    if isinstance(on, Category) and on.begins == Category.Who.STAFF:
        return no(_("Only the team begins topics here."))
    return None


def _reply(member: Member, on: Any) -> Verdict | None:
    topic = _topic_of(on)
    if topic is not None and topic.locked_at is not None and not is_leader(member):
        return no(_("This topic is locked: nothing can be added."))
    if topic is not None and topic.hidden_at is not None:
        return no(_("This topic is hidden until a moderator has looked at it."))
    return None


def _edit(member: Member, on: Any) -> Verdict | None:
    if not isinstance(on, Post):
        return None
    if on.author_id != member.pk:
        return no(_("You can edit only what you wrote."))
    if on.state == Post.State.DELETED:
        return no(_("This post was deleted."))
    return _closed(on.topic, is_closed=EditLock.objects.filter(post=on).exists())


def _delete(member: Member, on: Any) -> Verdict | None:
    if isinstance(on, Post) and on.author_id != member.pk:
        return no(_("You can delete only what you wrote."))
    return None


def _accept(member: Member, on: Any) -> Verdict | None:
    topic = _topic_of(on)
    if topic is not None and topic.author_id != member.pk:
        return no(_("Only who asked accepts an answer."))
    return None


def _rearrange(member: Member, on: Any) -> Verdict | None:
    """Titles, places and duplicates: of open topics that everybody reads, not the team's."""
    topic = _topic_of(on)
    if topic is None:
        return None
    if _is_of_team(topic.author) and topic.author_id != member.pk:
        return no(_("This topic is the team's."))
    return _closed(topic, is_closed=_first_is_closed(topic))


def _first_is_closed(topic: Topic) -> bool:
    """Whether only moderators edit the first post; asked once for a topic in hand, however many rights hang on it."""
    known = topic.__dict__.get("first_is_closed")
    if known is None:
        first = Post.objects.filter(topic=topic).order_by("number").values("pk")[:1]
        known = topic.__dict__["first_is_closed"] = EditLock.objects.filter(post__in=first).exists()
    return bool(known)


def _closed(topic: Topic, *, is_closed: bool) -> Verdict | None:
    if topic.locked_at is not None:
        return no(_("This topic is locked: nothing can be changed."))
    if is_closed:
        return no(_("Only moderators edit this post."))
    return None


def _leading(member: Member, on: Any) -> Verdict | None:
    """Leaders keep order among members, in what everybody reads."""
    whom = on if isinstance(on, Member) else on.author if isinstance(on, Post | Topic) else None
    if whom is not None and _is_of_team(whom):
        return no(_("This is the team's; only the team decides about it."))
    if isinstance(on, Member) and (on.pk == member.pk or on.level >= Level.LEADER):
        return no(_("Only the team decides about leaders."))
    if isinstance(on, Post) and (refused := _leading_post(member, on)) is not None:
        return refused
    topic = _topic_of(on)
    if topic is not None and topic.category.reads != Category.Who.EVERYBODY:
        return no(_("Here the team itself keeps order."))
    return None


def _leading_post(member: Member, post: Post) -> Verdict | None:
    """Nobody judges themselves, and what waits for a look is the team's to look at."""
    if post.author_id == member.pk:
        return no(_("This post is your own."))
    if post.state == Post.State.DELETED:
        return no(_("This post was deleted."))
    if post.state == Post.State.WAITING:
        return no(_("The team looks at this post; only the team decides about it."))
    return None


def _topic_of(on: Any) -> Topic | None:
    return on.topic if isinstance(on, Post) else on if isinstance(on, Topic) else None


def _is_of(member: Member, on: Any) -> bool:
    topic = _topic_of(on)
    return topic is not None and topic.author_id == member.pk


def _is_of_team(member: Member) -> bool:
    return is_staff(member)


_RULES: dict[str, Callable[[Member, Any], Verdict | None]] = {
    "begin": _begin,
    "reply": _reply,
    "edit": _edit,
    "delete": _delete,
    "accept": _accept,
    "rename": _rearrange,
    "move": _rearrange,
    "duplicate": _rearrange,
}
