"""Reports of posts and profiles: what they weigh, when they hide a post, and that its author may ask once for another
look."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from frontdesk.core import audit, clock
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, changing, holding, members, rights, selectors
from frontdesk.support.forum.actors import actor_of
from frontdesk.support.forum.models import EditLock, Flag, Member, Post, Topic
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.order_errors import AskedAgainAlready, FlaggedAlready

Level = Member.Level
State = Post.State
WEIGHTS = {Level.NEW: 1, Level.BASIC: 1, Level.MEMBER: 2, Level.REGULAR: 3, Level.LEADER: 6}
YOUNG = timedelta(hours=1)  # who joined within it hides nothing unless somebody else thinks so, too
LONGEST = 500  # characters of the words
OF_PROFILES = frozenset(Flag.Kind) - {Flag.Kind.WRONG_PLACE}
HELD = gettext_noop("Members have reported it; a moderator looks at it.")


@transaction.atomic
def flag(*, member: Member, post: Post, kind: str, words: str = "") -> Flag:
    """Report a post, once. Enough weight hides it until a moderator looks, unless it is the team's.

    Raises NotFound, NotAllowed, FlaggedAlready, PostingTooFast; ValueError for an unknown kind.
    """
    holding.count(member, "flag")
    topic, current = adding.lock_at(post)
    reader = selectors.require_readable(member, topic)
    if not selectors.sees(reader, current):
        raise NotFound
    rights.may(member, "flag", current).require()
    if Flag.objects.filter(post=current, member=member).exists():
        raise FlaggedAlready
    made = Flag.objects.create(
        post=current,
        member=member,
        kind=Flag.Kind(kind),
        words=_kept(words),
        weight=weight_of(member),
        created_at=clock.now(),
    )
    audit.record(
        actor=actor_of(member, topic),
        action="post.flagged",
        subject_type="post",
        subject=current.pk,
        person=member.person_id,
        data={"number": topic.number, "post": current.number, "kind": made.kind},
    )
    _hide_if_heavy(topic, current)
    return made


@transaction.atomic
def flag_profile(*, member: Member, profile: Member, kind: str, words: str = "") -> Flag:
    """Report what a member says of themselves: a name, a handle, an About. It hides nothing; a moderator looks.

    One open report of each member; again once it was decided. Raises NotFound, NotAllowed, FlaggedAlready,
    PostingTooFast; ValueError for a kind that no profile can be.
    """
    if kind not in OF_PROFILES:
        raise ValueError(f"no profile is {kind}")
    holding.count(member, "flag")
    current = Member.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=profile.pk)
    if not is_reportable(current):
        raise NotFound
    rights.may(member, "flag", current).require()
    if Flag.objects.filter(profile=current, member=member, decided_at=None).exists():
        raise FlaggedAlready
    made = Flag.objects.create(
        profile=current, member=member, kind=kind, words=_kept(words), weight=weight_of(member), created_at=clock.now()
    )
    audit.record(
        actor=actor_of(member),
        action="member.flagged",
        subject_type="member",
        subject=current.pk,
        person=member.person_id,
        data={"kind": made.kind},
    )
    return made


def is_reportable(member: Member) -> bool:
    """Whether anything of a member is shown that somebody could mind; who left has nothing any more."""
    return member.agreed_at is not None and bool(member.name or member.about)


def _kept(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST]


def weight_of(member: Member) -> int:
    """What this member's reports weigh: by their level, less for those that were wrong."""
    if rights.is_staff(member):
        return WEIGHTS[Level.LEADER]
    record = member.flags.aggregate(
        right=Count("pk", filter=Q(was_right=True)), wrong=Count("pk", filter=Q(was_right=False))
    )
    spoilt = max(0, int(record["wrong"]) - int(record["right"]) // 2)
    return max(0, WEIGHTS[Level(member.level)] - spoilt)


def _hide_if_heavy(topic: Topic, post: Post) -> None:
    if post.state != State.VISIBLE or post.is_official or rights.is_staff(post.author):
        return
    found = list(Flag.objects.filter(post=post, decided_at=None).select_related("member__person"))
    weight = sum(each.weight for each in found)
    if weight < holding.waiting.current_rules().hide_weight or not any(_counts_alone(each.member) for each in found):
        return
    post.waits_for = "flags"
    adding.set_state(topic, post, State.WAITING)
    deciding.decide(None, "post.held", HELD, About(topic, post, data={"weight": weight}), tell=post.author)


def _counts_alone(member: Member) -> bool:
    """Whether this is more than a name made up a moment ago."""
    is_known = member.level > Level.NEW or rights.is_staff(member)
    return is_known and member.joined_at <= clock.now() - YOUNG


@transaction.atomic
def ask_again(*, member: Member, post: Post, text: str) -> Post:
    """Let the author change a hidden post, once, and put it before the moderators again.

    Raises NotFound for somebody else's, AskedAgainAlready, and what `changing.edit` raises.
    """
    members.require_name(member)
    body, contents = adding.examined(text)
    adding.one_at_a_time(member, writes=body)
    holding.count(member, "edit")
    topic, current = changing.locked(member, post)
    if current.author_id != member.pk:
        raise NotFound
    if not may_ask_again(current):
        raise AskedAgainAlready
    rights.may(member, "edit", current).require()
    edited = changing.put(member, topic, current, body, contents)
    edited.waits_for = "asked_again"
    adding.set_state(topic, edited, State.WAITING)
    audit.record(
        actor=actor_of(member, topic),
        action="post.asked_again",
        subject_type="post",
        subject=current.pk,
        person=member.person_id,
        data={"number": topic.number, "post": current.number},
    )
    return edited


def may_ask_again(post: Post) -> bool:
    """Whether a hidden post may be put before the moderators again."""
    return post.state == State.HIDDEN and not EditLock.objects.filter(post=post).exists()
