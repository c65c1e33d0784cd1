"""Members who are known for good answers: counted from accepted answers and likes, without vanity.

Nobody counts for themselves; likes and accepted answers of the same giver count once a month, whatever was liked; new
members' likes do not count. Who does not want to stand among the experts does not.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import ngettext

from frontdesk.core import audit
from frontdesk.support.forum.actors import actor_of
from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted
from frontdesk.support.forum.models import Category, Expertise, Member, Post

LEAST = 3  # accepted answers before somebody is called an expert
SHOWN = 50
COUNT = """
with given as (
  select p.author_id as receiver, t.author_id as giver, t.category_id as category, t.solved_at as at, 0 as kind
    from forum_topic t join forum_post p on p.id = t.accepted_id
   where t.merged_into_id is null and t.hidden_at is null and p.state = 'visible' and p.author_id <> t.author_id {posts}
   union all
  select p.author_id, r.member_id, t.category_id, r.created_at, 1
    from forum_reaction r join forum_post p on p.id = r.post_id join forum_topic t on t.id = p.topic_id
    join forum_member g on g.id = r.member_id
   where t.hidden_at is null and p.state = 'visible' and p.author_id <> r.member_id and g.level > 0 {posts}),
once as (
  select distinct on (receiver, giver, date_trunc('month', at at time zone 'UTC')) receiver, category, kind
    from given order by receiver, giver, date_trunc('month', at at time zone 'UTC'), kind, at),
counted as (
  select receiver, category, count(*) filter (where kind = 0) as accepted, count(*) filter (where kind = 1) as liked
    from once group by receiver, category),
gone as (
  delete from forum_expertise e
   where {members} and not exists (
         select from counted c where c.receiver = e.member_id and c.category = e.category_id))
insert into forum_expertise (member_id, category_id, accepted, liked)
select receiver, category, accepted, liked from counted
    on conflict (member_id, category_id) do update set accepted = excluded.accepted, liked = excluded.liked
 where (forum_expertise.accepted, forum_expertise.liked) <> (excluded.accepted, excluded.liked)
"""


@dataclass(frozen=True)
class Expert:
    """A member, with what they are thanked for in the categories that were asked about."""

    member: Member
    accepted: int
    liked: int

    @property
    def text(self) -> str:
        """That in a few words."""
        return words(self.accepted)


def words(accepted: int, about: str = "") -> str:
    """How many questions somebody has answered, and about what."""
    if about:
        text = ngettext("answered %(n)d question about %(about)s", "answered %(n)d questions about %(about)s", accepted)
        return text % {"n": accepted, "about": about}
    return ngettext("answered %(n)d question", "answered %(n)d questions", accepted) % {"n": accepted}


@transaction.atomic
def reckon(member: UUID | None = None) -> None:
    """Count anew, for one member or for all. Two at once take turns."""
    values = {"member": member}
    posts = "and p.author_id = %(member)s" if member else ""
    members = "e.member_id = %(member)s" if member else "true"
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('forum experts'))")
        cursor.execute(COUNT.format(posts=posts, members=members), values)


def accepted(event: AnswerAccepted | AnswerUnaccepted) -> None:
    """The author of the answer is counted anew at once."""
    author = Post.objects.filter(pk=event.post).values_list("author", flat=True).first()
    if author is not None:
        reckon(author)


def listed(categories: Collection[Category], *, limit: int = SHOWN) -> list[Expert]:
    """The best in these categories, who may be shown; one query."""
    rows = _shown().filter(category__in=[each.pk for each in categories]).values("member")
    found = rows.annotate(a=Sum("accepted"), b=Sum("liked")).filter(a__gte=1).order_by("-a", "-b", "member")[:limit]
    counts = {row["member"]: (row["a"], row["b"]) for row in found}
    members = Member.objects.select_related("person").in_bulk(counts)
    return [Expert(members[pk], a, b) for pk, (a, b) in counts.items() if pk in members]


def lines(category: Category, members: Iterable[UUID]) -> dict[UUID, str]:
    """For those of these members who are experts in what the category is about: what stands beside their posts."""
    about = Q(category__product=category.product_id) if category.product_id else Q(category=category)
    # What stands where not everybody reads counts there alone.
    about &= Q(category=category) | Q(category__reads=Category.Who.EVERYBODY)
    rows = _shown().filter(about, member__in=set(members)).values("member").annotate(a=Sum("accepted"))
    name = category.product.name if category.product else category.title
    return {row["member"]: words(row["a"], name) for row in rows.filter(a__gte=LEAST)}


def to_ask(category: Category, but: Collection[UUID], *, most: int = 3) -> list[Expert]:
    """Who might know, for a topic of this category: experts but for those named."""
    every = listed([category], limit=most + len(but))
    return [each for each in every if each.member.pk not in but and each.accepted >= LEAST][:most]


def _shown() -> QuerySet[Expertise]:
    """Of members who are there, want to be shown, may write, and are not the team."""
    return Expertise.objects.filter(
        member__shows_expertise=True, member__banned_at=None, member__person__is_active=True,
        member__person__is_staff=False, member__agreed_at__isnull=False,
    )  # fmt: skip


@transaction.atomic
def choose(*, member: Member, shown: bool) -> None:
    """Whether a member wants to stand among the experts."""
    if Member.objects.filter(pk=member.pk).exclude(shows_expertise=shown).update(shows_expertise=shown):
        audit.record(
            actor=actor_of(member), action="member.expertise", subject_type="member", subject=member.pk,
            person=member.person_id, data={"shown": shown},
        )  # fmt: skip


def of(member: Member) -> list[Expertise]:
    """What a member is thanked for, by category, the most first."""
    rows = Expertise.objects.filter(member=member).select_related("category__product")
    return list(rows.order_by("-accepted", "-liked"))
