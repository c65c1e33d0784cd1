"""What waits for moderators: posts, reports of posts and profiles, silenced members; with the record of each author.
Few queries a page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from frontdesk.core import clock
from frontdesk.core.reasons import Text
from frontdesk.support.forum import holding
from frontdesk.support.forum.models import Decision, Flag, Member, Post

State = Post.State


@dataclass(frozen=True)
class Record:
    """What moderators know of an author: decisions against them, and reports that were right or wrong."""

    hidden: int = 0
    silenced: int = 0
    reports_right: int = 0
    reports_wrong: int = 0


@dataclass(frozen=True)
class Item:
    """A post that somebody should look at. `mark` says how things stand (`deciding.mark`)."""

    post: Post
    why: Text
    flags: Sequence[Flag]
    record: Record
    mark: str


@dataclass(frozen=True)
class Profile:
    """A member whose profile was reported; otherwise as for a post."""

    member: Member
    flags: Sequence[Flag]
    record: Record


@dataclass(frozen=True)
class Counts:
    """How much waits; reported posts and profiles together."""

    waiting: int
    reported: int
    silenced: int

    @property
    def total(self) -> int:
        """What needs a decision."""
        return self.waiting + self.reported


def counts() -> Counts:
    """How much waits; four queries on small indexes."""
    return Counts(waiting().count(), reported().count() + reported_profiles().count(), silenced().count())


def waiting() -> QuerySet[Post]:
    """Posts that wait for a look, the oldest first; those that reports hid are among the reported."""
    return (
        Post.objects.filter(state=State.WAITING, topic__merged_into=None)
        .exclude(waits_for="flags")
        .order_by("created_at", "id")
    )


def reported() -> QuerySet[Post]:
    """Posts with open reports: those that weigh most first."""
    is_open = Q(flags__decided_at=None, flags__isnull=False)
    rows = Post.objects.filter(is_open).annotate(weight=Sum("flags__weight"), first=Min("flags__created_at"))
    return rows.order_by("-weight", "first", "id")


def reported_profiles() -> QuerySet[Member]:
    """Members whose profile has open reports: those that weigh most first."""
    rows = Member.objects.filter(reports__isnull=False, reports__decided_at=None)
    rows = rows.annotate(weight=Sum("reports__weight"), first=Min("reports__created_at"))
    return rows.order_by("-weight", "first", "id")


def silenced() -> QuerySet[Member]:
    """Members who cannot write at the moment, and those who are banned."""
    return Member.objects.filter(Q(silenced_until__gt=clock.now()) | Q(banned_at__isnull=False)).order_by(
        "-silenced_until", "handle"
    )


def items(posts: Iterable[Post]) -> list[Item]:
    """These posts with all that a moderator needs to see; four queries for any number."""
    ids = [post.pk for post in posts]
    rows = Post.objects.select_related("author__person", "topic__category").in_bulk(ids)
    found = [rows[pk] for pk in ids if pk in rows]
    flags = _open_flags(ids)
    for post in found:
        post.__dict__["has_reports"] = post.pk in flags
    records = records_of({post.author_id for post in found})
    latest = _latest(ids)
    return [
        Item(
            post=post,
            why=holding.words_for(post.waits_for),
            flags=flags.get(post.pk, []),
            record=records.get(post.author_id, Record()),
            mark=f"{latest.get(post.pk, '')}:{post.edit_count}",
        )
        for post in found
    ]


def profiles(members: Iterable[Member]) -> list[Profile]:
    """These members with all that a moderator needs to see; three queries for any number."""
    found = list(members)
    records = records_of({each.pk for each in found})
    flags: dict[UUID | None, list[Flag]] = {}
    rows = Flag.objects.filter(profile__in=[each.pk for each in found], decided_at=None).select_related("member")
    for flag in rows.order_by("created_at"):
        flags.setdefault(flag.profile_id, []).append(flag)
    for each in found:
        each.__dict__["has_reports"] = each.pk in flags
    return [Profile(each, flags.get(each.pk, []), records.get(each.pk, Record())) for each in found]


def _open_flags(posts: Collection[UUID]) -> dict[UUID, list[Flag]]:
    found: dict[UUID, list[Flag]] = {}
    rows = Flag.objects.filter(post__in=posts, decided_at=None).select_related("member").order_by("created_at")
    for flag in rows:
        if flag.post_id is not None:
            found.setdefault(flag.post_id, []).append(flag)
    return found


def _latest(posts: Collection[UUID]) -> dict[UUID, UUID]:
    """The last decision about each post, as `deciding.latest` finds it."""
    rows = Decision.objects.filter(post__in=posts).order_by("post", "-created_at", "-id").distinct("post")
    return {post: pk for post, pk in rows.values_list("post", "pk") if post is not None}


def records_of(members: Collection[UUID]) -> dict[UUID, Record]:
    """The records of several members; two queries."""
    decided = Decision.objects.filter(member__in=members).values("member").order_by()
    rows = decided.annotate(
        hidden=Count("pk", filter=Q(what__in=["post.hidden", "post.blacked_out"])),
        silent=Count("pk", filter=Q(what__in=["member.silenced", "member.banned"])),
    )
    against = {row["member"]: (row["hidden"], row["silent"]) for row in rows}
    made = Flag.objects.filter(member__in=members).values("member").order_by()
    said = {
        row["member"]: (row["right"], row["wrong"])
        for row in made.annotate(
            right=Count("pk", filter=Q(was_right=True)), wrong=Count("pk", filter=Q(was_right=False))
        )
    }
    return {pk: Record(*against.get(pk, (0, 0)), *said.get(pk, (0, 0))) for pk in members}
