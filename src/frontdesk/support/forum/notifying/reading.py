"""What is new for a member, on their page. A topic that they have read up to a post has nothing new before it."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from frontdesk.core import clock
from frontdesk.support.forum import selectors
from frontdesk.support.forum.models import Member, News, Post, Subscription
from frontdesk.support.forum.selectors import Reader

SHOWN = 100
KEPT = timedelta(days=120)
READ_ON_PAGE = Exists(
    Subscription.objects.filter(
        member=OuterRef("member"), topic=OuterRef("topic"), last_number__gte=OuterRef("post__number")
    )
)
SPEAKS_OF_IT = Q(kind__in=(News.Kind.ACCEPTED, News.Kind.ASKED))  # which happens after it was read


def of(member: Member, reader: Reader | None = None) -> QuerySet[News]:
    """Their news, the newest first: of what they may read, and what is there. `reader`: where that is known already."""
    readable = [each.pk for each in selectors.categories(reader or selectors.reader_for(member))]
    rows = News.objects.filter(member=member, post__state=Post.State.VISIBLE, topic__hidden_at=None)
    rows = rows.filter(created_at__gte=clock.now() - KEPT)
    return rows.filter(topic__category__in=readable).select_related("topic", "post__author").order_by("-created_at")


def unread(member: Member, reader: Reader | None = None) -> int:
    """How many they have looked at neither in the list nor in the topic."""
    return new(of(member, reader)).count()


def new(rows: QuerySet[News]) -> QuerySet[News]:
    """Those that they have not seen."""
    return rows.filter(read_at=None).filter(SPEAKS_OF_IT | ~READ_ON_PAGE)


def read_all(member: Member) -> None:
    """They have seen the list; it needs no mails any more."""
    News.objects.filter(member=member, read_at=None).update(read_at=clock.now(), mail_at=None)
