"""What the forum holds about people (`core.personal`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from frontdesk.core import personal
from frontdesk.core.personal import Eraser, Exporter, Row, StoredFile, Traces
from frontdesk.core.reasons import Text
from frontdesk.support.forum import erasing
from frontdesk.support.forum.models import (
    Decision,
    Flag,
    FormerHandle,
    Member,
    NewsMail,
    Picture,
    Post,
    Reaction,
    Revision,
    Subscription,
    Topic,
)

RANK = 3  # before the conversations, which they may have led to
Columns = Mapping[str, Text]

MEMBERS: dict[str, Text] = {
    "handle": _("Handle"),
    "name": _("Name"),
    "about": _("About you"),
    "level": _("Level"),
    "joined_at": _("Joined"),
    "days_seen": _("Days seen"),
    "topics_read": _("Topics read"),
    "silenced_until": _("Silenced until"),
    "banned_at": _("Banned"),
    "mails_nothing": _("No mails at all"),
    "mails_mentions": _("Mail when mentioned"),
    "digest_days": _("Days between digests"),
}
HANDLES: dict[str, Text] = {"handle": _("Handle")}
TOPICS: dict[str, Text] = {
    "number": _("Number"),
    "title": _("Title"),
    "slug": _("Address"),
    "of_category": _("Category"),
    "language": _("Language"),
    "created_at": _("Begun"),
    "solved_at": _("Solved"),
}
POSTS: dict[str, Text] = {
    "of_topic": _("Topic"),
    "number": _("Number"),
    "text": _("Text"),
    "state": _("State"),
    "waits_for": _("Why it waits"),
    "by_mail": _("By mail"),
    "created_at": _("Date"),
    "edited_at": _("Edited"),
}
REVISIONS: dict[str, Text] = {
    "of_topic": _("Topic"),
    "of_post": _("Post"),
    "title": _("Title"),
    "text": _("Text"),
    "why": _("Why it was changed"),
    "until": _("Until"),
}
LIKES: dict[str, Text] = {"of_topic": _("Topic"), "of_post": _("Post"), "created_at": _("Date")}
FLAGS: dict[str, Text] = {
    "of_topic": _("Topic"),
    "of_post": _("Post"),
    "of_member": _("Profile"),
    "kind": _("What you thought is wrong"),
    "words": _("Words"),
    "created_at": _("Date"),
}
FOLLOWED: dict[str, Text] = {
    "of_topic": _("Topic"),
    "of_category": _("Category"),
    "kind": _("How"),
    "is_chosen": _("Chosen by yourself"),
    "last_number": _("Read up to"),
}
PICTURES: dict[str, Text] = {
    "of_topic": _("Topic"),
    "content_type": _("Type"),
    "size": _("Bytes"),
    "created_at": _("Date"),
}
DECISIONS: dict[str, Text] = {
    "of_topic": _("Topic"),
    "what": _("What was decided"),
    "why": _("Why"),
    "created_at": _("Date"),
}
MAILS: dict[str, Text] = {"of_topic": _("Topic"), "sent_at": _("Sent"), "bounced_at": _("Mail came back")}


def enter() -> None:
    """Speak for these tables."""
    _show("community-member", _("You in the community"), MEMBERS, _members, "Member")
    _show("community-handles", _("Handles you had in the community"), HANDLES, _handles, "FormerHandle")
    _show("community-topics", _("Topics you began"), TOPICS, _topics, "Topic")
    _show("community-posts", _("Your posts in the community"), POSTS, _posts, "Post")
    _show("community-edits", _("What your posts said before"), REVISIONS, _revisions, "Revision")
    _show("community-likes", _("Posts you like"), LIKES, _likes, "Reaction")
    _show("community-reports", _("Posts and profiles you reported"), FLAGS, _flags, "Flag")
    _show("community-followed", _("What you follow in the community"), FOLLOWED, _followed, "Subscription")
    _show("community-pictures", _("Pictures in your posts"), PICTURES, _pictures, "Picture", file=_picture)
    _show("community-decisions", _("What moderators decided about you"), DECISIONS, _decisions, "Decision")
    _show("community-mails", _("Mails of the community that went to you"), MAILS, _mails, "NewsMail")
    personal.erases(Eraser("forum", RANK, erasing.erase, erasing.COVERS))
    personal.about_nobody("how the community is set up", "forum.Category")
    personal.about_nobody("where topics stood before they were imported", "forum.OldAddress")
    personal.warns(_warnings)


def _show(
    name: str,
    title: Text,
    columns: Columns,
    rows: Callable[[Traces], QuerySet[Any]],
    model: str,
    file: Callable[[Row], StoredFile | None] | None = None,
) -> None:
    further = ("file",) if file else ()

    def read(traces: Traces) -> Iterable[Row]:
        found: Iterable[Row] = rows(traces).values(*columns, *further)
        return found

    personal.shows(Exporter(name, title, columns, read, (f"forum.{model}",), file))


def _mine(traces: Traces) -> QuerySet[Member]:
    return Member.objects.filter(person=traces.person)


def _members(traces: Traces) -> QuerySet[Member]:
    return _mine(traces)


def _handles(traces: Traces) -> QuerySet[FormerHandle]:
    return FormerHandle.objects.filter(member__in=_mine(traces)).order_by("handle")


def _topics(traces: Traces) -> QuerySet[Topic]:
    rows = Topic.objects.filter(author__in=_mine(traces)).annotate(of_category=F("category__slug"))
    return rows.order_by("created_at", "pk")


def _posts(traces: Traces) -> QuerySet[Post]:
    rows = Post.objects.filter(author__in=_mine(traces)).annotate(of_topic=F("topic__number"))
    return rows.order_by("created_at", "pk")


def _revisions(traces: Traces) -> QuerySet[Revision]:
    rows = Revision.objects.filter(post__author__in=_mine(traces))
    named = rows.annotate(of_topic=F("post__topic__number"), of_post=F("post__number"), why=F("reason"))
    return named.order_by("until", "pk")


def _likes(traces: Traces) -> QuerySet[Reaction]:
    rows = Reaction.objects.filter(member__in=_mine(traces))
    return rows.annotate(of_topic=F("post__topic__number"), of_post=F("post__number")).order_by("created_at", "pk")


def _flags(traces: Traces) -> QuerySet[Flag]:
    rows = Flag.objects.filter(member__in=_mine(traces))
    about = {"of_topic": F("post__topic__number"), "of_post": F("post__number"), "of_member": F("profile__handle")}
    return rows.annotate(**about).order_by("created_at", "pk")


def _followed(traces: Traces) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(member__in=_mine(traces))
    return rows.annotate(of_topic=F("topic__number"), of_category=F("category__slug")).order_by("pk")


def _pictures(traces: Traces) -> QuerySet[Picture]:
    rows = Picture.objects.filter(uploaded_by__in=_mine(traces))
    return rows.annotate(of_topic=F("post__topic__number")).order_by("created_at", "pk")


def _picture(row: Row) -> StoredFile | None:
    """Under the name by which their posts show it."""
    stored = str(row["file"])
    return StoredFile(stored, stored.rpartition("/")[2], int(str(row["size"])))


def _decisions(traces: Traces) -> QuerySet[Decision]:
    rows = Decision.objects.filter(erasing.about(_mine(traces)))
    return rows.annotate(of_topic=F("topic__number"), why=F("reason")).order_by("created_at", "pk")


def _mails(traces: Traces) -> QuerySet[NewsMail]:
    rows = NewsMail.objects.filter(member__in=_mine(traces))
    return rows.annotate(of_topic=F("topic__number")).order_by("sent_at", "pk")


def _warnings(person: UUID) -> Iterable[Text]:
    posts = Post.objects.filter(author__person=person).count()
    if posts:
        yield ngettext_lazy(
            "Your post in the community stays, under “former member”: your name goes with your account. "
            "Delete it before if its words should go, too.",
            "Your %(count)d posts in the community stay, under “former member”: your name goes with your account. "
            "Delete those before whose words should go, too.",
            posts,
        ) % {"count": posts}
